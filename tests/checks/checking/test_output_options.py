"""Options of `deconv check` about what is left out, how it is printed, and the exit code."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from tests.cli.commandline import deconv

GOOD = "networks: {n: {input: {channels: 4, size: 8}, layers: [relu]}}"
BAD = "networks: {n: {input: {channels: 4, size: 8}, layers: [relo, relo, {op: conv}]}}"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("a/good.yaml", GOOD), ("a/tests/bad.yaml", BAD), ("b/bad.yaml", BAD)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("patterns", "count"),
    [
        ("--exclude tests", 2),
        ("--exclude a/tests", 2),
        ("--exclude ./a/tests/", 2),
        ("--exclude bad.*", 1),
        ("--exclude a --exclude nothing", 1),
        ("--exclude test", 3),
        ("--exclude b/*", 2),
    ],
)
def test_folders_are_searched_without_what_is_excluded(patterns: str, count: int) -> None:
    done = deconv(f"check . --isolated {patterns} --exit-zero")
    assert f"in {count} file" in done.out


def test_a_named_file_is_checked_whatever_is_excluded(folder: Path) -> None:
    assert deconv("check b/bad.yaml --isolated --exclude bad.yaml").code == 1
    (folder / "deconv.toml").write_text("exclude = ['tests', 'b']", encoding="utf-8")
    (folder / ".git").mkdir()
    done = deconv("check .")
    assert (done.code, done.out) == (0, "no findings in 1 file\n")


def test_errors_may_exit_with_zero() -> None:
    with_code, without = deconv("check . --isolated"), deconv("check . --isolated --exit-zero")
    assert (with_code.code, without.code) == (1, 0)
    assert with_code.out == without.out
    # What cannot be checked at all is no finding.
    assert deconv("check absent --exit-zero").code == 2


def test_concise_is_a_line_for_each_finding() -> None:
    done = deconv("check b --isolated --format concise")
    *lines, summary = done.out.splitlines()
    assert summary == "4 errors in 1 file"
    assert len(lines) == 4
    assert lines[0] == "b/bad.yaml:1:56: error[DCV105] operation 'relo' is not known"


def test_statistics_count_the_findings_of_each_rule() -> None:
    done = deconv("check . --isolated --statistics")
    assert done.code == 1
    first, second, summary = done.out.splitlines()
    assert first.split() == ["4", "DCV103", "missing-key"]
    assert second.split() == ["4", "DCV105", "unknown-name"]
    assert summary == "8 errors in 3 files"
    refused = deconv("check . --isolated --statistics --format json")
    assert (refused.code, refused.out) == (2, "")
    assert "--statistics and --format json are both given" in refused.err
    assert deconv("check a/good.yaml --isolated --statistics").out == "no findings in 1 file\n"


@pytest.mark.parametrize("format", ["text", "concise"])
def test_colour_adds_nothing_but_colour(format: str) -> None:
    plain, painted = (
        deconv(f"check . --isolated --format {format} --color {choice}").out
        for choice in ("never", "always")
    )
    assert "\x1b" not in plain
    assert painted.count("\x1b[31m\x1b[1merror[DCV") == 8
    assert click.unstyle(painted) == plain


@pytest.mark.parametrize("format", ["json", "github", "sarif"])
def test_what_programs_read_has_no_colour(format: str) -> None:
    assert "\x1b" not in deconv(f"check . --isolated --format {format} --color always").out


@pytest.mark.parametrize(
    ("settings", "options", "is_painted"),
    [
        ({}, "", False),
        ({"FORCE_COLOR": "1"}, "", True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "", False),
        ({"FORCE_COLOR": "1"}, "--color never", False),
        ({"NO_COLOR": "1"}, "--color always", True),
        ({"FORCE_COLOR": "1"}, "-o report.txt", False),
    ],
)
def test_the_option_decides_before_the_environment(
    settings: dict[str, str], options: str, is_painted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    done = deconv(f"check . --isolated {options}")
    text = done.out or Path("report.txt").read_text(encoding="utf-8")
    assert ("\x1b" in text) is is_painted


def test_a_file_that_has_escapes_paints_nothing(folder: Path) -> None:
    text = BAD.replace("relo,", '"\\e[31mrelo",', 1)
    (folder / "b" / "bad.yaml").write_text(text, encoding="utf-8")
    painted = deconv("check b --isolated --color always").out
    assert click.unstyle(painted) == deconv("check b --isolated").out
