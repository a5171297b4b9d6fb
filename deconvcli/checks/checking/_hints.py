"""The edits that fix findings. Each has been tried: with it, its finding is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from deconvcli.checks.documents import Document
from deconvcli.checks.edits import TextEdit
from deconvcli.checks.edits.trying import try_fixes
from deconvcli.checks.rules import rules
from deconvcli.common.findings import Diagnostic, Severity

# Trying one fix costs at least one check of the whole file, so the work on a file is limited: by
# the number of findings, and by the size of the file, where a finding counts as much as ten values.
MAX_HINTED_FINDINGS = 20
MAX_HINT_WORK, WORK_PER_FINDING = 20_000, 10

Check = Callable[[Document, str], Sequence[Diagnostic]]
Key = tuple[str, str]


def find_edits(
    document: Document, findings: Sequence[Diagnostic], check: Check
) -> Mapping[Diagnostic, tuple[TextEdit, ...]]:
    """Return the edits of the first working fix for each finding that has one.

    check: returns the findings in the document with another text.
    """

    def edits_for(found: Diagnostic) -> tuple[TextEdit, ...]:
        return try_fixes(
            document,
            found.fixes,
            lambda text: _is_better(found, findings, check(document, text)),
        )

    work = len(document.places) + WORK_PER_FINDING * len(findings)
    limit = min(MAX_HINTED_FINDINGS, MAX_HINT_WORK // work)
    fixable = [found for found in findings if found.fixes][:limit]
    return {found: edits for found in fixable if (edits := edits_for(found))}


def _is_better(
    found: Diagnostic, before: Sequence[Diagnostic], after: Sequence[Diagnostic]
) -> bool:
    """Return whether the finding is gone and nothing has taken its place."""
    # Both must count fewer: an edit can move the same message to another line, or leave the
    # problem at its place with other numbers, as in the next round of a block.
    is_gone = all(
        _count(after, key(found), key) < _count(before, key(found), key)
        for key in (_message_key, _place_key)
    )
    if _is_error(found):
        # Without this error others may show that it hid, but there must be no more than before.
        return is_gone and sum(map(_is_error, after)) <= sum(map(_is_error, before))
    return is_gone and Counter(map(_place_key, after)) <= Counter(map(_place_key, before))


def _count(findings: Sequence[Diagnostic], wanted: Key, key: Callable[[Diagnostic], Key]) -> int:
    return sum(key(found) == wanted for found in findings)


def _message_key(found: Diagnostic) -> Key:
    return found.code, found.message


def _place_key(found: Diagnostic) -> Key:
    return found.code, found.where.path if found.where else ""


def _is_error(found: Diagnostic) -> bool:
    """Return whether the rule itself calls it an error, whatever the settings say."""
    return rules()[found.code][1].severity is Severity.ERROR
