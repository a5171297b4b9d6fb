"""For people: each finding with its line, a caret below it, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.checking import CheckedFile, LayerRow, NetworkTable, Verdict
from deconvcli.checks.reporters._hunks import hunks
from deconvcli.checks.reporters._words import one_line, place
from deconvcli.common.findings import Diagnostic
from deconvcli.views.answers.renderers.text import columns_text

WIDEST = 100
"""Characters of a line of the file that are shown around the caret."""


def report(verdict: Verdict) -> str:
    """Tables if there are any, then findings, then how many."""
    parts = [table_text(file, table) for file in verdict.files for table in file.networks]
    parts += [_finding(file, found) for file in verdict.files for found in file.findings]
    return "\n\n".join([*parts, verdict.summary])


def _finding(file: CheckedFile, found: Diagnostic) -> str:
    return "\n".join(_lines(file, found))


def _lines(file: CheckedFile, found: Diagnostic) -> Iterator[str]:
    where = place(found)
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
    for line in hunks(file, file.edits.get(found, ())):
        yield f"  {line}"


def excerpt(line: str, number: int, column: int) -> tuple[str, str]:
    """The line behind its number, cut around the column, and a caret below that column."""
    start = max(0, column - WIDEST) if len(line) > WIDEST else 0
    shown = line[start : start + WIDEST].replace("\t", " ")
    margin = " " * len(f"{number}")
    return f"  {number} | {shown}", f"  {margin} | {' ' * (column - 1 - start)}^"


def table_text(file: CheckedFile, table: NetworkTable) -> str:
    """The network's layers in aligned columns."""
    head = ("layer", "kind", "shape", "parameters", "macs")
    rows = [
        (row.name, row.operation, row.shape or "-", number(row.parameters), macs(row))
        for row in table.rows
    ]
    total = ("total", "", "", *totals(table))
    safe = [tuple(map(one_line, row)) for row in (head, *rows, total)]
    head_line = one_line(f"{file.name}: {table.name}")
    return "\n".join([head_line, *columns_text(safe), *map(one_line, notes(table))])


def number(value: int | None) -> str:
    """With commas; a dash for one that is not known."""
    return "-" if value is None else f"{value:,}"


def macs(row: LayerRow) -> str:
    """The number, or the formula with the input's letters."""
    return row.macs_formula or number(row.macs)


def totals(table: NetworkTable) -> tuple[str, str]:
    """(parameters, MACs) of all layers."""
    return number(table.parameters), number(table.macs)


def notes(table: NetworkTable) -> list[str]:
    """What has to be known of formulas in the table."""
    held = [f"formulas hold for {sizes}" for sizes in table.holds_for]
    has_formula = any(row.macs_formula for row in table.rows)
    return held + (["give sizes as numbers for a total of the macs"] if has_formula else [])
