"""The edits that fix findings. Each has been tried: with it, its finding is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from deconvcli.checks.checking._trial import Trial
from deconvcli.checks.documents import Document
from deconvcli.checks.edits import TextFix
from deconvcli.checks.edits.trying import try_fixes
from deconvcli.common.findings import Diagnostic

# Trying one fix costs at least one check of the whole file, so the work on a file is limited: by
# the number of findings, and by the size of the file, where a finding counts as much as ten values.
MAX_HINTED_FINDINGS = 20
MAX_HINT_WORK, WORK_PER_FINDING = 20_000, 10


def find_fixes(
    document: Document, findings: Sequence[Diagnostic], trial: Trial
) -> Mapping[Diagnostic, TextFix]:
    """Return the first working fix of each finding that has one."""
    work = len(document.places) + WORK_PER_FINDING * len(findings)
    limit = min(MAX_HINTED_FINDINGS, MAX_HINT_WORK // work)
    # Those that can be fixed without asking come first, so that no others use up the limit.
    fixable = sorted(
        [found for found in findings if found.fixes],
        key=lambda found: not any(fix.is_safe for fix in found.fixes),
    )
    tried = {
        found: try_fixes(document, found.fixes, partial(trial.is_fixed, [found]))
        for found in fixable[:limit]
    }
    return {found: fix for found, fix in tried.items() if fix is not None}
