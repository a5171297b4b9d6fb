"""Where each box stands: its column is its resolution, its row the order along the path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from deconvcli.views.drawing.network.boxes import Box
from deconvcli.views.drawing.network.content import Content
from deconvcli.views.drawing.network.levels import Scale, order_scales


class Cell(NamedTuple):
    """The place of a box, counted in columns and rows."""

    column: int
    row: int


class Frame(NamedTuple):
    """A box in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Return the right edge, in pixels."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """Return the lower edge, in pixels."""
        return self.top + self.height


def place_boxes(boxes: Sequence[Box]) -> tuple[list[Cell], list[Scale]]:
    """Return the place of each box, and the resolution of each column.

    A box stands below those that it takes from, or beside one in another column: a step to another
    resolution goes sideways.
    """
    scales = order_scales([box.scale for box in boxes])
    columns = {scale: column for column, scale in enumerate(scales)}
    free = [0] * len(scales)
    cells: list[Cell] = []
    for box in boxes:
        column = columns[box.scale]
        row = free[column]
        for one in box.takes:
            row = max(row, cells[one].row + (cells[one].column == column))
        free[column] = row + 1
        cells.append(Cell(column, row))
    return cells, scales


def stack_rows(cells: Sequence[Cell], contents: Sequence[Content], gap: int) -> list[Frame]:
    """Return each box at its height, counted from 0 down, and as high as its text."""
    heights = [0] * (max(cell.row for cell in cells) + 1)
    for cell, content in zip(cells, contents, strict=True):
        heights[cell.row] = max(heights[cell.row], content.height)
    tops = [0]
    for height in heights:
        tops.append(tops[-1] + height + gap)
    return [
        Frame(0, tops[cell.row], 0, content.height)
        for cell, content in zip(cells, contents, strict=True)
    ]


class Columns(NamedTuple):
    """The left edges and the widths of columns, in pixels. end: the edge of what follows them."""

    lefts: tuple[int, ...]
    widths: tuple[int, ...]
    end: int


def line_up_columns(
    cells: Sequence[Cell], contents: Sequence[Content], gutters: Sequence[int], left: int
) -> Columns:
    """Return the columns, each as wide as its widest box. gutters: the spaces around them."""
    widths = [0] * (len(gutters) - 1)
    for cell, content in zip(cells, contents, strict=True):
        widths[cell.column] = max(widths[cell.column], content.width)
    lefts = []
    for gutter, width in zip(gutters, widths, strict=False):
        lefts.append(left + gutter)
        left = lefts[-1] + width
    return Columns(tuple(lefts), tuple(widths), left + gutters[-1])


def set_columns(frames: Sequence[Frame], cells: Sequence[Cell], columns: Columns) -> list[Frame]:
    """Return each box at its place, as wide as its column."""
    return [
        frame._replace(left=columns.lefts[cell.column], width=columns.widths[cell.column])
        for frame, cell in zip(frames, cells, strict=True)
    ]
