"""JSON for programs: one indented object, whose `schema` names its shape."""

from __future__ import annotations

from json import dumps
from typing import Any

from deconvcli.views.answers.report import Report


def document(report: Report) -> dict[str, Any]:
    """Return the report as plain data."""
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
    """Return the JSON, indented by two; symbolic sizes are strings."""
    # Symbolic sizes are the only values in a report that JSON does not know.
    return dumps(document(report), indent=2, default=str)
