"""The layers of the suites, as `deconv bench --list` shows them."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.bench.suites import SUITES
from deconvcli.bench.suites._lines import Named
from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Report, Table

COLUMNS = ("layer", "suite", "input", "output", "weights", "words")


def listing(suite: str | None) -> Report:
    """The layers of one suite, or of all."""
    suites = [suite] if suite else SUITES.names
    layers = {layer.name: layer for name in suites for layer in SUITES.take(name)}
    table = Table("", COLUMNS, [_row(layer, suites) for layer in layers.values()])
    data = {"layers": [layer._asdict() for layer in layers.values()]}
    return Report("deconv.bench.list/1", "\n".join(layers), [table], data)


def _row(layer: Named, suites: Sequence[str]) -> tuple[str, ...]:
    reading = layer.reading()
    shapes = reading.input_shape, reading.output_shape, reading.weight_shape
    held = ", ".join(name for name in suites if layer in SUITES.take(name))
    words = f"{reading.spelling.name}: {reading.spelling.text or 'defaults'}"
    return layer.name, held, *map(size_text, shapes), words
