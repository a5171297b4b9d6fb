"""The report of `deconv shape` about several dialects."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from deconvcli.cli.request import read_request
from deconvcli.layers.text import crop_text, size_text
from deconvcli.views.answers.report import Block, Lines, Report, Table
from deconvcli.views.comparison.dialects import DialectRow, compare_dialects
from deconvcli.views.comparison.differences import REVERSED

MAX_LINE_WIDTH = 80


def report_comparison(options: dict[str, Any], names: Sequence[str]) -> Report:
    """Return one row for each of these dialects, compared with the first that reads the layer."""
    request = read_request({**options, "dialect": None})
    reference, rows = compare_dialects(request, names)
    spelling = reference.spelling
    remarks = "; ".join(filter(None, (reference.remark, reference.why)))
    heading = (
        f"{spelling.name}: {spelling.text}, input {size_text(reference.shown_input)} ({remarks})"
    )
    # A pasted call has the parameters of one dialect: others have nothing to read.
    readings = [] if request.call else _readings(rows)
    blocks = [*readings, *_spellings(rows, size_text(reference.shown_output))]
    blocks[1:1] = _mention_unmeasured(rows)
    return Report(
        "deconv.shape.all/1",
        size_text(reference.shown_output),
        [Lines([heading]), *blocks],
        {"reference": spelling.name, "dialects": [row._asdict() for row in rows]},
    )


def _mention_unmeasured(rows: Sequence[DialectRow]) -> list[Block]:
    names = [row.dialect for row in rows if not row.verified]
    text = f"from documents only, not measured: {', '.join(names)}"
    return [Lines(wrap(text, MAX_LINE_WIDTH))] if names else []


def _readings(rows: Sequence[DialectRow]) -> list[Block]:
    table = Table(
        "The same options, as each dialect reads them",
        ("dialect", "output", "crop", "values"),
        [(row.dialect, *_reading_cells(row)) for row in rows],
    )
    return [table, *_reasons([(row.dialect, row.refusal) for row in rows])]


def _reading_cells(row: DialectRow) -> tuple[str, str, str]:
    if row.output is None or row.crop is None:
        return "refused", "-", "-"
    values = "the same" if row.same_values else "different"
    if row.reversed_reading:
        values = "the same with the taps reversed"
    return size_text(row.output), crop_text(row.crop), values


def _spellings(rows: Sequence[DialectRow], output: str) -> list[Block]:
    table = Table(
        f"The same layer, output {output}, in each dialect's own parameters",
        ("dialect", "parameters"),
        [(row.dialect, _format_words(row)) for row in rows],
    )
    return [table, *_reasons([(row.dialect, row.why_not) for row in rows])]


def _format_words(row: DialectRow) -> str:
    """Return a dialect's parameters, whether its weights have another order, and the steps."""
    if row.parameters is None:
        return "not expressible"
    text = f"{row.parameters or 'defaults'}{REVERSED if row.reversed_words else ''}"
    return f"{text}; {row.steps}" if row.steps else text


def _reasons(reasons: Sequence[tuple[str, str | None]]) -> list[Block]:
    """Return the reasons below a table, which they would make too wide."""
    # Most reasons start with the dialect's name; some start with `padding of keras ...`.
    lines = [
        reason if reason.startswith(name) else f"{name}: {reason}"
        for name, reason in reasons
        if reason
    ]
    return [Lines(lines)] if lines else []
