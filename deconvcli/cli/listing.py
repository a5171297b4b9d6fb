"""The report of `deconv bench --list`: the layers of the suites."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.bench.suites import SUITES, SuiteLayer
from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Report, Table

COLUMNS = ("layer", "suite", "input", "output", "weights", "parameters")


def list_layers(suite: str | None) -> Report:
    """Return the layers of one suite, or of all."""
    suites = [suite] if suite else SUITES.names
    layers = {layer.name: layer for name in suites for layer in SUITES.take(name)}
    table = Table("", COLUMNS, [_row(layer, suites) for layer in layers.values()])
    data = {"layers": [layer._asdict() for layer in layers.values()]}
    return Report("deconv.bench.list/1", "\n".join(layers), [table], data)


def _row(layer: SuiteLayer, suites: Sequence[str]) -> tuple[str, ...]:
    reading = layer.reading()
    shapes = reading.input_shape, reading.output_shape, reading.weight_shape
    containing = ", ".join(name for name in suites if layer in SUITES.take(name))
    parameters = f"{reading.spelling.name}: {reading.spelling.text or 'defaults'}"
    return layer.name, containing, *map(size_text, shapes), parameters
