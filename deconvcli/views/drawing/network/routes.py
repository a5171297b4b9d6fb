"""The lines from box to box: they run between columns and rows, so that none crosses a box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from deconvcli.views.drawing.network.boxes import Box
from deconvcli.views.drawing.network.placing import Cell, Columns, Frame

GAP = 20
"""The space between rows, in pixels."""
LANE, NARROW_LANE, MANY_LANES = 15, 7, 6
"""The width of a lane in the space between columns, and of one of many."""
MARGIN = 16
"""The space between the boxes of a column and the first lane beside it, in pixels."""
_ACROSS, _ENTRY, _EXIT = 12, 20, 8
"""Where lines meet the sides of a box: straight ones and those that arrive from its top, those that
leave from its bottom, so that they stay apart."""

Span: TypeAlias = tuple[int, int]


class Point(NamedTuple):
    """A place in the picture, in pixels."""

    x: int
    y: int


class Lane(NamedTuple):
    """A line down beside a column. gutter: the space between columns, counted from the left.

    source: the box whose output runs there.
    """

    gutter: int
    source: int


class Route(NamedTuple):
    """A line from one box to another. is_skip: whether the target takes from a later box too.

    lane: where it runs down beside a column; None for a line that is straight.
    """

    source: int
    target: int
    points: tuple[Point, ...]
    is_skip: bool
    lane: Lane | None


class _Line(NamedTuple):
    """A line before its lanes have their places. spans: from where to where it runs in each."""

    source: int
    target: int
    spans: Mapping[Lane, Span]
    across: int | None = None


class Lanes(NamedTuple):
    """The lanes of a picture. numbers: counted from the column to the right; spans: their ends.

    gutters: the widths of the spaces between columns; pitches: of the lanes in each.
    """

    numbers: Mapping[Lane, int]
    spans: Mapping[Lane, Span]
    gutters: tuple[int, ...]
    pitches: tuple[int, ...]


class Router:
    """The lines of one picture. frames: the boxes; only their heights matter before `route`."""

    def __init__(
        self, boxes: Sequence[Box], cells: Sequence[Cell], frames: Sequence[Frame]
    ) -> None:
        self._boxes = boxes
        self._cells = cells
        self._taken: dict[int, set[int]] = {}
        for cell in cells:
            self._taken.setdefault(cell.column, set()).add(cell.row)
        self._lines = [
            self._draw_line(source, target, frames)
            for target, box in enumerate(boxes)
            for source in box.takes
        ]

    def find_lanes(self, columns: int) -> Lanes:
        """Return the lanes: short ones beside their column, long ones further out."""
        spans: dict[Lane, Span] = {}
        for line in self._lines:
            for lane, (low, high) in line.spans.items():
                known = spans.get(lane, (low, high))
                spans[lane] = min(low, known[0]), max(high, known[1])
        numbers: dict[Lane, int] = {}
        taken: dict[tuple[int, int], list[Span]] = {}
        for lane in sorted(spans, key=lambda lane: (spans[lane][1] - spans[lane][0], lane)):
            number = 0
            while _meets(spans[lane], taken.get((lane.gutter, number), ())):
                number += 1
            taken.setdefault((lane.gutter, number), []).append(spans[lane])
            numbers[lane] = number
        counts = [0] * (columns + 1)
        for lane, number in numbers.items():
            counts[lane.gutter] = max(counts[lane.gutter], number + 1)
        pitches = [LANE if count <= MANY_LANES else NARROW_LANE for count in counts]
        pairs = zip(counts, pitches, strict=True)
        gutters = [2 * MARGIN + max(0, count - 1) * pitch for count, pitch in pairs]
        return Lanes(numbers, spans, tuple(gutters), tuple(pitches))

    def route(self, columns: Columns, frames: Sequence[Frame], lanes: Lanes) -> list[Route]:
        """Return the lines through all their corners."""
        found = []
        for line in self._lines:
            last = max(self._boxes[line.target].takes)
            lane = next(iter(line.spans), None)
            points = tuple(self._list_points(line, columns, frames, lanes))
            found.append(Route(line.source, line.target, points, line.source != last, lane))
        return found

    def _draw_line(self, source: int, target: int, frames: Sequence[Frame]) -> _Line:
        start, end = self._cells[source], self._cells[target]
        out, entry = frames[source].bottom - _EXIT, frames[target].top + _ENTRY
        step = (end.column > start.column) - (end.column < start.column)
        if self._is_free(start, end):
            return _Line(source, target, {})
        if step == 0:
            return _Line(source, target, {Lane(start.column, source): (out, entry)})
        # The spaces beside both columns, on the sides that face each other.
        first = start.column + (step > 0)
        second = end.column + (step < 0)
        if first == second:
            return _Line(source, target, {Lane(first, source): _order(out, entry)})
        across = frames[target].top - GAP // 2
        return _Line(
            source,
            target,
            {Lane(first, source): _order(out, across), Lane(second, source): _order(across, entry)},
            across,
        )

    def _is_free(self, start: Cell, end: Cell) -> bool:
        """Return whether a straight line meets no box."""
        if start.column == end.column:
            rows = self._taken[start.column]
            return not any(row in rows for row in range(start.row + 1, end.row))
        between = range(min(start.column, end.column) + 1, max(start.column, end.column))
        return start.row == end.row and not any(
            start.row in self._taken.get(column, {}) for column in between
        )

    def _list_points(
        self, line: _Line, columns: Columns, frames: Sequence[Frame], lanes: Lanes
    ) -> Iterator[Point]:
        start, end = frames[line.source], frames[line.target]
        step = self._cells[line.target].column - self._cells[line.source].column
        if not line.spans and step == 0:
            middle = start.left + start.width // 2
            yield Point(middle, start.bottom)
            yield Point(middle, end.top)
            return
        leave = start.right if step > 0 else start.left
        arrive = end.right if step < 0 else end.left
        if not line.spans:
            yield Point(leave, start.top + _ACROSS)
            yield Point(arrive, end.top + _ACROSS)
            return
        places = [find_lane(columns, lanes, lane) for lane in line.spans]
        yield Point(leave, start.bottom - _EXIT)
        yield Point(places[0], start.bottom - _EXIT)
        if line.across is not None:
            yield Point(places[0], line.across)
            yield Point(places[-1], line.across)
        yield Point(places[-1], end.top + _ENTRY)
        yield Point(arrive, end.top + _ENTRY)


def find_lane(columns: Columns, lanes: Lanes, lane: Lane) -> int:
    """Return where a lane is, in pixels from the left."""
    gutter = lane.gutter
    right = columns.lefts[gutter] if gutter < len(columns.lefts) else columns.end
    return right - MARGIN - lanes.numbers[lane] * lanes.pitches[gutter]


def _meets(span: Span, others: Sequence[Span]) -> bool:
    """Return whether lines would touch in one lane."""
    return any(span[0] - GAP < high and low < span[1] + GAP for low, high in others)


def _order(one: int, other: int) -> Span:
    return min(one, other), max(one, other)
