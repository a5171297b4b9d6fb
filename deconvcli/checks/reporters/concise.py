"""One line for each finding, for people who know the rules and for editors."""

from __future__ import annotations

from deconvcli.checks.checking import Verdict
from deconvcli.checks.reporters._common import one_line, place_of


def report(verdict: Verdict) -> str:
    """Return `file:line:column: severity[CODE] message` for each finding, and the summary."""
    lines = []
    for file in verdict.files:
        for found in file.findings:
            where = place_of(found)
            head = f"{one_line(file.name)}:{where.line}:{where.column}"
            lines.append(f"{head}: {found.severity}[{found.code}] {one_line(found.message)}")
    return "\n".join([*lines, verdict.summary])
