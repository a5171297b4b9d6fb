"""An edit of one line, and a text with edits applied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from deconvcli.checks.documents import Position


class NotWritable(Exception):
    """The change needs more than edits of single lines."""


class TextEdit(NamedTuple):
    """The text of a line from column up to end_column, and its replacement.

    Lines and columns count from 1. new: may contain line ends, which insert lines.
    """

    line: int
    column: int
    end_column: int
    old: str
    new: str


class TextFix(NamedTuple):
    """The edits that fix a finding, and in words what else they change, as in `DocumentFix`."""

    edits: tuple[TextEdit, ...]
    caution: str = ""

    @property
    def is_safe(self) -> bool:
        """Whether it can be made without asking."""
        return not self.caution


def edit_text(text: str, edits: Iterable[TextEdit]) -> str:
    """Return the text with all edits applied; they must not overlap."""
    lines = text.split("\n")
    # From the last to the first, so that the columns and lines of the others stay valid.
    for edit in sorted(edits, reverse=True):
        line = lines[edit.line - 1]
        lines[edit.line - 1] = line[: edit.column - 1] + edit.new + line[edit.end_column - 1 :]
    return "\n".join(lines)


def replace(text: str, begin: Position, end: Position, new: str) -> TextEdit:
    """Return the edit that replaces the text between two positions.

    Raises:
        NotWritable: the positions are on different lines.
    """
    # Text that spans lines may contain comments, which an edit would delete.
    if begin.line != end.line:
        raise NotWritable
    old = line_at(text, begin)[begin.column - 1 : end.column - 1]
    return TextEdit(begin.line, begin.column, end.column, old, new)


def insert(text: str, position: Position, new: str) -> TextEdit:
    """Return the edit that inserts text at a position."""
    return replace(text, position, position, new)


def line_at(text: str, position: Position) -> str:
    """Return the line of a position, without its line end."""
    return text.split("\n")[position.line - 1].rstrip("\r")
