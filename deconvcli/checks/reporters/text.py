"""Text for people: each finding with its line, a caret below it, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.reporters._common import one_line, place_of
from deconvcli.checks.reporters._hunks import format_hunks
from deconvcli.common.findings import Diagnostic
from deconvcli.networks.graph import NetworkTable
from deconvcli.views.answers.renderers.text import columns_text

EXCERPT_WIDTH = 100
"""The longest excerpt of a line around the caret, in characters."""


def report(verdict: Verdict) -> str:
    """Return the tables of networks, the findings, and the summary."""
    parts = [table_text(file, table) for file in verdict.files for table in file.networks]
    parts += ["\n".join(_lines(file, found)) for file in verdict.files for found in file.findings]
    return "\n\n".join([*parts, verdict.summary])


def _lines(file: CheckedFile, found: Diagnostic) -> Iterator[str]:
    where = place_of(found)
    head = f"{one_line(file.name)}:{where.line}:{where.column}"
    yield f"{head}: {found.severity}[{found.code}]: {one_line(found.message)}"
    if where.line in file.lines:
        yield from excerpt(file.lines[where.line], where.line, where.column)
    if where.path:
        yield f"  in: {one_line(where.path)}"
    if found.help:
        yield f"  help: {one_line(found.help)}"
    if found.source:
        yield f"  source: {one_line(found.source)}"
    if found in file.fixes:
        for line in format_hunks(file, file.fixes[found]):
            yield f"  {line}"


def excerpt(line: str, number: int, column: int) -> tuple[str, str]:
    """Return the line with its number, cut around the column, and a caret below that column."""
    start = max(0, column - EXCERPT_WIDTH) if len(line) > EXCERPT_WIDTH else 0
    # A tab would move what follows away from the caret.
    shown = line[start : start + EXCERPT_WIDTH].replace("\t", " ")
    margin = " " * len(f"{number}")
    return f"  {number} | {shown}", f"  {margin} | {' ' * (column - 1 - start)}^"


def table_text(file: CheckedFile, table: NetworkTable) -> str:
    """Return the network's layers in aligned columns."""
    title = one_line(f"{file.name}: {table.name}")
    cells = [tuple(map(one_line, row)) for row in table.cells]
    return "\n".join([title, *columns_text(cells), *map(one_line, table.notes)])
