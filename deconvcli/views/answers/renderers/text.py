"""Plain text: aligned columns, no colour, nothing that a pipe would mind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from deconvcli.common.findings import Diagnostic
from deconvcli.views.answers.report import Block, Counts, Fields, Lines, Report, Table

GAP = 2


def render(report: Report) -> str:
    """Blocks with an empty line between them, findings last; lines as wide as the report says."""
    room = report.width
    parts = [_block(block, room) for block in report.blocks]
    parts += ["\n".join(_folded(finding_text(found), room)) for found in report.findings]
    return (
        "\n\n".join(parts) if any(isinstance(b, Table) for b in report.blocks) else "\n".join(parts)
    )


def finding_text(finding: Diagnostic) -> str:
    """`warning[code]: message`, and what to do and who measured it below."""
    lines = [f"{finding.severity}[{finding.code}]: {finding.message}"]
    if finding.help:
        lines.append(f"  help: {finding.help}")
    if finding.source:
        lines.append(f"  source: {finding.source}")
    return "\n".join(lines)


def _block(block: Block, room: int | None) -> str:
    match block:
        case Fields(rows):
            return "\n".join(_beside(rows, room))
        case Lines(lines):
            return "\n".join(part for line in lines for part in _folded(line, room))
        case Counts(title, counts):
            return "\n".join([*_folded(title, room), *counts_text(counts)])
        case Table(title, columns, rows):
            heading = _folded(title, room) if title else []
            return "\n".join([*heading, *_fitted(columns, rows, room)])


def columns_text(grid: Sequence[Sequence[str]]) -> list[str]:
    """Rows with each column as wide as its widest cell."""
    widths = [max(len(cell) for cell in column) for column in zip(*grid, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in grid
    ]


def counts_text(counts: Sequence[Sequence[int]]) -> list[str]:
    """Rows of numbers, all as wide as the widest."""
    width = max((len(str(count)) for row in counts for count in row), default=1)
    return [" ".join(str(count).rjust(width) for count in row) for row in counts]


def _folded(text: str, room: int | None, behind: str = "  ") -> list[str]:
    """The text's lines, those that are too long continued below and set in."""
    if room is None:
        return text.split("\n")
    return [
        part
        for line in text.split("\n")
        for part in wrap(line, room, subsequent_indent=behind, break_on_hyphens=False) or [""]
    ]


def _beside(rows: Sequence[tuple[str, str]], room: int | None) -> Iterator[str]:
    """Labels and values; a long value continues below itself."""
    width = max(len(label) for label, _ in rows) + GAP
    for label, value in rows:
        first, *more = _folded(value, room and room - width, "")
        yield f"{label:<{width}}{first}".rstrip()
        yield from (" " * width + part for part in more)


def _fitted(
    columns: Sequence[str], rows: Sequence[Sequence[str]], room: int | None
) -> Iterator[str]:
    """The columns side by side; where they are too wide, the last one folded or all stacked."""
    grid = [columns, *rows] if any(columns) else rows
    lines = columns_text(grid)
    if room is None or all(len(line) <= room for line in lines):
        return iter(lines)
    heads = columns_text([row[:-1] for row in grid])
    if max(map(len, heads)) <= room // 2:
        return _beside([(head, row[-1]) for head, row in zip(heads, grid, strict=True)], room)
    return _stacked(rows, room)


def _stacked(rows: Sequence[Sequence[str]], room: int) -> Iterator[str]:
    """Each row's first cell, the others set in below it."""
    for first, *others in rows:
        yield from _folded(first, room)
        for cell in others:
            yield from _folded(f"  {cell.strip()}", room, "    ")
