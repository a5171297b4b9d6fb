"""Fixes made: rounds of edits, each followed by a check, and comments that silence the others."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from deconvcli.checks.checking._file_check import check_bytes, check_data, make_trial
from deconvcli.checks.checking._files import SourceFile, format_of_file
from deconvcli.checks.checking._ignores import write_ignores
from deconvcli.checks.checking._settings import Settings
from deconvcli.checks.checking._trial import Trial
from deconvcli.checks.checking._verdict import CheckedFile, Rewrite
from deconvcli.checks.documents import Document, read
from deconvcli.checks.edits import TextEdit, edit_text
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Diagnostic

# As many as in ruff. A round can uncover an error, whose fix can uncover another one.
MAX_ROUNDS = 100


def fix_data(file: SourceFile, data: bytes, settings: Settings) -> CheckedFile | None:
    """Return what is left to be found in a file, with its new content; nothing is written."""
    plain = settings.without_edits()
    checked = check_data(file, data, plain)
    if checked is None:
        return None
    rewrite = Rewrite(file, data, data)
    try:
        document = read(file.name, data, format_of_file(file))
    except Unreadable:
        return checked._replace(rewrite=rewrite)
    if settings.fix and checked.findings:
        document, fixed, unsafe = _fix(document, settings)
        rewrite = rewrite._replace(fixed=fixed, unsafe=unsafe)
        checked = _check(document, plain)
    if settings.add_ignore and checked.findings:
        silenced = len(checked.findings)
        document = _edit(document, write_ignores(document, checked.findings))
        checked = _check(document, plain)
        rewrite = rewrite._replace(silenced=silenced - len(checked.findings))
    mark = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
    return checked._replace(rewrite=rewrite._replace(after=mark + document.text.encode()))


def _check(document: Document, settings: Settings) -> CheckedFile:
    return check_bytes(document.name, document.text.encode(), document.kind, settings)


def _edit(document: Document, edits: Iterable[TextEdit]) -> Document:
    return read(document.name, edit_text(document.text, edits).encode(), document.kind)


def _fix(document: Document, settings: Settings) -> tuple[Document, Mapping[str, int], int]:
    """Return the document with its fixes, the number of findings that they fix by code, and of
    those whose fix is not made."""
    hinted = settings.without_extras()._replace(fix_hints=True)
    fixed: Counter[str] = Counter()
    seen: set[str] = set()
    checked = _check(document, hinted)
    while True:
        wanted = {
            found: fix.edits
            for found, fix in checked.fixes.items()
            if settings.unsafe or fix.is_safe
        }
        # Fixes that undo each other lead back to a text; from there no later run gets any further.
        if not wanted or document.text in seen or len(seen) == MAX_ROUNDS:
            return document, fixed, len(checked.fixes) - len(wanted)
        seen.add(document.text)
        made, edits = _choose_edits(document.text, wanted, make_trial(document, checked, hinted))
        document, before = _edit(document, edits), _count_codes(checked.findings)
        checked = _check(document, hinted)
        # Those of the same cause disappear as well; on the other hand, new ones of a code appear.
        fixed += _count_codes(made) | (before - _count_codes(checked.findings))


def _count_codes(findings: Iterable[Diagnostic]) -> Counter[str]:
    return Counter(found.code for found in findings)


def _choose_edits(
    text: str, wanted: Mapping[Diagnostic, Sequence[TextEdit]], trial: Trial
) -> tuple[list[Diagnostic], list[TextEdit]]:
    """Return edits that can be made together, and the findings that they fix."""
    [(first, chosen), *others] = wanted.items()
    made, edits = [first], list(chosen)
    for found, more in others:
        # One edit often fixes several findings, and another one for the same cause would be wrong.
        if trial.is_fixed([*made, found], edit_text(text, edits)):
            made.append(found)
        elif not any(_overlap(one, other) for one in more for other in edits) and trial.is_fixed(
            [*made, found], edit_text(text, [*edits, *more])
        ):
            made.append(found)
            edits += more
    return made, edits


def _overlap(one: TextEdit, other: TextEdit) -> bool:
    if one.line != other.line:
        return False
    is_same = (one.column, one.end_column) == (other.column, other.end_column)
    return is_same or (one.column < other.end_column and other.column < one.end_column)
