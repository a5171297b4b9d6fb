"""The report of `deconv explain --why` about one output element."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deconvcli.cli.explaining import EXPLAIN_SCHEMA, MAX_LINE_WIDTH, layer_fields
from deconvcli.cli.explaining.data import collect_data
from deconvcli.frameworks.request import Understood
from deconvcli.views.answers.report import Block, Lines, Report, Table
from deconvcli.views.explanation import Explanation, explain
from deconvcli.views.explanation.blocks import list_overlap_blocks
from deconvcli.views.explanation.element import AxisPair, ElementPairs, find_pairs


def report_element(understood: Understood, element: tuple[int, ...]) -> Report:
    """Return the report of one output element, with the overlap map around it.

    Raises:
        UsageError: the output has no such element.
    """
    found, explanation = find_pairs(understood.reading, element), explain(understood.shown)
    pairs = [" ".join(_words(pair)) for pair in found.pairs]
    return Report(
        EXPLAIN_SCHEMA,
        "\n".join(pairs) or "no pair",
        [layer_fields(understood), *_blocks(explanation, found), *list_overlap_blocks(explanation)],
        {**collect_data(understood, explanation, ()), "why": _data(found)},
        understood.reading.findings,
        MAX_LINE_WIDTH,
    )


def _blocks(explanation: Explanation, found: ElementPairs) -> Iterator[Block]:
    """Yield the pairs as a table, or a sentence if there are none."""
    element = _indices(found.element)
    if not found.total:
        value = "its value is the bias, or 0 without a bias."
        yield Lines([f"No (input, tap) pair reaches output element {element}: {value}"])
        return
    pairs = "pair" if found.total == 1 else "pairs"
    heading = (
        f"Output element {element} is the sum of {found.total} (input, tap) {pairs}; along each"
        " axis i*s + j*d - crop_begin is its index"
    )
    columns = ("input", "tap", *(axis.name for axis in explanation.axes))
    rows = [(*_words(pair), *(along.place for along in pair)) for pair in found.pairs]
    yield Table(heading, columns, rows)
    if len(found.pairs) < found.total:
        yield Lines([f"Only the first {len(found.pairs)} pairs are listed."])


def _words(pair: Sequence[AxisPair]) -> tuple[str, str]:
    """Return (input, tap), each as `1,0`."""
    inputs, taps = [along.input for along in pair], [along.tap for along in pair]
    return _indices(inputs), _indices(taps)


def _indices(places: Sequence[int]) -> str:
    return ",".join(map(str, places))


def _data(found: ElementPairs) -> dict[str, object]:
    """Return the element and its pairs, each pair a list with one entry per axis."""
    pairs = [[along._asdict() for along in pair] for pair in found.pairs]
    return {"element": found.element, "total": found.total, "pairs": pairs}
