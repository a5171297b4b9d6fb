"""What a command has to say, before anybody decides how it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from deconvcli.common.findings import Diagnostic


class Fields(NamedTuple):
    """Labelled values, one a line."""

    rows: Sequence[tuple[str, str]]


class Table(NamedTuple):
    """A heading, column names and rows of text."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


class Lines(NamedTuple):
    """Sentences, one a line."""

    lines: Sequence[str]


class Counts(NamedTuple):
    """A heading and rows of counts, shown as digits; on a terminal and a page on colour as well."""

    title: str
    rows: Sequence[Sequence[int]]


Block = Fields | Table | Lines | Counts


class Report(NamedTuple):
    """answer: the bare result, for -q. blocks: for people. data: for programs, with `schema`.

    width: columns that a line of text may have; None for as many as it needs.
    """

    schema: str
    answer: str
    blocks: Sequence[Block]
    data: Mapping[str, Any]
    findings: Sequence[Diagnostic] = ()
    width: int | None = None
