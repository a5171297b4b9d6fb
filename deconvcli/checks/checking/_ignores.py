"""Comments that silence findings, read and written: `# deconv: ignore[DCV201]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from deconvcli.checks.documents import Document, read
from deconvcli.checks.edits import TextEdit, edit_text
from deconvcli.checks.rules import find_code
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Diagnostic

_COMMENT = re.compile(r"#\s*deconv:\s*ignore(?:\[([\w\s,-]*)\])?")


def is_silenced(found: Diagnostic, lines: Sequence[str]) -> bool:
    """Return whether a comment on the finding's line names its code, or names no code."""
    line = found.where.line if found.where else 1
    comment = _COMMENT.search(lines[line - 1]) if line <= len(lines) else None
    if comment is None:
        return False
    codes = {find_code(code) for code in (comment[1] or "").split(",")}
    return comment[1] is None or found.code in codes


def write_ignores(document: Document, findings: Iterable[Diagnostic]) -> list[TextEdit]:
    """Return the edits that silence findings, each by a comment at the end of its line.

    A line has no edit where a comment would become part of a value.
    """
    lines = document.text.split("\n")
    codes: dict[int, set[str]] = {}
    for found in findings:
        line = found.where.line if found.where else 1
        codes.setdefault(line, set()).update((found.code, *found.also))
    edits = [_edit(number, lines[number - 1], sorted(each)) for number, each in codes.items()]
    return _keep_comments(document, edits)


def _edit(number: int, line: str, codes: Sequence[str]) -> TextEdit:
    """Return the edit that adds codes to the comment of a line, or adds a comment."""
    comment = _COMMENT.search(line)
    if comment is not None:
        begin, end = comment.span(1)
        known = comment[1].strip().rstrip(",")
        new = ", ".join([*filter(None, [known]), *codes])
        return TextEdit(number, begin + 1, end + 1, comment[1], new)
    text = line.rstrip()
    return TextEdit(
        number, len(text) + 1, len(text) + 1, "", f"  # deconv: ignore[{', '.join(codes)}]"
    )


def _keep_comments(document: Document, edits: Sequence[TextEdit]) -> list[TextEdit]:
    """Return the edits that leave the document's value as it is."""
    try:
        text = edit_text(document.text, edits)
        if read(document.name, text.encode(), document.kind).value == document.value:
            return list(edits)
    except Unreadable:
        pass
    half = len(edits) // 2
    parts = (edits[:half], edits[half:]) if half else ()
    return [edit for part in parts for edit in _keep_comments(document, part)]
