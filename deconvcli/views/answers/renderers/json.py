"""JSON for programs: one object, indented, its shape named in `schema`."""

from __future__ import annotations

from json import dumps
from typing import Any

from deconvcli.views.answers.report import Report


def document(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    findings = [
        {
            "code": finding.code,
            "severity": str(finding.severity),
            "message": finding.message,
            "help": finding.help,
            "source": finding.source,
        }
        for finding in report.findings
    ]
    return {"schema": report.schema, **report.data, "findings": findings}


def render(report: Report) -> str:
    """Indented by two; symbolic sizes are strings."""
    return dumps(document(report), indent=2, default=str)
