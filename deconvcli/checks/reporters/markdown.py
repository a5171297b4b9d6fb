"""Markdown for issues, pull requests and GitHub's job summaries."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deconvcli.checks.checking import CheckedFile, NetworkTable, Verdict
from deconvcli.checks.reporters._words import advice, one_line, place
from deconvcli.checks.reporters.text import macs, notes, number, totals

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~!@&])")


def report(verdict: Verdict) -> str:
    """Tables if there are any, the findings as one, and how many."""
    parts = [_network(file, table) for file in verdict.files for table in file.networks]
    rows = [
        (f"{file.name}:{place(found).line}", found.severity, found.code, advice(found))
        for file in verdict.files
        for found in file.findings
    ]
    parts += [_table(("where", "severity", "code", "finding"), rows)] if rows else []
    return "\n\n".join([*parts, verdict.summary])


def _network(file: CheckedFile, table: NetworkTable) -> str:
    rows = [
        (row.name, row.operation, row.shape or "-", number(row.parameters), macs(row))
        for row in table.rows
    ]
    rows.append(("total", "", "", *totals(table)))
    head = ("layer", "kind", "shape", "parameters", "macs")
    title = f"### {_cell(f'{file.name}: {table.name}')}"
    return "\n\n".join([title, _table(head, rows), *map(_cell, notes(table))])


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruler = f"| {' | '.join(['---'] * len(columns))} |"
    head, *body = [f"| {' | '.join(map(_cell, row))} |" for row in (columns, *rows)]
    return "\n".join([head, ruler, *body])


def _cell(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", one_line(text))
