"""The text format on a terminal: the same words, with weight and colour where they help.

Loaded only there, since Rich costs more time than any answer. NO_COLOR, FORCE_COLOR and TERM=dumb
are obeyed by Rich; colour never says anything alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from deconvcli.diagnostics import Diagnostic, Severity
from deconvcli.renderers.text import finding_text
from deconvcli.report import Block, Fields, Lines, Report, Table

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def show_on_terminal(
    report: Report, printable: Callable[[str], str], file: TextIO | None = None
) -> None:
    """Print the report on the terminal, every text made harmless by `printable`."""
    console = Console(file=file, highlight=False, markup=False, emoji=False)
    parts = [_block(block, printable) for block in report.blocks]
    parts += [_finding(finding, printable) for finding in report.findings]
    for place, part in enumerate(parts):
        if place:
            console.print()
        console.print(part)


def _block(block: Block, printable: Callable[[str], str]) -> RenderableType:
    match block:
        case Fields(rows):
            return _fields([(label, printable(value)) for label, value in rows])
        case Lines(lines):
            return Text(printable("\n".join(lines)))
        case Table(title, columns, rows):
            grid = _grid(columns, [[printable(cell) for cell in row] for row in rows])
            return Group(Text(printable(title), "bold"), grid) if title else grid


def _fields(rows: Sequence[tuple[str, str]]) -> Grid:
    """Labels dimmed, the first value, which is the answer, bold."""
    grid = Grid.grid(padding=(0, 2))
    for place, (label, value) in enumerate(rows):
        grid.add_row(Text(label, "dim"), Text(value, "" if place else "bold"))
    return grid


def _grid(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Grid:
    grid = Grid(
        show_header=any(columns),
        header_style="dim",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    cells = list(zip(columns or [""] * len(rows[0]), *rows, strict=True))
    for place, column in enumerate(cells):
        # Words stay whole but for the last column, where the long texts are.
        longest = max((len(word) for cell in column for word in cell.split()), default=0)
        least = longest if place < len(cells) - 1 else None
        grid.add_column(column[0], overflow="fold", min_width=least)
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    return grid


def _finding(finding: Diagnostic, printable: Callable[[str], str]) -> Text:
    text = Text(printable(finding_text(finding)))
    text.highlight_regex(r"^\w+\[[\w-]+\]", _STYLES[finding.severity])
    return text
