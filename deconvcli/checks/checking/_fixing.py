"""Fixes made: rounds of edits, each followed by a check, and comments that silence the others."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TypeAlias

from deconvcli.checks.checking._file_check import check_bytes, check_data, make_trial
from deconvcli.checks.checking._files import SourceFile, format_of_file
from deconvcli.checks.checking._hints import find_fixes
from deconvcli.checks.checking._ignores import write_ignores
from deconvcli.checks.checking._settings import Settings
from deconvcli.checks.checking._trial import Trial
from deconvcli.checks.checking._verdict import CheckedFile, Rewrite
from deconvcli.checks.documents import Document, Path, read
from deconvcli.checks.edits import TextEdit, TextFix, edit_text
from deconvcli.checks.edits.trying import try_fixes
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Diagnostic

Edits: TypeAlias = tuple[TextEdit, ...]

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
    searched = settings.without_extras()._replace(fix=True)
    fixed: Counter[str] = Counter()
    seen: set[str] = set()
    checked, unsafe = _check(document, searched), 0
    # Fixes that undo each other lead back to a text; from there no later run gets any further.
    while document.text not in seen and len(seen) < MAX_ROUNDS:
        seen.add(document.text)
        trial = make_trial(document, checked, searched)
        made = _choose_independent(document, checked.findings, trial, settings.unsafe)
        if not made:
            fixes = find_fixes(document, checked.findings, trial)
            made = _choose_others(document.text, fixes, trial, settings.unsafe)
            unsafe = sum(not (settings.unsafe or fix.is_safe) for fix in fixes.values())
        if not made:
            break
        # A set, since one edit can fix several findings.
        document = _edit(document, {edit for edits in made.values() for edit in edits})
        before, checked = _count_codes(checked.findings), _check(document, searched)
        # Those of the same cause disappear as well; on the other hand, new ones of a code appear.
        fixed += _count_codes(made) | (before - _count_codes(checked.findings))
    return document, fixed, unsafe


def _count_codes(findings: Iterable[Diagnostic]) -> Counter[str]:
    return Counter(found.code for found in findings)


def _choose_independent(
    document: Document, findings: Iterable[Diagnostic], trial: Trial, unsafe: bool
) -> Mapping[Diagnostic, Edits]:
    """Return findings whose edits have nothing to do with each other, made and tried at once.

    Trying them one by one would take a check of the whole file for each.
    """
    made: dict[Diagnostic, Edits] = {}
    networks: dict[Path, bool] = {}
    for found in findings:
        allowed = tuple([fix for fix in found.fixes if unsafe or fix.is_safe])
        first = try_fixes(document, allowed, lambda text: True)
        if first and _fits(first.edits, made.values()):
            network, is_local = allowed[0].changes[0].path[:2], _is_local(found, first.edits)
            # Within a network, two edits may be for one cause, unless each is in its own line.
            if network not in networks or (is_local and networks[network]):
                networks[network] = is_local
                made[found] = first.edits
    # One that does not work is at the latest reached as the first, and left to a trial of its own.
    while len(made) > 1 and not _are_fixed(document.text, made, trial):
        made = dict(islice(made.items(), len(made) // 2))
    return made if len(made) > 1 else {}


def _is_local(found: Diagnostic, edits: Edits) -> bool:
    """Return whether edits change the finding's own line, and insert none."""
    line = found.where.line if found.where else 0
    return all(edit.line == line and "\n" not in edit.new for edit in edits)


def _choose_others(
    text: str, fixes: Mapping[Diagnostic, TextFix], trial: Trial, unsafe: bool
) -> Mapping[Diagnostic, Edits]:
    """Return those of the tried fixes that can be made together, with as few edits as possible."""
    made: dict[Diagnostic, Edits] = {}
    for found, fix in fixes.items():
        if unsafe or fix.is_safe:
            # Another edit for a cause that has been removed would be wrong, so first without any.
            ways = [edits for edits in ((), fix.edits) if _fits(edits, made.values())]
            works = (each for each in ways if _are_fixed(text, {**made, found: each}, trial))
            edits = next(works, None)
            if edits is not None:
                made[found] = edits
    return made


def _are_fixed(text: str, made: Mapping[Diagnostic, Edits], trial: Trial) -> bool:
    edits = {edit for edits in made.values() for edit in edits}
    return trial.is_fixed(tuple(made), edit_text(text, edits))


def _fits(edits: Edits, others: Iterable[Edits]) -> bool:
    """Return whether edits can be made beside others; the same edits are made once."""
    return not any(
        _overlap(one, other) for each in others if each != edits for one in edits for other in each
    )


def _overlap(one: TextEdit, other: TextEdit) -> bool:
    if one.line != other.line:
        return False
    is_same = (one.column, one.end_column) == (other.column, other.end_column)
    return is_same or (one.column < other.end_column and other.column < one.end_column)
