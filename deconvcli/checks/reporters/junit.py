"""JUnit's XML: a suite a file, a failing case a finding, one that passes for a clean file."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.reporters._words import advice, one_line, place
from deconvcli.common.findings import Diagnostic, Severity

HEAD = '<?xml version="1.0" encoding="utf-8"?>'


def report(verdict: Verdict) -> str:
    """All suites; warnings and notes are told in a case that passes."""
    suites = [line for file in verdict.files for line in _suite(file)]
    return "\n".join([HEAD, '<testsuites name="deconv">', *suites, "</testsuites>"])


def _suite(file: CheckedFile) -> list[str]:
    errors = sum(found.severity is Severity.ERROR for found in file.findings)
    count = max(1, len(file.findings))
    cases = [_case(file, found) for found in file.findings] or [_passed(file)]
    name = quoteattr(one_line(file.name))
    head = f'  <testsuite name={name} tests="{count}" failures="{errors}" errors="0" skipped="0">'
    return [head, *cases, "  </testsuite>"]


def _passed(file: CheckedFile) -> str:
    return f'    <testcase name="check" classname={quoteattr(one_line(file.name))}/>'


def _case(file: CheckedFile, found: Diagnostic) -> str:
    where, name = place(found), one_line(file.name)
    what = quoteattr(one_line(f"{found.code} {where.path or 'file'}"))
    said = f"{name}:{where.line}:{where.column}: {found.severity}: {advice(found)}"
    case = f'    <testcase name={what} classname={quoteattr(name)} line="{where.line}">'
    if found.severity is Severity.ERROR:
        message = quoteattr(one_line(found.message))
        inside = f'<failure type="{found.code}" message={message}>{escape(said)}</failure>'
    else:
        inside = f"<system-out>{escape(said)}</system-out>"
    return f"{case}{inside}</testcase>"
