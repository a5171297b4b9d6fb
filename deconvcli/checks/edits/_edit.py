"""An edit of one line, and a text with edits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from deconvcli.checks.documents import Mark


class NotWritable(Exception):
    """The change is more than an edit of single lines."""


class Edit(NamedTuple):
    """What stands in a line from column up to end_column, and what replaces it.

    Lines and columns count from 1. new: may hold ends of lines, so that lines come in.
    """

    line: int
    column: int
    end_column: int
    old: str
    new: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits, which do not overlap."""
    lines = text.split("\n")
    # From the end, so that what comes before keeps its place.
    for edit in sorted(edits, reverse=True):
        line = lines[edit.line - 1]
        lines[edit.line - 1] = line[: edit.column - 1] + edit.new + line[edit.end_column - 1 :]
    return "\n".join(lines)


def between(text: str, begin: Mark, end: Mark, new: str) -> Edit:
    """The edit that replaces what stands between two marks.

    Raises:
        NotWritable: they are not on one line.
    """
    if begin.line != end.line:
        raise NotWritable
    old = line_at(text, begin)[begin.column - 1 : end.column - 1]
    return Edit(begin.line, begin.column, end.column, old, new)


def line_at(text: str, mark: Mark) -> str:
    """The line of a mark, without its end."""
    return text.split("\n")[mark.line - 1].rstrip("\r")
