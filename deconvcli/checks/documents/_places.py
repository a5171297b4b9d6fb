"""Positions in a document.

Reading stores offsets only. Lines and columns are computed when a position is requested, which a
file without findings never does.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

Path = tuple[str | int, ...]
Span = tuple[int, int, int]
"""Offsets in the text: of the key, of the value's start and of its end."""


class Position(NamedTuple):
    """A line and a column, both counted from 1."""

    line: int
    column: int


class Place(NamedTuple):
    """The position of a key, and the start and end of its value.

    An item of a list has no key; its own start stands for it.
    """

    key: Position
    begin: Position
    end: Position


class LineIndex:
    """The lines of a text, separated by line feeds."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _ends(self) -> list[int]:
        return [found.start() for found in re.finditer("\n", self._text)]

    def position(self, offset: int) -> Position:
        """Return the line and column of an offset."""
        # A line feed belongs to the line that it ends, hence offset - 1.
        line = bisect(self._ends, offset - 1)
        return Position(line + 1, offset - (self._ends[line - 1] if line else -1))

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and column, which exist."""
        return column + (self._ends[line - 2] if line > 1 else -1)


class Places(Mapping[Path, Place]):
    """The place of each part of a document, by path."""

    def __init__(self, spans: Mapping[Path, Span], lines: LineIndex) -> None:
        self._spans = spans
        self._lines = lines

    def __getitem__(self, path: Path) -> Place:
        key, begin, end = map(self._lines.position, self._spans[path])
        return Place(key, begin, end)

    def __contains__(self, path: object) -> bool:
        return path in self._spans

    def __iter__(self) -> Iterator[Path]:
        return iter(self._spans)

    def __len__(self) -> int:
        return len(self._spans)

    def key(self, path: Path) -> Position:
        """Return the position of a value's key."""
        return self._lines.position(self._spans[path][0])

    def begin(self, path: Path) -> Position:
        """Return the position at which a value starts."""
        return self._lines.position(self._spans[path][1])
