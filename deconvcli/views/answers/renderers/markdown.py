"""Markdown for issues and pull requests: tables and lists."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.views.answers.renderers.text import counts_text, finding_text
from deconvcli.views.answers.report import Block, Counts, Fields, Lines, Report, Table


def render(report: Report) -> str:
    """Return the blocks with an empty line between them, then the findings as a list."""
    parts = [_block(block) for block in report.blocks]
    parts += [f"* {finding_text(finding)}" for finding in report.findings]
    return "\n\n".join(parts)


def _block(block: Block) -> str:
    match block:
        case Fields(rows):
            return _table(("", "result"), rows)
        case Lines(lines):
            return "\n".join(f"* {line}" for line in lines)
        case Counts(title, counts):
            return "\n".join([f"### {title}", "", "```text", *counts_text(counts), "```"])
        case Table(title, columns, rows):  # pragma: no branch - there is no other block
            heading = f"### {title}\n\n" if title else ""
            return heading + _table(columns, rows)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruler = ["---"] * len(columns)
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in (columns, ruler, *rows))


def _cell(text: str) -> str:
    # A bar would start the next cell, a line break the next row.
    return text.replace("|", "\\|").replace("\n", " ")
