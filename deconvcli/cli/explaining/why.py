"""The pairs of one output element, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deconvcli.explanation import Explanation
from deconvcli.explanation.why import Meeting, Why
from deconvcli.report import Block, Lines, Table


def why_blocks(explanation: Explanation, why: Why) -> Iterator[Block]:
    """The pairs as a table, or that there are none."""
    element = _indices(why.element)
    if not why.total:
        yield Lines([f"No (input, tap) pair reaches output element {element}: it is the bias."])
        return
    pairs = "pair" if why.total == 1 else "pairs"
    heading = f"Output element {element} is the sum of {why.total} (input, tap) {pairs}"
    columns = ("input", "tap", *(f"{axis.name}: i*s + j*d - crop" for axis in explanation.axes))
    rows = [(*pair_words(pair), *(meeting.place for meeting in pair)) for pair in why.pairs]
    yield Table(heading, columns, rows)
    if len(why.pairs) < why.total:
        yield Lines([f"These are the first {len(why.pairs)}."])


def pair_words(pair: Sequence[Meeting]) -> tuple[str, str]:
    """(input, tap), each as `1,0`."""
    inputs, taps = [meeting.input for meeting in pair], [meeting.tap for meeting in pair]
    return _indices(inputs), _indices(taps)


def _indices(places: Sequence[int]) -> str:
    return ",".join(map(str, places))
