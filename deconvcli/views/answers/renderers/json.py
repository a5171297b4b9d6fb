"""JSON for programs: one indented object, whose `schema` names its shape."""

from __future__ import annotations

from json import dumps
from typing import Any

from deconvcli.layers.axis import Linear
from deconvcli.layers.counts import Unknown
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
    """Return the JSON, indented by two."""
    return dumps(document(report), indent=2, default=encode_size)


def encode_size(size: Linear | Unknown) -> str | None:
    """Return a symbolic size as text and an unknown count as null; all else is JSON already."""
    return None if isinstance(size, Unknown) else str(size)
