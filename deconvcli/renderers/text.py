"""Plain text: aligned columns, no colour, nothing that a pipe would mind."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.diagnostics import Diagnostic
from deconvcli.report import Block, Fields, Lines, Report, Table


def render(report: Report) -> str:
    """Blocks with an empty line between them, findings last."""
    parts = [_block(block) for block in report.blocks]
    parts += [finding_text(finding) for finding in report.findings]
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


def _block(block: Block) -> str:
    match block:
        case Fields(rows):
            width = max(len(label) for label, _ in rows)
            return "\n".join(f"{label:<{width}}  {value}".rstrip() for label, value in rows)
        case Lines(lines):
            return "\n".join(lines)
        case Table(title, columns, rows):
            grid = [columns, *rows] if any(columns) else rows
            return "\n".join([title, *columns_text(grid)] if title else columns_text(grid))


def columns_text(grid: Sequence[Sequence[str]]) -> list[str]:
    """Rows with each column as wide as its widest cell."""
    widths = [max(len(cell) for cell in column) for column in zip(*grid, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in grid
    ]
