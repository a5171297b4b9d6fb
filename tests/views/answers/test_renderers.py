"""One report in every format; renderers compute nothing."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.layers.axis import Linear
from deconvcli.layers.text import crop_text, size_text
from deconvcli.views.answers.renderers import RENDERERS
from deconvcli.views.answers.report import Counts, Fields, Lines, Report, Table
from deconvcli.views.answers.shades import choose_shade, shade_colours
from deconvcli.views.palette import DARK, LIGHT, Theme

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


WIDE = Report(
    "deconv.test/1",
    "",
    [
        Fields([("output", "11x11"), ("layer", "one two three four")]),
        Lines(["One sentence that is longer."]),
        Table("Folded", ("name", "value"), [("a", "one two three four five six")]),
        Table("Stacked", ("step", "formula", "result"), [("full", "= (n - 1)*s + span", "= 11")]),
    ],
    {},
    width=20,
)


def test_text_keeps_to_its_width_where_it_has_one() -> None:
    assert RENDERERS.take("text")(WIDE).splitlines() == [
        "output  11x11",
        "layer   one two",
        "        three four",
        "",
        "One sentence that is",
        "  longer.",
        "",
        "Folded",
        "name  value",
        "a     one two three",
        "      four five six",
        "",
        "Stacked",
        "full",
        "  = (n - 1)*s + span",
        "  = 11",
    ]


def test_text_without_a_width_is_as_wide_as_it_is() -> None:
    assert "layer   one two three four\n" in RENDERERS.take("text")(WIDE._replace(width=None))


COUNTS = REPORT._replace(blocks=[Counts("Pairs <of> each", ((1, 10), (0, 3)))])


def test_counts_are_digits_in_every_format() -> None:
    text = RENDERERS.take("text")(COUNTS)
    assert text.startswith("Pairs <of> each\n 1 10\n 0  3\n")
    assert "```text\n 1 10\n 0  3\n```" in RENDERERS.take("markdown")(COUNTS)
    cells = re.findall(r'<td class="s(\d)">(\d+)</td>', RENDERERS.take("html")(COUNTS))
    assert cells == [("1", "1"), ("5", "10"), ("0", "0"), ("2", "3")]


def test_a_page_is_called_by_the_first_line_of_its_answer() -> None:
    page = RENDERERS.take("html")(COUNTS._replace(answer="torch\nkeras"))
    assert "<title>deconv: torch</title>" in page
    assert "<h1>deconv: torch</h1>" in page


def test_a_page_escapes_and_needs_nothing_from_outside() -> None:
    page = RENDERERS.take("html")(COUNTS._replace(answer="<script>alert(1)</script>"))
    assert "<script" not in page
    assert "Pairs &lt;of&gt; each" in page
    assert not re.search(r"https?:|url\(|src=|@import|\bon\w+=", page)


class Balanced(HTMLParser):
    """Checks that elements are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_page_closes_what_it_opens() -> None:
    parser = Balanced()
    parser.feed(RENDERERS.take("html")(REPORT._replace(blocks=[*REPORT.blocks, *COUNTS.blocks])))
    assert parser.open == []


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two colours written #rrggbb."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(part * by for part, by in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_digits_can_be_read_on_every_shade(theme: Theme) -> None:
    assert all(contrast(*pair) >= 4.5 for pair in shade_colours(theme))
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


@pytest.mark.parametrize("most", [1, 4, 5, 36, 10**9])
def test_more_pairs_are_never_lighter(most: int) -> None:
    shades = [choose_shade(count, most) for count in range(min(most, 99) + 1)]
    assert shades[0] == 0
    assert shades == sorted(shades)
    assert choose_shade(most, most) == 5


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
