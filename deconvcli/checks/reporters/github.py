"""Annotations of GitHub Actions, the most severe first.

Source: docs.github.com, Workflow commands for GitHub Actions, read 2026-11.
"""

from __future__ import annotations

from deconvcli.checks.checking import Verdict
from deconvcli.checks.reporters._common import advice, one_line, place_of
from deconvcli.common.findings import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_WORST_FIRST = list(_COMMANDS)


def report(verdict: Verdict) -> str:
    """Return one workflow command per finding, and the summary as plain text."""
    pairs = [(file.name, found) for file in verdict.files for found in file.findings]
    # A step shows only ten errors and ten warnings, so errors must not come after warnings.
    pairs.sort(key=lambda pair: _WORST_FIRST.index(pair[1].severity))
    return "\n".join([*(_command(name, found) for name, found in pairs), verdict.summary])


def _command(name: str, found: Diagnostic) -> str:
    where = place_of(found)
    properties = {
        "file": name,
        "line": where.line,
        "col": where.column,
        "title": f"deconv ({found.code})",
    }
    pairs = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{_COMMANDS[found.severity]} {pairs}::{_data(advice(found))}"


# The runner decodes %25 and, in properties, %3A and %2C; raw ones would end the property or text.
def _data(text: str) -> str:
    return one_line(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
