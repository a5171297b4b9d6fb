"""The report of `deconv solve --mirror`: the layer that returns to an input, or a decoder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from deconvcli.checks.checking.decoders import DecoderMirror, mirror
from deconvcli.cli.request import FLAGS, NAMES
from deconvcli.cli.solving import SCHEMA
from deconvcli.common.errors import NotExpressible, UsageError
from deconvcli.common.findings import Diagnostic
from deconvcli.common.values import axis_name
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Size
from deconvcli.layers.text import size_text
from deconvcli.networks.mirror import AxisMirror, LayerMirror, Row
from deconvcli.views.answers.report import Block, Fields, Lines, Report, Table


class NoMirror(NamedTuple):
    """Why a dialect has no such layer."""

    dialect: str
    reason: str


Mirror = LayerMirror | DecoderMirror | NoMirror


def find_mirrors(
    text: str,
    input_size: tuple[Size, ...] | None,
    dialects: Sequence[str] | None,
    options: Mapping[str, Any],
) -> list[Mirror]:
    """Return the mirror in each dialect.

    Raises:
        UsageError: an option has no effect here, or the text cannot be read.
    """
    given = [name for name, value in options.items() if value is not None and name != "variables"]
    if given:
        flag = {**FLAGS, "call": "a second layer", "output_size": "--out"}.get(given[0], given[0])
        raise UsageError(
            f"{flag} has no effect beside --mirror",
            help="leave it out: the mirrored layer has all numbers.",
        )
    variables = options["variables"] or {}
    found: list[Mirror] = []
    names: Sequence[str | None] = dialects or [None]
    for name in names:
        try:
            one = mirror(text, input_size, name, variables=variables, names=NAMES)
            if isinstance(one, LayerMirror):
                _ = one.axes  # of which some dialects have none
            found.append(one)
        except NotExpressible as error:
            found.append(NoMirror(name or "", error.message))
    return found


def report_mirrors(mirrors: Sequence[Mirror]) -> Report:
    """Return the calls and tables of layers, or the configs of decoders."""
    blocks = [block for found in mirrors for block in _list_blocks(found)]
    data = [_describe(found) for found in mirrors]
    findings = [
        one
        for found in mirrors
        if isinstance(found, LayerMirror) and found.reading is not None
        for one in found.reading.findings
    ]
    joined = data[0] if len(data) == 1 else {"answers": data}
    bare = "\n".join(line for found in mirrors[:1] for line in _list_calls(found))
    return Report(SCHEMA, bare, blocks, joined, _unique(findings))


def _unique(findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    return [*dict.fromkeys(findings)]


def _list_calls(found: Mirror) -> list[str]:
    """Return the layer at the given input, or those of all remainders; a decoder as it is."""
    if isinstance(found, NoMirror):
        return [found.reason]
    if isinstance(found, DecoderMirror):
        return [found.config.rstrip()]
    if found.reading is not None:
        return [write_call(found.reading)]
    rows = [row for axis in found.axes for row in axis.rows]
    return [*dict.fromkeys(call for row in rows if (call := _write_row(found, row)))]


def _write_row(found: LayerMirror, row: Row) -> str | None:
    """Return the layer that has this row on all axes; None where axes differ."""
    reading = found.read_row(row)
    return None if reading is None else write_call(reading)


def _list_blocks(found: Mirror) -> list[Block]:
    if isinstance(found, DecoderMirror):
        return [Lines(found.config.rstrip().split("\n"))]
    if isinstance(found, NoMirror):
        return [
            Lines([f"{found.dialect}: no layer" if found.dialect else "no layer", found.reason])
        ]
    rows = [("dialect", found.dialect)]
    if found.reading is not None and found.input is not None and found.middle is not None:
        rows.append(("layer", write_call(found.reading)))
        if any(map(any, found.after)):
            rows += [("and then", _describe_after(found.after)), ("because", found.reason)]
        rows.append(("sizes", f"{size_text(found.middle)} to {size_text(found.input)}"))
    if found.flexible is not None:
        call, parameter = found.flexible
        names = [
            axis_name(place, found.convolution.rank) for place in range(found.convolution.rank)
        ]
        rows.append(("for all inputs", f"up = {call}"))
        rows.append(("", f"up(x, {parameter}=[{', '.join(names)}])"))
    if found.weights is not None:
        rows.append(("weights", f"those of the convolution, {found.weights}"))
    blocks: list[Block] = [Fields(rows), *[_make_table(found, axis) for axis in found.axes]]
    notes = list(_list_notes(found))
    return [*blocks, Lines(notes)] if notes else blocks


def _list_notes(found: LayerMirror) -> Iterator[str]:
    """Yield what the layer and its table do not say."""
    if found.convolution.edge:
        yield (
            f"the convolution pads by {found.convolution.edge}: its mirror returns to the size, and"
            " is the gradient of the convolution that pads with zeros"
        )
    for axis in found.axes:
        if len(axis.rows) < axis.stride:
            count = f"the first {len(axis.rows)} of {axis.stride} remainders"
            yield f"{axis.name}: {count}; give --in for any other"


def _make_table(found: LayerMirror, axis: AxisMirror) -> Table:
    """Return a row for each remainder, with the parameters that differ between them."""
    varied = _list_varied(found, axis) or _list_crops(found, axis)
    is_cropped = any(any(row.cropped.after) for row in axis.rows)
    columns = ["n", "convolved", *varied, *(["and then"] if is_cropped else [])]
    cells = []
    for row in axis.rows:
        values = [str(row.parameters[name]) for name in varied]
        after = [_describe_after([row.cropped.after])] if is_cropped else []
        cells.append((format_input(axis, row), _format_middle(axis, row), *values, *after))
    calls = [_write_row(found, row) for row in axis.rows]
    if found.input is None and all(calls):
        columns.append("layer")
        cells = [(*cell, str(call)) for cell, call in zip(cells, calls, strict=True)]
    return Table(f"{axis.name}, input n", columns, cells)


def _list_varied(found: LayerMirror, axis: AxisMirror) -> list[str]:
    requested = take(found.dialect)[0].argument("output_size")
    names = [name for row in axis.rows for name in row.parameters]
    return [
        name
        for name in dict.fromkeys(names)
        if (requested is None or name != requested.name)
        and any(row.parameters[name] != axis.rows[0].parameters[name] for row in axis.rows)
    ]


def _list_crops(found: LayerMirror, axis: AxisMirror) -> list[str]:
    """Return the parameters that crop, which are worth a column even where all rows agree."""
    roles = {one.name: one.role for one in take(found.dialect)[0].arguments}
    names = axis.rows[0].parameters
    return [name for name in names if roles.get(name) in ("padding", "output_padding")]


def format_input(axis: AxisMirror, row: Row) -> str:
    """Return `2m+1` for an odd input."""
    if axis.stride == 1:
        return "n"
    return f"{axis.stride}m{row.remainder:+d}" if row.remainder else f"{axis.stride}m"


def _format_middle(axis: AxisMirror, row: Row) -> str:
    letter = "n" if axis.stride == 1 else "m"
    offset = row.middle - (row.input - row.remainder) // axis.stride
    return f"{letter}{offset:+d}" if offset else letter


def _describe_after(after: Sequence[tuple[int, int]]) -> str:
    """Return `crop 1 at the start of height`."""
    rank, parts = len(after), []
    for place, ends in enumerate(after):
        where = f" of {axis_name(place, rank)}" if rank > 1 else ""
        for end, amount in zip(("start", "end"), ends, strict=True):
            if amount:
                verb = "crop" if amount > 0 else "append zeros:"
                parts.append(f"{verb} {abs(amount)} at the {end}{where}")
    return ", ".join(parts) or "nothing"


def _describe(found: Mirror) -> dict[str, Any]:
    """Return the answer for programs."""
    if isinstance(found, NoMirror):
        return {"dialect": found.dialect, "mirror": None, "reason": found.reason}
    if isinstance(found, DecoderMirror):
        decoder = found.decoder
        layers = [
            {"op": line.op, "parameters": dict(line.keys), "mirrors": line.source}
            for line in decoder.lines
        ]
        shapes = {"input": decoder.input.sizes, "output": decoder.output.sizes}
        own = {**shapes, "config": found.config, "layers": layers, "notes": decoder.notes}
        return {"dialect": decoder.dialect, "mirror": own}
    weights = found.weights
    return {
        "dialect": found.dialect,
        "mirror": {
            "call": found.reading and write_call(found.reading),
            "parameters": found.reading and dict(found.reading.spelling.arguments),
            "input": found.middle,
            "output": found.input,
            "after": found.after,
            "reason": found.reason,
            "for_all_inputs": found.flexible
            and {"call": found.flexible[0], "parameter": found.flexible[1]},
            "notes": [*_list_notes(found)],
            "weights": weights and {"permute": weights.permute, "flip": weights.flip},
            "axes": [
                {
                    "name": axis.name,
                    "stride": axis.stride,
                    "inputs": [
                        {
                            "remainder": row.remainder,
                            "input": format_input(axis, row),
                            "parameters": row.parameters,
                            "call": _write_row(found, row),
                            "after": row.cropped.after,
                        }
                        for row in axis.rows
                    ],
                }
                for axis in found.axes
            ],
        },
    }
