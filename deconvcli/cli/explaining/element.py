"""What `deconv explain --why` prints of one output element."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from deconvcli.cli.explaining import SCHEMA, WIDTH, layer_fields
from deconvcli.cli.explaining.blocks import overlap_blocks
from deconvcli.cli.explaining.data import data
from deconvcli.cli.request import Understood
from deconvcli.views.answers.report import Block, Lines, Report, Table
from deconvcli.views.explanation import Explanation, explain
from deconvcli.views.explanation.element import AxisPair, ElementPairs, find_pairs


def report_element(understood: Understood, element: tuple[int, ...]) -> Report:
    """One element of the output, and the map in which it lies.

    Raises:
        UsageError: the output has no such element.
    """
    found, explanation = find_pairs(understood.reading, element), explain(understood.reading)
    pairs = [" ".join(_words(pair)) for pair in found.pairs]
    return Report(
        SCHEMA,
        "\n".join(pairs) or "no pair",
        [layer_fields(understood), *_blocks(explanation, found), *overlap_blocks(explanation)],
        {**data(understood, explanation, ()), "why": _data(found)},
        understood.reading.findings,
        WIDTH,
    )


def _blocks(explanation: Explanation, found: ElementPairs) -> Iterator[Block]:
    """The pairs as a table, or that there are none."""
    element = _indices(found.element)
    if not found.total:
        what = "it is the bias, or 0 without one."
        yield Lines([f"No (input, tap) pair reaches output element {element}: {what}"])
        return
    pairs = "pair" if found.total == 1 else "pairs"
    heading = (
        f"Output element {element} is the sum of {found.total} (input, tap) {pairs}, where"
        " i*s + j*d - crop_begin is its place along each axis"
    )
    columns = ("input", "tap", *(axis.name for axis in explanation.axes))
    rows = [(*_words(pair), *(along.place for along in pair)) for pair in found.pairs]
    yield Table(heading, columns, rows)
    if len(found.pairs) < found.total:
        yield Lines([f"These are the first {len(found.pairs)}."])


def _words(pair: Sequence[AxisPair]) -> tuple[str, str]:
    """(input, tap), each as `1,0`."""
    inputs, taps = [along.input for along in pair], [along.tap for along in pair]
    return _indices(inputs), _indices(taps)


def _indices(places: Sequence[int]) -> str:
    return ",".join(map(str, places))


def _data(found: ElementPairs) -> dict[str, Any]:
    """The element and its pairs, each pair a list with one entry per axis."""
    pairs = [[along._asdict() for along in pair] for pair in found.pairs]
    return {"element": found.element, "total": found.total, "pairs": pairs}
