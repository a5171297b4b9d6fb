"""Markdown, for issues, pull requests and GitHub's job summaries."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.reporters._common import advice, one_line, place_of
from deconvcli.networks.graph import NetworkTable

# With @ and #, so that a name in a file can mention nobody and refer to no issue.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~!@&])")


def report(verdict: Verdict) -> str:
    """Return the tables of networks, a table of findings, and the summary."""
    parts = [_network(file, table) for file in verdict.files for table in file.networks]
    rows = [
        (f"{file.name}:{place_of(found).line}", found.severity, found.code, advice(found))
        for file in verdict.files
        for found in file.findings
    ]
    parts += [_table([("where", "severity", "code", "finding"), *rows])] if rows else []
    return "\n\n".join([*parts, verdict.summary])


def _network(file: CheckedFile, table: NetworkTable) -> str:
    title = f"### {_cell(f'{file.name}: {table.name}')}"
    return "\n\n".join([title, _table(table.cells), *map(_cell, table.notes)])


def _table(cells: Sequence[Sequence[str]]) -> str:
    head, *body = [f"| {' | '.join(map(_cell, row))} |" for row in cells]
    ruler = f"| {' | '.join(['---'] * len(cells[0]))} |"
    return "\n".join([head, ruler, *body])


def _cell(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", one_line(text))
