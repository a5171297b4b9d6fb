"""Edits as a person applies them: old lines after a minus, new lines after a plus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from deconvcli.checks.checking import CheckedFile
from deconvcli.checks.edits import TextFix, edit_text
from deconvcli.checks.reporters._common import one_line


def format_hunks(file: CheckedFile, fix: TextFix) -> Iterator[str]:
    """Yield the lines of a hunk for each line of the file that changes, and what else changes."""
    if fix.caution:
        yield f"made with --unsafe only: {one_line(fix.caution)}"
    for number, group in groupby(sorted(fix.edits), lambda edit: edit.line):
        line = file.lines[number]
        # The edits of one line are applied to that line alone, as if it were the whole text.
        changed = edit_text(line, [edit._replace(line=1) for edit in group]).split("\n")
        yield f"fix: {file.name}:{number}"
        yield from _mark_lines(line, changed)


def _mark_lines(line: str, changed: Sequence[str]) -> Iterator[str]:
    # An insertion leaves the line itself in place: it is context, with neither sign.
    if line not in changed:
        yield f"- {line}"
    for other in changed:
        yield f"{' ' if other == line else '+'} {other}".rstrip("\r")
