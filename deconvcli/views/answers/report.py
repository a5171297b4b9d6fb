"""The report of a command: blocks for people and data for programs, in no format yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from deconvcli.common.findings import Diagnostic


class Fields(NamedTuple):
    """Labelled values, one per line."""

    rows: Sequence[tuple[str, str]]


class Table(NamedTuple):
    """A heading, column names and rows of text."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


class Lines(NamedTuple):
    """Sentences, one per line."""

    lines: Sequence[str]


class Counts(NamedTuple):
    """A heading and rows of counts, which a terminal and a page show on shades as well."""

    title: str
    rows: Sequence[Sequence[int]]


Block = Fields | Table | Lines | Counts


class Report(NamedTuple):
    """The result of a command.

    schema: the name of the data's shape, such as `deconv.shape/1`. answer: the bare result, for
    -q. blocks: for people. data: for programs. width: the longest line of text, in characters;
    None for no limit.
    """

    schema: str
    answer: str
    blocks: Sequence[Block]
    data: Mapping[str, Any]
    findings: Sequence[Diagnostic] = ()
    width: int | None = None
