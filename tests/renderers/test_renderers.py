"""One report in every format; renderers compute nothing."""

from __future__ import annotations

import json

import pytest

from deconvcli.diagnostics import Diagnostic, Severity
from deconvcli.geometry import Linear
from deconvcli.renderers import RENDERERS
from deconvcli.report import Fields, Lines, Report, Table, crop_text, size_text

FINDING = Diagnostic("too-odd", Severity.WARNING, "k % s is 1", "use k 4.", "measured in 2026")
REPORT = Report(
    "deconv.test/1",
    "11x11",
    [
        Fields([("output", "11x11"), ("in", "5x5")]),
        Lines(["One sentence."]),
        Table("Rows | bars", ("name", "value"), [("a", "1"), ("long|er", "22")]),
    ],
    {"output": (11, Linear("N"))},
    [FINDING],
)


def test_text_aligns_columns_and_ends_with_findings() -> None:
    assert RENDERERS.take("text")(REPORT) == (
        "output  11x11\n"
        "in      5x5\n"
        "\n"
        "One sentence.\n"
        "\n"
        "Rows | bars\n"
        "name     value\n"
        "a        1\n"
        "long|er  22\n"
        "\n"
        "warning[too-odd]: k % s is 1\n"
        "  help: use k 4.\n"
        "  source: measured in 2026"
    )


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_json_names_its_schema_and_its_findings(name: str) -> None:
    text = RENDERERS.take(name)(REPORT)
    document = json.loads(text)
    assert document["schema"] == "deconv.test/1"
    assert document["output"] == [11, "N"]
    assert document["findings"][0]["code"] == "too-odd"
    assert document["findings"][0]["severity"] == "warning"
    assert ("\n" in text) == (name == "json")


def test_markdown_escapes_bars() -> None:
    text = RENDERERS.take("markdown")(REPORT)
    assert "| long\\|er | 22 |" in text
    assert "### Rows | bars" in text
    assert "* One sentence." in text
    assert "* warning[too-odd]" in text


@pytest.mark.parametrize("name", RENDERERS.names)
def test_every_format_renders_an_empty_report(name: str) -> None:
    assert isinstance(RENDERERS.take(name)(Report("deconv.test/1", "", [], {})), str)


def test_sizes_and_crops_are_written_as_they_are_typed() -> None:
    assert size_text((16, 16)) == "16x16"
    assert size_text((Linear("H", 2), Linear("W", 2, -1))) == "2H x 2W-1"
    assert size_text((Linear("H", 2), Linear("W"))) == "2HxW"
    assert crop_text(((1, 2), (0, -1))) == "1:2,0:-1"
