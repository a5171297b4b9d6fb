"""GitLab's code quality report.

Source: docs.gitlab.com, Code Quality, the report's format, read 2026-11.
"""

from __future__ import annotations

from json import dumps
from typing import Any

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.reporters._common import advice, place_of
from deconvcli.checks.reporters._fingerprints import fingerprint_findings
from deconvcli.common.findings import Diagnostic, Severity

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def report(verdict: Verdict) -> str:
    """Return a list with one object per finding."""
    return dumps([_issue(*each) for each in fingerprint_findings(verdict)], indent=2)


def _issue(file: CheckedFile, found: Diagnostic, fingerprint: str) -> dict[str, Any]:
    where = place_of(found)
    return {
        "description": advice(found),
        "check_name": found.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[found.severity],
        "location": {
            "path": file.name,
            "positions": {"begin": {"line": where.line, "column": where.column}},
        },
    }
