"""The report of `deconv convert` about a network: each layer in the target's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

from deconvcli.checks.checking import read_one_network
from deconvcli.cli.model_options import refuse_name
from deconvcli.cli.options import CONFIG
from deconvcli.cli.request import FLAGS, NAMES
from deconvcli.common.errors import UsageError
from deconvcli.common.values import format_count, shorten_list
from deconvcli.conversion.proof import Proof, prove
from deconvcli.frameworks.pasted.python_call import PythonCall
from deconvcli.layers.layer import require_numbers
from deconvcli.layers.text import size_text
from deconvcli.models.as_network import read_network
from deconvcli.models.reading import find_reader
from deconvcli.networks.porting import Port, Ported, port_network, resize
from deconvcli.networks.porting.config import list_layer, write_config
from deconvcli.networks.porting.modules import MODULES, Written, find_module
from deconvcli.views.answers.report import Block, Fields, Lines, Report, Table

SCHEMA = "deconv.convert.network/1"
COLUMNS = ("layer", "call", "around it", "shape", "values")
SUMMARY = ("to", "layers", "missing")
MOST_TABLES = 3
"""The largest number of targets whose layers are shown; of more, only how many are expressed."""


class Row(NamedTuple):
    """One layer: its code, and the proof of a transposed convolution."""

    layer: Ported
    written: Written
    proof: Proof | None


def port_to(
    path: str, name: str, names: Sequence[str], options: Mapping[str, Any]
) -> tuple[list[Port], Sequence[str]]:
    """Return the network of a file in the words of each target, and what a model has besides.

    Raises:
        DeconvError: an option has no effect here, the file cannot be read, or a layer has an error.
    """
    others = {**FLAGS, "dialect": "--dialect", "batch": "--batch", "variables": "--set"}
    given = next((flag for role, flag in others.items() if options.get(role) is not None), None)
    if given is not None:
        raise UsageError(
            f"{given} has no effect on a whole network", help="write it into the layer."
        )
    size = options["input_size"]
    notes: Sequence[str] = ()
    calls: Mapping[str, PythonCall] = {}
    if find_reader(path) is None:
        source = read_one_network(path, name)
        network = resize(source.graph, size, NAMES)
        calls = {name: one.call for name, one in source.calls.items() if one.call is not None}
    else:
        refuse_name(path, name)
        spatial = require_numbers(size) if size else None
        network, notes = read_network(path, PurePath(path).stem, spatial)
    targets = [network.dialect if one == CONFIG else one for one in names]
    return [port_network(network, target, calls) for target in targets], notes


def write_network(ports: Sequence[Port], form: str, notes: Sequence[str] = ()) -> str:
    """Return the module, or the config, of one target. notes: what a model has besides.

    Raises:
        UsageError: there are several, or no module is written for the target.
    """
    if len(ports) > 1:
        raise UsageError(
            f"one network is written, and --to names {len(ports)} frameworks",
            help="name one, or take --format text.",
        )
    [port] = ports
    if form == "yaml":
        return write_config(port, notes)
    if notes:
        raise UsageError(
            f"{port.name} has operations that no program of ours has: {shorten_list(notes)}",
            help="take --to config, or export the model from its own program.",
            code="no-program",
        )
    module = find_module(port.target)
    if module is None:
        raise UsageError(
            f"deconv writes no network as a program of {port.target}",
            help=f"take --format yaml, or --to {' or '.join(MODULES.names)}.",
            code="no-program",
        )
    return module.write(port)


def report_ports(ports: Sequence[Port]) -> Report:
    """Return what `deconv convert` prints about a network."""
    if len(ports) > MOST_TABLES:
        counts = [_summarize(port) for port in ports]
        found = [{"to": port.target, "missing": len(port.missing)} for port in ports]
        blocks: list[Block] = [_head(ports[0]), Table("", SUMMARY, counts)]
        return Report(SCHEMA, "", blocks, {**_origin(ports[0]), "conversions": found})
    blocks = [_head(ports[0])]
    described: list[dict[str, Any]] = []
    for port in ports:
        rows = [_make_row(port, layer) for layer in port.layers]
        blocks.append(Table(port.target, COLUMNS, [_format(row) for row in rows]))
        if port.missing:
            blocks.append(Lines([_count_missing(port)]))
        described.append({"to": port.target, "layers": [_describe(row) for row in rows]})
    data: dict[str, Any] = described[0] if len(described) == 1 else {"conversions": described}
    calls = [
        call
        for port in ports
        for layer in port.layers
        if (call := _write(port, layer).call) and not layer.reason
    ]
    return Report(SCHEMA, "\n".join(calls), blocks, {**_origin(ports[0]), **data})


def _origin(port: Port) -> dict[str, Any]:
    return {"network": port.name, "from": port.source}


def _head(port: Port) -> Fields:
    shapes = [size_text(shape.sizes) for shape in port.inputs.values()]
    last = {layer.name: layer.output for layer in port.layers}
    made = [size_text(shape.sizes) for name in port.outputs if (shape := last[name])]
    return Fields([("network", f"{port.name}, {port.source}; {', '.join(shapes)} to {made[0]}")])


def _summarize(port: Port) -> tuple[str, ...]:
    said = len(port.layers) - len(port.missing)
    reasons = dict.fromkeys(f"{one.name}: {one.reason}" for one in port.missing)
    return port.target, f"{said} of {len(port.layers)}", "; ".join(reasons)


def _count_missing(port: Port) -> str:
    count = format_count(len(port.missing), "layer")
    return f"{count} of {len(port.layers)} cannot be expressed in {port.target}"


def _make_row(port: Port, layer: Ported) -> Row:
    plans = [step.conversion.plan for step in layer.steps if step.conversion is not None]
    return Row(layer, _write(port, layer), prove(plans[0]) if plans else None)


def _write(port: Port, layer: Ported) -> Written:
    """Return the code of a layer, or its keys in a config where no code is written."""
    module = find_module(port.target)
    if module is None:
        return list_layer(layer, port.target)
    return module.list_code(layer, was_last=port.was_last)


def _format(row: Row) -> tuple[str, ...]:
    layer, written = row.layer, row.written
    shape = "-" if layer.output is None else size_text(layer.output.sizes)
    if layer.reason:
        return layer.name, "missing", layer.reason, shape, ""
    around = [f"before: {one}" for one in written.before]
    around += [f"after: {one}" for one in written.after]
    values = "" if row.proof is None else str(row.proof)
    return layer.name, written.call or "its input", "; ".join(around), shape, values


def _describe(row: Row) -> dict[str, Any]:
    """Return one layer for programs."""
    layer, written, proof = row.layer, row.written, row.proof
    common = {
        "name": layer.name,
        "inputs": layer.inputs,
        "shape": layer.output and layer.output.sizes,
    }
    if layer.reason:
        return {**common, "reason": layer.reason, "help": layer.help}
    found = {"call": written.call, "before": written.before, "after": written.after}
    return {**common, **found, "values": proof and ("equal" if proof.holds else "different")}
