"""A terminal gets the words of the text format, with colour and weight."""

from __future__ import annotations

import io
import re

import pytest

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.views.answers.renderers import RENDERERS
from deconvcli.views.answers.report import Counts, Fields, Lines, Report, Table
from deconvcli.views.answers.terminal import show_on_terminal

REPORT = Report(
    "deconv.test/1",
    "11x11",
    [
        Fields([("output", "11x11"), ("layer", "[bold]not markup[/bold] :smile:")]),
        Lines(["One sentence."]),
        Table("Rows", ("name", "value"), [("a", "1"), ("b", "22")]),
        Table("", (), [("span", "= 3")]),
        Counts("Pairs", ((1, 10), (0, 3))),
    ],
    {},
    [Diagnostic("too-odd", Severity.WARNING, "k % s is 1", "use k 4.")],
)


def render_on_terminal(
    monkeypatch: pytest.MonkeyPatch, report: Report = REPORT, **environment: str
) -> str:
    """Return the output on a terminal of 80 columns."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"COLUMNS": "80", "TERM": "xterm-256color", **environment}.items():
        monkeypatch.setenv(name, value)
    file = io.StringIO()
    show_on_terminal(report, str, file)
    return file.getvalue()


def split_words(text: str) -> list[str]:
    """Return the words without colours and white space."""
    return re.sub(r"\x1b\[[\d;]*m", "", text).split()


def test_the_words_are_those_of_the_text_format(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = render_on_terminal(monkeypatch, FORCE_COLOR="1", COLORTERM="truecolor")
    assert "\x1b[33mwarning[too-odd]" in coloured
    assert "\x1b[1m11x11" in coloured
    assert "\x1b[38;2;0;0;0;48;2;230;159;0m 0 " in coloured
    assert split_words(coloured) == split_words(RENDERERS.take("text")(REPORT))


def test_a_narrow_terminal_shows_the_columns_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = REPORT._replace(blocks=[Counts("Pairs", (tuple(range(1, 10)) * 4,) * 2)])
    lines = render_on_terminal(monkeypatch, wide, COLUMNS="40", NO_COLOR="1").splitlines()
    note = ["The terminal is wide enough for 20 of", "these 36 columns."]
    row = "1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9 1 2"
    assert [line.rstrip() for line in lines[1:3]] == [row, row]
    assert [line.rstrip() for line in lines[3:5]] == note


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = render_on_terminal(monkeypatch, NO_COLOR="1", FORCE_COLOR="1")
    assert "\x1b[33m" not in plain
    assert split_words(plain) == split_words(RENDERERS.take("text")(REPORT))


def test_a_wide_table_continues_below_after_its_first_column(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    columns = ("name", *(f"column{number}" for number in range(12)))
    rows = [("row", *(f"cell{number}" for number in range(12)))]
    file = io.StringIO()
    show_on_terminal(REPORT._replace(blocks=[Table("", columns, rows)]), str, file)
    lines = [line.split() for line in file.getvalue().splitlines()]
    assert lines[0] == ["name", *(f"column{number}" for number in range(8))]
    assert lines[1] == ["row", *(f"cell{number}" for number in range(8))]
    assert lines[2] == []
    assert lines[3] == ["name", *(f"column{number}" for number in range(8, 12))]
    assert lines[4] == ["row", *(f"cell{number}" for number in range(8, 12))]
