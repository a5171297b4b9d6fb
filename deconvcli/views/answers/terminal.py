"""The text format on a terminal: the same words, with weight and colour where they help.

Loaded only there, since Rich costs more time than any answer. NO_COLOR, FORCE_COLOR and TERM=dumb
are obeyed by Rich; colour never says anything alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.views.answers.renderers.text import finding_text
from deconvcli.views.answers.report import Block, Counts, Fields, Lines, Report, Table
from deconvcli.views.answers.shades import BACKGROUNDS, FOREGROUNDS, choose_shade

GAP = 2
_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def show_on_terminal(
    report: Report, printable: Callable[[str], str], file: TextIO | None = None
) -> None:
    """Print the report on the terminal, every text made harmless by `printable`."""
    console = Console(file=file, highlight=False, markup=False, emoji=False)
    parts = [_block(block, printable, console.width) for block in report.blocks]
    parts += [_finding(finding, printable) for finding in report.findings]
    for place, part in enumerate(parts):
        if place:
            console.print()
        console.print(part)


def _block(block: Block, printable: Callable[[str], str], room: int) -> RenderableType:
    match block:
        case Fields(rows):
            return _fields([(label, printable(value)) for label, value in rows])
        case Lines(lines):
            return Text(printable("\n".join(lines)))
        case Counts(title, counts):
            return Group(Text(printable(title), "bold"), *_counts(counts, room))
        case Table(title, columns, rows):
            safe = [[printable(cell) for cell in row] for row in rows]
            heading = [Text(printable(title), "bold")] if title else []
            return Group(*heading, *_grids(columns, safe, room))


def _counts(counts: Sequence[Sequence[int]], room: int) -> Iterator[Text]:
    """Digits on colour, which without colours are the digits alone; columns that fit."""
    most = max((count for row in counts for count in row), default=0)
    width = len(str(most))
    fit = max(1, room // (width + 1))
    for row in counts:
        line = Text()
        for count in row[:fit]:
            at = choose_shade(count, most)
            line.append(f"{count:>{width}} ", f"{FOREGROUNDS[at]} on {BACKGROUNDS[at]}")
        yield line
    widest = max(map(len, counts), default=0)
    if widest > fit:
        yield Text(f"{fit} of these {widest} columns fit on this terminal.")


def _fields(rows: Sequence[tuple[str, str]]) -> Grid:
    """Labels dimmed, the first value, which is the answer, bold."""
    grid = Grid.grid(padding=(0, GAP))
    for place, (label, value) in enumerate(rows):
        grid.add_row(Text(label, "dim"), Text(value, "" if place else "bold"))
    return grid


def _grids(
    columns: Sequence[str], rows: Sequence[Sequence[str]], room: int
) -> Iterator[RenderableType]:
    """The table; what is too wide goes on below, behind the first column once more."""
    cells = list(zip(columns or [""] * len(rows[0]), *rows, strict=True))
    # Words stay whole but for the last column, where the long texts are.
    widths = [max((len(w) for cell in column for w in cell.split()), default=0) for column in cells]
    for number, part in enumerate(_parts(widths, room)):
        if number:
            yield ""
        yield _grid([cells[place] for place in part], [widths[place] for place in part[:-1]])


def _parts(widths: Sequence[int], room: int) -> list[list[int]]:
    """Places of the columns that stand beside each other, at least two in each part."""
    parts, used = [[0]], widths[0]
    for place, width in enumerate(widths[1:], 1):
        if used + GAP + width > room and len(parts[-1]) > 1:
            parts.append([0])
            used = widths[0]
        parts[-1].append(place)
        used += GAP + width
    return parts


def _grid(cells: Sequence[Sequence[str]], widths: Sequence[int]) -> Grid:
    """Columns, each with its name first; widths: the least of all but the last."""
    grid = Grid(
        show_header=any(column[0] for column in cells),
        header_style="dim",
        box=None,
        pad_edge=False,
        padding=(0, GAP, 0, 0),
    )
    for column, least in zip(cells, (*widths, None), strict=True):
        grid.add_column(column[0], overflow="fold", min_width=least)
    for row in zip(*(column[1:] for column in cells), strict=True):
        grid.add_row(*(Text(cell) for cell in row))
    return grid


def _finding(finding: Diagnostic, printable: Callable[[str], str]) -> Text:
    text = Text(printable(finding_text(finding)))
    text.highlight_regex(r"^\w+\[[\w-]+\]", _STYLES[finding.severity])
    return text
