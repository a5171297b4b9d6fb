"""Edits as a person applies them: the line as it is behind a minus, as it becomes behind a plus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from deconvcli.checks.checking import CheckedFile
from deconvcli.checks.edits import TextEdit, edit_text


def hunks(file: CheckedFile, edits: Sequence[TextEdit]) -> Iterator[str]:
    """One for each line that changes; a line beside which others come in stays as it is."""
    for number, group in groupby(sorted(edits), lambda edit: edit.line):
        line = file.lines[number]
        changed = edit_text(line, [edit._replace(line=1) for edit in group]).split("\n")
        yield f"fix: {file.name}:{number}"
        yield from _marked(line, changed)


def _marked(line: str, changed: Sequence[str]) -> Iterator[str]:
    if line not in changed:
        yield f"- {line}"
    for other in changed:
        yield f"{' ' if other == line else '+'} {other}".rstrip("\r")
