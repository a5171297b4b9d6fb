"""What `deconv bench` does: choose layers and frameworks, time them, report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from deconvcli.bench.contest.contest import Settings, contest, contestants
from deconvcli.bench.contest.machine import limit, processor
from deconvcli.bench.contest.ours import DIALECT
from deconvcli.bench.suites import SUITES, find
from deconvcli.cli import figures
from deconvcli.cli.figures import Engine, Figures
from deconvcli.cli.output import say
from deconvcli.cli.progress import progress
from deconvcli.cli.request import NAMES
from deconvcli.cli.rows import layer_rows
from deconvcli.common import memory
from deconvcli.common.errors import OutOfMemory, UsageError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.compute.runner import memory_needed, prepare, refuse_without_values, usable_cpus
from deconvcli.frameworks.installed import note_missing, select_timed
from deconvcli.frameworks.request import LayerRequest, Understood
from deconvcli.frameworks.spelling import convert, read_layer
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Report

DEFAULT_SUITE = "study"
OWN = "this layer"
NOTHING = LayerRequest(names=NAMES)
Layers = list[tuple[str, Reading]]
Rows = list[tuple[str, str]]


def layers(names: Sequence[str], suite: str | None, own: LayerRequest) -> tuple[Layers, Rows]:
    """(layers that are named, then the one that is pasted or given by options; what that one is).

    Without either, the layers of a suite.

    Raises:
        UsageError: an unknown name, or two ways of choosing that exclude each other.
        Refused: the framework would refuse the layer, or answers no values.
        NotExpressible: it is circular, which nobody who is timed has.
    """
    if suite is not None and (names or own != NOTHING):
        raise UsageError("layers and --suite were both given", help="leave one of them out.")
    if names and own != NOTHING and own.call is None:
        raise UsageError(
            "options of a layer stand beside names of a suite, whose layers are timed as they are",
            help="leave the options out, or paste the layer that they belong to.",
        )
    found = [(name, find(name).reading()) for name in dict.fromkeys(names)]
    if own == NOTHING:
        taken = () if names else SUITES.take(suite or DEFAULT_SUITE)
        return [*found, *((layer.name, layer.reading()) for layer in taken)], []
    understood = own.understand()
    found.append((OWN, _computable(understood)))
    return found, [*layer_rows(understood), ("input", size_text(understood.shown_input))]


def _computable(understood: Understood) -> Reading:
    """The user's layer, if it can be timed."""
    reading = understood.reading
    require_numbers(reading.spatial)  # a symbol cannot be computed with
    refuse_without_values(reading)
    convert(reading, DIALECT)  # in whose words our engine will be asked
    if not reading.macs_useful:
        raise UsageError("this layer multiplies nothing", help="give a batch of 1 or more.")
    if understood.assumed:
        say(f"assumed: the fewest channels; give {', '.join(understood.assumed)} for more")
    return reading


def fitting(found: Layers, dtype: str, engines: int) -> tuple[Layers, list[str]]:
    """(layers that all engines can hold at once, why each of the others is left out).

    Raises:
        OutOfMemory: none is left.
    """
    room = memory.available_bytes()
    kept, reasons = [], []
    for name, reading in found:
        needed = engines * memory_needed(reading, dtype, checked=False).total
        if needed <= room:
            kept.append((name, reading))
        else:
            needs = f"{name} needs {memory.format_bytes(needed)} in {engines} processes"
            reasons.append(f"{needs}; {memory.format_bytes(room)} are available")
    if not kept:
        raise OutOfMemory(reasons[0], help="name fewer --frameworks, or take a smaller layer.")
    return kept, reasons


def report(found: Layers, rows: Rows, options: Mapping[str, Any]) -> tuple[Report, bool]:
    """Time everything on these layers; (what to print, whether all values agree).

    rows: what is to be said of them.
    """
    installed, missing = select_timed(options["frameworks"] or ())
    settings = Settings(options["threads"] or usable_cpus(), options["seconds"], options["dtype"])
    engine = _working(options["engine"], settings.dtype)
    engines = contestants(engine, installed, settings.threads)
    kept, left_out = fitting(found, settings.dtype, len(engines))
    most = limit(settings.dtype, settings.threads) if engine == "numba" else None
    with progress(settings.seconds * len(kept) * len(engines)) as bars:
        results, versions = contest(engines, kept, settings, bars("seconds"))
    columns = [Engine(one.name, one.packing, versions[one.name]) for one in engines]
    timed = Figures(processor(), settings, engine, most, columns, results, rows)
    return figures.report(timed, [*_left_out(left_out), *note_missing(missing)])


def _working(engine: str, dtype: str) -> str:
    """The engine that will be timed: the one asked for, if it computes a small layer here."""
    reading = read_layer(DIALECT, {}, (1, 1, 5), (1, 1, 3))
    step = prepare(reading, np.ones(reading.weight_shape, dtype), threads=1, engine=engine)
    step(np.ones(require_numbers(reading.input_shape), dtype))
    if step.why:
        say(step.why)
    return step.engine


def _left_out(reasons: Sequence[str]) -> list[Diagnostic]:
    return [
        Diagnostic("memory", Severity.WARNING, f"left out: {why}", "name fewer --frameworks.")
        for why in reasons
    ]
