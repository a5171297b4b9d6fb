"""Whatever the files contain, the reader of each format sees findings and nothing else."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.reporters import REPORTERS
from deconvcli.cli.output import printable
from deconvcli.common.findings import Diagnostic, Severity, Where

# Python keeps a byte of a file name that is not UTF-8 as \udcff.
TEXTS = st.one_of(
    st.text(
        st.sampled_from("a%:,\n\r\t|`<>&\"'*[]\\!@\x00\x1b\x85\u2028\ufffe\udcffé"), max_size=20
    ),
    st.text(max_size=20),
)
FINDINGS = st.builds(
    Diagnostic,
    code=st.sampled_from(["DCV110", "DCV201"]),
    severity=st.sampled_from(Severity),
    message=TEXTS,
    help=TEXTS,
    source=TEXTS,
    fixes=st.just(()),
    where=st.none() | st.builds(Where, TEXTS, st.integers(1, 9), st.integers(1, 9), TEXTS),
)
FILES = st.builds(
    CheckedFile,
    TEXTS,
    st.lists(FINDINGS, max_size=4).map(tuple),
    st.just({1: "a", 2: "b"}),
    st.just(()),
    fixes=st.just({}),
)
VERDICTS = st.lists(FILES, max_size=3, unique_by=lambda file: file.name).map(
    lambda files: Verdict(tuple(files))
)


def shown(name: str, verdict: Verdict) -> str:
    """Return the report as the command prints it, through UTF-8."""
    return printable(REPORTERS.take(name)(verdict)).encode().decode()


def findings(verdict: Verdict) -> list[Diagnostic]:
    """Return the findings of all files."""
    return [found for file in verdict.files for found in file.findings]


@given(VERDICTS)
def test_github_reads_one_command_a_finding(verdict: Verdict) -> None:
    *commands, _ = shown("github", verdict).split("\n")
    assert len(commands) == len(findings(verdict))
    for command in commands:
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", command)
        assert match
        keys = [part.partition("=")[0] for part in match[2].split(",")]
        assert keys == ["file", "line", "col", "title"]


@given(VERDICTS)
def test_gitlab_reads_findings_with_fingerprints_of_their_own(verdict: Verdict) -> None:
    issues = json.loads(shown("gitlab", verdict))
    assert len({issue["fingerprint"] for issue in issues}) == len(findings(verdict))
    assert {len(issue["fingerprint"]) for issue in issues} <= {64}


@given(VERDICTS)
def test_sarif_reads_one_result_a_finding(verdict: Verdict) -> None:
    [run] = json.loads(shown("sarif", verdict))["runs"]
    assert len(run["results"]) == len(findings(verdict))
    for result in run["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]*", uri)


@given(VERDICTS)
def test_junit_reads_one_case_a_finding_or_clean_file(verdict: Verdict) -> None:
    suites = ElementTree.fromstring(shown("junit", verdict)).findall("testsuite")
    cases = [len(suite.findall("testcase")) for suite in suites]
    assert cases == [max(1, len(file.findings)) for file in verdict.files]
    failures = sum(len(suite.findall("testcase/failure")) for suite in suites)
    assert failures == sum(found.severity is Severity.ERROR for found in findings(verdict))


@given(VERDICTS)
def test_markdown_reads_one_row_of_four_cells_a_finding(verdict: Verdict) -> None:
    text = shown("markdown", verdict)
    rows = [line for line in text.split("\n") if line.startswith("| ")]
    assert len(rows) == (len(findings(verdict)) + 2 if findings(verdict) else 0)
    for row in rows:
        bare = re.sub(r"\\[\\`*_{}\[\]<>|#~!@&]", "", row)
        assert bare.count("|") == 5
        assert not re.search(r"[`*<>\[\]&@]", bare)


@given(VERDICTS)
def test_no_format_has_a_control_character(verdict: Verdict) -> None:
    for name in REPORTERS.names:
        assert all(line.isprintable() for line in shown(name, verdict).split("\n"))
