"""The edits that mend findings; only those are told after which the finding is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from deconvcli.checks.documents import Document
from deconvcli.checks.edits import TextEdit
from deconvcli.checks.edits.trying import try_fixes
from deconvcli.checks.rules import rules
from deconvcli.common.findings import Diagnostic, Severity

# Findings of one file that are mended on trial: each takes a check of the whole file, or several.
MOST = 20
# Of all these checks together, in values of the file; a finding takes as long as ten of them.
MOST_WORK, PER_FINDING = 20_000, 10

Check = Callable[[Document, str], Sequence[Diagnostic]]
Named = tuple[str, str]


def edits_of(
    document: Document, findings: Sequence[Diagnostic], check: Check
) -> Mapping[Diagnostic, tuple[TextEdit, ...]]:
    """For each finding the edits of the first fix that holds; nothing for those without.

    check: what is found in the document with another text.
    """

    def mended(found: Diagnostic) -> tuple[TextEdit, ...]:
        return try_fixes(
            document,
            found.fixes,
            lambda text: _is_better(found, findings, check(document, text)),
        )

    most = min(MOST, MOST_WORK // (len(document.places) + PER_FINDING * len(findings)))
    fixable = [found for found in findings if found.fixes][:most]
    return {found: edits for found in fixable if (edits := mended(found))}


def _is_better(
    found: Diagnostic, before: Sequence[Diagnostic], after: Sequence[Diagnostic]
) -> bool:
    """Whether the finding is gone, and nothing has come in its place."""
    has_gone = all(
        _number(after, key(found), key) < _number(before, key(found), key)
        for key in (_said, _placed)
    )
    if _is_error(found):
        # What an error has hidden may come to light, as long as there are not more of them.
        return has_gone and sum(map(_is_error, after)) <= sum(map(_is_error, before))
    return has_gone and Counter(map(_placed, after)) <= Counter(map(_placed, before))


def _number(
    findings: Sequence[Diagnostic], wanted: Named, key: Callable[[Diagnostic], Named]
) -> int:
    return sum(key(found) == wanted for found in findings)


def _said(found: Diagnostic) -> Named:
    """What stays of a finding when lines come in above it."""
    return found.code, found.message


def _placed(found: Diagnostic) -> Named:
    """What stays of one that is told in other numbers, as in the next round of a block."""
    return found.code, found.where.path if found.where else ""


def _is_error(found: Diagnostic) -> bool:
    """By the rule itself, whatever the settings make of it."""
    return rules()[found.code][1].severity is Severity.ERROR
