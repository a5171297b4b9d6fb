"""JUnit's XML: a suite per file and a case per finding.

A file without findings has one passing case, so that it is shown as checked.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.reporters._common import advice, one_line, place_of
from deconvcli.common.findings import Diagnostic, Severity

XML_HEAD = '<?xml version="1.0" encoding="utf-8"?>'


def report(verdict: Verdict) -> str:
    """Return all suites; a warning or a note is a passing case with output."""
    suites = [line for file in verdict.files for line in _suite(file)]
    return "\n".join([XML_HEAD, '<testsuites name="deconv">', *suites, "</testsuites>"])


def _suite(file: CheckedFile) -> list[str]:
    errors = sum(found.severity is Severity.ERROR for found in file.findings)
    count = max(1, len(file.findings))
    cases = [_case(file, found) for found in file.findings]
    name = quoteattr(one_line(file.name))
    cases = cases or [f'    <testcase name="check" classname={name}/>']
    head = f'  <testsuite name={name} tests="{count}" failures="{errors}" errors="0" skipped="0">'
    return [head, *cases, "  </testsuite>"]


def _case(file: CheckedFile, found: Diagnostic) -> str:
    where, name = place_of(found), one_line(file.name)
    title = quoteattr(one_line(f"{found.code} {where.path or 'file'}"))
    text = f"{name}:{where.line}:{where.column}: {found.severity}: {advice(found)}"
    case = f'    <testcase name={title} classname={quoteattr(name)} line="{where.line}">'
    if found.severity is Severity.ERROR:
        message = quoteattr(one_line(found.message))
        inside = f'<failure type="{found.code}" message={message}>{escape(text)}</failure>'
    else:
        inside = f"<system-out>{escape(text)}</system-out>"
    return f"{case}{inside}</testcase>"
