"""JSON Lines: one object per finding, each on one line."""

from __future__ import annotations

from json import dumps

from deconvcli.checks.checking import Verdict
from deconvcli.checks.reporters.json import SCHEMA, finding


def report(verdict: Verdict) -> str:
    """Return a line for each finding, and an empty text if there are none."""
    return "\n".join(
        dumps({"schema": SCHEMA, "file": file.name, **finding(file, found)})
        for file in verdict.files
        for found in file.findings
    )
