"""One JSON object a finding, each in one line."""

from __future__ import annotations

from json import dumps

from deconvcli.checks.checking import Verdict
from deconvcli.checks.reporters.json import SCHEMA, finding


def report(verdict: Verdict) -> str:
    """A line for each finding; nothing where there is none."""
    return "\n".join(
        dumps({"schema": SCHEMA, "file": file.name, **finding(file, found)})
        for file in verdict.files
        for found in file.findings
    )
