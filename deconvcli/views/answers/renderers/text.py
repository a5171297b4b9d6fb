"""Plain text for pipes and files: aligned columns, no colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deconvcli.common.findings import Diagnostic
from deconvcli.views.answers.report import Block, Counts, Fields, Lines, Report, Table

GAP = 2


def render(report: Report) -> str:
    """Return the blocks, then the findings, in lines no longer than the report's width."""
    return render_blocks(report.blocks, report.findings, report.width)


def render_blocks(
    blocks: Sequence[Block], findings: Sequence[Diagnostic] = (), width: int | None = None
) -> str:
    """Return the same for parts of a report.

    An empty line separates them where there is a table, whose end could not be seen otherwise.
    """
    parts = [_block(block, width) for block in blocks]
    parts += ["\n".join(_fold(finding_text(found), width)) for found in findings]
    return "\n\n".join(parts) if any(isinstance(b, Table) for b in blocks) else "\n".join(parts)


def finding_text(finding: Diagnostic) -> str:
    """Return `warning[code]: message`, with the help and the source of the finding below."""
    lines = [f"{finding.severity}[{finding.code}]: {finding.message}"]
    if finding.help:
        lines.append(f"  help: {finding.help}")
    if finding.source:
        lines.append(f"  source: {finding.source}")
    return "\n".join(lines)


def _block(block: Block, width: int | None) -> str:
    match block:
        case Fields(rows):
            return "\n".join(_align(rows, width))
        case Lines(lines):
            return "\n".join(part for line in lines for part in _fold(line, width))
        case Counts(title, counts):
            return "\n".join([*_fold(title, width), *counts_text(counts)])
        case Table(title, columns, rows):  # pragma: no branch - there is no other block
            heading = _fold(title, width) if title else []
            return "\n".join([*heading, *_fit(columns, rows, width)])


def columns_text(grid: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows with each column as wide as its widest cell."""
    widths = [max(len(cell) for cell in column) for column in zip(*grid, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in grid
    ]


def counts_text(counts: Sequence[Sequence[int]]) -> list[str]:
    """Return the rows of numbers, all as wide as the widest number."""
    width = max((len(str(count)) for row in counts for count in row), default=1)
    return [" ".join(str(count).rjust(width) for count in row) for row in counts]


def _fold(text: str, width: int | None, indent: str = "  ") -> list[str]:
    """Return the lines of a text; a line that is too long continues below, indented."""
    if width is None:
        return text.split("\n")
    from textwrap import wrap  # takes 1 ms, which only a text of limited width needs

    return [
        part
        for line in text.split("\n")
        # Hyphens are minus signs in formulas, so lines break at spaces only.
        for part in wrap(line, width, subsequent_indent=indent, break_on_hyphens=False) or [""]
    ]


def _align(rows: Sequence[tuple[str, str]], width: int | None) -> Iterator[str]:
    """Yield labels and values side by side; a long value continues below itself."""
    column = max(len(label) for label, _ in rows) + GAP
    for label, value in rows:
        first, *more = _fold(value, width and width - column, "")
        yield f"{label:<{column}}{first}".rstrip()
        yield from (" " * column + part for part in more)


def _fit(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> Iterator[str]:
    """Return the columns side by side; if too wide, with the last one folded, or else stacked."""
    grid = [columns, *rows] if any(columns) else rows
    lines = columns_text(grid)
    if width is None or all(len(line) <= width for line in lines):
        return iter(lines)
    # Folding needs room for the last column; with less than half a line, stacking reads better.
    heads = columns_text([row[:-1] for row in grid])
    if max(map(len, heads)) <= width // 2:
        return _align([(head, row[-1]) for head, row in zip(heads, grid, strict=True)], width)
    return _stack(rows, width)


def _stack(rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Yield the first cell of each row with the other cells indented below it."""
    for first, *others in rows:
        yield from _fold(first, width)
        for cell in others:
            yield from _fold(f"  {cell.strip()}", width, "    ")
