"""The text format on a terminal: the same words, with weight and colour.

This module is imported only for a terminal, because importing Rich takes longer than any answer.
Rich obeys NO_COLOR, FORCE_COLOR and TERM=dumb; no information is in colour alone.
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
    """Print the report on the terminal; `printable` escapes what a terminal would obey."""
    # Without these Rich would colour numbers, and read [bold] and :smile: in foreign text.
    console = Console(file=file, highlight=False, markup=False, emoji=False)
    parts = [_block(block, printable, console.width) for block in report.blocks]
    parts += [_finding(finding, printable) for finding in report.findings]
    for place, part in enumerate(parts):
        if place:
            console.print()
        console.print(part)


def _block(block: Block, printable: Callable[[str], str], width: int) -> RenderableType:
    match block:
        case Fields(rows):
            return _fields([(label, printable(value)) for label, value in rows])
        case Lines(lines):
            return Text(printable("\n".join(lines)))
        case Counts(title, counts):
            return Group(Text(printable(title), "bold"), *_counts(counts, width))
        case Table(title, columns, rows):  # pragma: no branch - there is no other block
            safe = [[printable(cell) for cell in row] for row in rows]
            heading = [Text(printable(title), "bold")] if title else []
            return Group(*heading, *_grids(columns, safe, width))


def _counts(counts: Sequence[Sequence[int]], width: int) -> Iterator[Text]:
    """Yield rows of numbers on their shades, as many columns as fit."""
    most = max((count for row in counts for count in row), default=0)
    digits = len(str(most))
    fit = max(1, width // (digits + 1))
    for row in counts:
        line = Text()
        for count in row[:fit]:
            at = choose_shade(count, most)
            line.append(f"{count:>{digits}} ", f"{FOREGROUNDS[at]} on {BACKGROUNDS[at]}")
        yield line
    widest = max(map(len, counts), default=0)
    if widest > fit:
        yield Text(f"The terminal is wide enough for {fit} of these {widest} columns.")


def _fields(rows: Sequence[tuple[str, str]]) -> Grid:
    """Return dimmed labels and their values; the first value is the answer, in bold."""
    grid = Grid.grid(padding=(0, GAP))
    for place, (label, value) in enumerate(rows):
        grid.add_row(Text(label, "dim"), Text(value, "" if place else "bold"))
    return grid


def _grids(
    columns: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> Iterator[RenderableType]:
    """Yield the table; columns that do not fit follow below, after the first column again."""
    cells = list(zip(columns or [""] * len(rows[0]), *rows, strict=True))
    # Words stay whole, except in the last column, which holds the long texts.
    widths = [max((len(w) for cell in column for w in cell.split()), default=0) for column in cells]
    for number, part in enumerate(_parts(widths, width)):
        if number:
            yield ""
        yield _grid([cells[place] for place in part], [widths[place] for place in part[:-1]])


def _parts(widths: Sequence[int], width: int) -> list[list[int]]:
    """Return the indices of the columns of each part, at least two per part."""
    parts, used = [[0]], widths[0]
    for place, needed in enumerate(widths[1:], 1):
        if used + GAP + needed > width and len(parts[-1]) > 1:
            parts.append([0])
            used = widths[0]
        parts[-1].append(place)
        used += GAP + needed
    return parts


def _grid(cells: Sequence[Sequence[str]], widths: Sequence[int]) -> Grid:
    """Return one grid of columns, whose first cells are their names.

    widths: the minimum of each column except the last.
    """
    grid = Grid(
        show_header=any(column[0] for column in cells),
        header_style="dim",
        box=None,
        pad_edge=False,
        padding=(0, GAP, 0, 0),
    )
    for column, minimum in zip(cells, (*widths, None), strict=True):
        # fold: by default Rich cuts a long word short, with dots.
        grid.add_column(column[0], overflow="fold", min_width=minimum)
    for row in zip(*(column[1:] for column in cells), strict=True):
        grid.add_row(*(Text(cell) for cell in row))
    return grid


def _finding(finding: Diagnostic, printable: Callable[[str], str]) -> Text:
    text = Text(printable(finding_text(finding)))
    text.highlight_regex(r"^\w+\[[\w-]+\]", _STYLES[finding.severity])
    return text
