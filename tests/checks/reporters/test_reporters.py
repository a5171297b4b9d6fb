"""One verdict in every format, checked by the formats' own readers where they exist."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import junitparser
import pytest

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.edits import TextEdit, TextFix
from deconvcli.checks.reporters import REPORTERS
from deconvcli.checks.rules import rules
from deconvcli.cli.output import printable
from deconvcli.common.findings import Diagnostic, Severity, Where
from deconvcli.networks.graph import LayerRow, NetworkTable

EVIL = "a\n::error file=x::b,c:%0A<&>\"'|*[x](y)`\x1b[31m\x00\u2028]]>"
ERROR = Diagnostic(
    "DCV110",
    Severity.ERROR,
    f"sizes {EVIL}",
    "crop.",
    "a book",
    Where("a.yaml", 3, 5, "networks.n"),
)
WARNING = ERROR._replace(code="DCV201", severity=Severity.WARNING, message="uneven")
VERDICT = Verdict(
    (
        CheckedFile("a b,c.yaml", (WARNING, ERROR, ERROR), {3: "  - {op: add}"}),
        CheckedFile(
            "clean.yaml", networks=(NetworkTable("n", (LayerRow("x|", "conv", "[1]", "", 2, 3),)),)
        ),
        CheckedFile(EVIL, (ERROR,)),
    )
)


def shown(name: str, verdict: Verdict = VERDICT) -> str:
    """Return the report as the command prints it."""
    return printable(REPORTERS.take(name)(verdict))


@pytest.mark.parametrize("name", REPORTERS.names)
def test_foreign_text_gives_no_command_and_no_control_character(name: str) -> None:
    lines = shown(name).split("\n")
    commands = [line for line in lines if line.startswith("::")]
    assert len(commands) == (4 if name == "github" else 0)
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("name", REPORTERS.names)
def test_no_findings_are_a_report_too(name: str) -> None:
    assert isinstance(shown(name, Verdict((CheckedFile("a.yaml"),))), str)


def test_github_has_errors_first_and_escapes_properties() -> None:
    first, *_, last, summary = shown("github").split("\n")
    assert first.startswith(
        "::error file=a b%2Cc.yaml,line=3,col=5,title=deconv (DCV110)::sizes a ::err"
    )
    assert "%250A" in first
    assert last.startswith("::warning ")
    assert summary == "3 errors, 1 warning in 3 files"


def test_gitlab_has_fingerprints_that_differ_and_stay() -> None:
    issues = json.loads(shown("gitlab"))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 4
    moved = ERROR._replace(where=Where("a.yaml", 9, 9, "networks.n"))
    [before] = json.loads(shown("gitlab", Verdict((CheckedFile("a", (ERROR,)),))))
    [after] = json.loads(shown("gitlab", Verdict((CheckedFile("a", (moved,)),))))
    assert before["fingerprint"] == after["fingerprint"]
    assert after["location"] == {"path": "a", "positions": {"begin": {"line": 9, "column": 9}}}


def test_sarif_has_what_code_scanning_needs() -> None:
    log = json.loads(shown("sarif"))
    [run] = log["runs"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(rules())
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        [location] = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[\w.%/~-]+", uri)
        assert location["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 5}
    assert len({result["partialFingerprints"]["deconv/v1"] for result in run["results"]}) == 4


def test_sarif_has_the_edits_of_a_finding() -> None:
    fix = TextFix((TextEdit(3, 5, 8, "old", "new"),), "values move")
    log = json.loads(
        shown("sarif", Verdict((CheckedFile("a.yaml", (ERROR,), fixes={ERROR: fix}),)))
    )
    [result] = log["runs"][0]["results"]
    [shown_fix] = result["fixes"]
    assert shown_fix["description"] == {"text": "values move"}
    [change] = shown_fix["artifactChanges"]
    assert (
        change["artifactLocation"] == result["locations"][0]["physicalLocation"]["artifactLocation"]
    )
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "startColumn": 5, "endColumn": 8},
            "insertedContent": {"text": "new"},
        }
    ]


def test_junit_is_read_by_a_parser() -> None:
    text = shown("junit")
    ElementTree.fromstring(text)
    suites = list(junitparser.JUnitXml.fromstring(text.encode()))
    assert [(suite.tests, suite.failures) for suite in suites] == [(3, 2), (1, 0), (1, 1)]
    assert suites[1].name == "clean.yaml"


def test_json_and_its_lines_have_every_finding() -> None:
    document = json.loads(shown("json"))
    assert document["schema"] == "deconv.check/1"
    assert document["counts"] == {"error": 3, "warning": 1, "note": 0}
    assert document["files"][1]["networks"]["n"][0]["macs"] == 3
    lines = [json.loads(line) for line in shown("jsonl").split("\n")]
    findings = [found for file in document["files"] for found in file["findings"]]
    assert [line["code"] for line in lines] == [found["code"] for found in findings]


def test_markdown_escapes_its_own_signs() -> None:
    text = shown("markdown")
    assert "| x\\| | conv | \\[1\\] | 2 | 3 |" in text
    assert "\\[x\\](y)\\`" in text


def test_a_long_line_is_cut_around_the_caret() -> None:
    line = "x" * 3000 + "HERE" + "x" * 3000
    found = ERROR._replace(where=Where("a", 1, 3001))
    text = shown("text", Verdict((CheckedFile("a", (found,), {1: line}),)))
    _, excerpt, caret, *_ = text.split("\n")
    assert len(excerpt) < 120
    assert excerpt[caret.index("^")] == "H"
