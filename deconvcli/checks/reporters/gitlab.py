"""GitLab's code quality report; a fingerprint stays when lines move.

Source: docs.gitlab.com, Code Quality, the report's format, read 2026-11.
"""

from __future__ import annotations

from json import dumps
from typing import Any

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.reporters._fingerprints import fingerprinted
from deconvcli.checks.reporters._words import advice, place
from deconvcli.common.findings import Diagnostic, Severity

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def report(verdict: Verdict) -> str:
    """A list with one object a finding."""
    return dumps([_issue(*each) for each in fingerprinted(verdict)], indent=2)


def _issue(file: CheckedFile, found: Diagnostic, fingerprint: str) -> dict[str, Any]:
    where = place(found)
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
