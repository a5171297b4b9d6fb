"""A self-contained page for a browser, without scripts, in the light or the dark theme."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from deconvcli.common.findings import Diagnostic
from deconvcli.views.answers.renderers.text import finding_text
from deconvcli.views.answers.report import Block, Counts, Fields, Lines, Report, Table
from deconvcli.views.answers.shades import choose_shade, shade_colours
from deconvcli.views.palette import DARK, LIGHT, Theme

_STYLE = Path(__file__).with_name("page.css")


def render(report: Report) -> str:
    """Return the whole document, with every text escaped."""
    # An answer may have many lines, a title has one.
    headline, *_ = report.answer.splitlines() or [""]
    title = escape(f"deconv: {headline}")
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            f'<head><meta charset="utf-8"><title>{title}</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>\n{_style()}\n</style></head>",
            f"<body><main>\n<h1>{title}</h1>",
            *_list_parts(report.blocks, report.findings),
            "</main></body></html>",
        ]
    )


def render_element(blocks: Sequence[Block], findings: Sequence[Diagnostic], picture: str) -> str:
    """Return blocks as one element of another page, such as a notebook; picture: an <img>."""
    # Nested in the element's class, no rule of the style reaches the page around it, and the rules
    # for a whole page select nothing. Twice the class: Jupyter aligns cells to the right otherwise.
    return "\n".join(
        [
            f'<div class="deconv"><style>.deconv.deconv {{\n{_style()}\n}}</style><main>',
            *_list_parts(blocks, findings),
            picture,
            "</main></div>",
        ]
    )


def _list_parts(blocks: Sequence[Block], findings: Sequence[Diagnostic]) -> list[str]:
    """Return the elements of blocks and findings, in order."""
    found = [f'<p class="finding">{escape(finding_text(one))}</p>' for one in findings]
    return [*map(_block, blocks), *found]


def _style() -> str:
    return f"{_STYLE.read_text(encoding='utf-8')}{_shades()}"


def _shades() -> str:
    """Return a CSS class for each shade of a count, in the colours of both themes."""
    return f"{_rules(LIGHT)}\n@media (prefers-color-scheme: dark) {{\n{_rules(DARK)}\n}}"


def _rules(theme: Theme) -> str:
    return "\n".join(
        f".s{at} {{ background: {back}; color: {fore}; }}"
        for at, (back, fore) in enumerate(shade_colours(theme))
    )


def _block(block: Block) -> str:
    match block:
        case Fields(rows):
            return _table("", [_row(row, "th", "td") for row in rows])
        case Lines(lines):
            return "\n".join(f"<p>{escape(line)}</p>" for line in lines)
        case Counts(title, counts):
            return _counts(title, counts)
        case Table(title, columns, rows):  # pragma: no branch - there is no other block
            head = [f"<thead>{_row(columns, 'th', 'th')}</thead>"] if any(columns) else []
            return _table(title, [*head, *(_row(row, "th", "td") for row in rows)])


def _row(cells: Sequence[str], first: str, other: str) -> str:
    """Return one row. first, other: the elements of its first cell and of the others."""
    marks = [first, *[other] * (len(cells) - 1)]
    pairs = zip(marks, cells, strict=True)
    # Some cells begin with spaces, which set columns of plain text apart.
    shown = (f"<{mark}>{escape(cell.strip())}</{mark}>" for mark, cell in pairs)
    return f"<tr>{''.join(shown)}</tr>"


def _table(title: str, rows: Sequence[str], kind: str = "") -> str:
    # A <caption> would wrap at the width of its table.
    heading = [f"<h2>{escape(title)}</h2>"] if title else []
    opened = f'<div class="scroll"><table{kind}>'
    return "\n".join([*heading, opened, *rows, "</table></div>"])


def _counts(title: str, counts: Sequence[Sequence[int]]) -> str:
    """Return a table of numbers on their shades."""
    most = max((count for row in counts for count in row), default=0)
    rows = [[f'<td class="s{choose_shade(n, most)}">{n}</td>' for n in row] for row in counts]
    return _table(title, [f"<tr>{''.join(row)}</tr>" for row in rows], ' class="counts"')
