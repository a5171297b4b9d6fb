"""Several dialects: the same options as each reads them, and the same layer in its words."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from deconvcli.cli.request import read_request
from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.request import LayerRequest, Understood
from deconvcli.frameworks.spelling import convert
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import crop_text, size_text
from deconvcli.views.answers.report import Block, Lines, Report, Table

Row = dict[str, Any]
WIDEST = 80


def compared(options: dict[str, Any], names: Sequence[str]) -> Report:
    """Return one row for each of these dialects, compared with the one that the options mean."""
    request = read_request({**options, "dialect": None})
    understood = request.understand()
    rows = [_row(name, request, understood) for name in names]
    spelling = understood.reading.spelling
    heading = (
        f"{spelling.name}: {spelling.text} ({understood.why}) on"
        f" {size_text(understood.shown_input)}"
    )
    # A pasted call has words of one dialect: there is nothing that others could read differently.
    readings = [] if request.call else _as_read(rows)
    blocks = [*readings, *_as_said(rows, size_text(understood.shown_output))]
    blocks[1:1] = _unverified(rows)
    return Report(
        "deconv.shape.all/1",
        size_text(understood.shown_output),
        [Lines([heading]), *blocks],
        {"reference": spelling.name, "dialects": rows},
    )


def _unverified(rows: Sequence[Row]) -> list[Block]:
    """Below the first table, whose rows it concerns: who was never asked."""
    names = [row["dialect"] for row in rows if not row["verified"]]
    text = f"from documents only, not measured: {', '.join(names)}"
    return [Lines(wrap(text, WIDEST))] if names else []


def _as_read(rows: Sequence[Row]) -> list[Block]:
    table = Table(
        "The same options, as each dialect reads them",
        ("dialect", "output", "crop", "values"),
        [(row["dialect"], *_cells(row)) for row in rows],
    )
    return [table, *_reasons(rows, "refusal")]


def _cells(row: Row) -> tuple[str, str, str]:
    if row["output"] is None:
        return "refused", "-", "-"
    values = "the same" if row["same_values"] else "different"
    return size_text(row["output"]), crop_text(row["crop"]), values


def _as_said(rows: Sequence[Row], output: str) -> list[Block]:
    table = Table(
        f"The same layer, {output}, in each dialect's words",
        ("dialect", "words"),
        [(row["dialect"], row["words"] or "no words for it") for row in rows],
    )
    return [table, *_reasons(rows, "why_not")]


def _reasons(rows: Sequence[Row], field: str) -> list[Block]:
    """Below the table, which they would make too wide."""
    given = [_with_name(row["dialect"], row[field]) for row in rows if row[field]]
    return [Lines(given)] if given else []


def _with_name(name: str, reason: str) -> str:
    """Most reasons begin with the dialect's name; some say `padding of keras ...`."""
    return reason if reason.startswith(name) else f"{name}: {reason}"


def _row(name: str, request: LayerRequest, understood: Understood) -> Row:
    reference = understood.reading
    # Channels that nobody gave are 1 only to have a number.
    hidden = [role for role in ("in_channels", "out_channels") if role not in request.roles]
    hidden = [] if understood.leading or request.call else hidden
    row: Row = dict.fromkeys(
        ("dialect", "verified", "output", "crop", "same_values", "refusal", "words", "why_not")
    )
    row["dialect"], row["verified"] = name, take(name)[0].is_measured
    try:
        reading = reference if name == reference.spelling.name else _read_as(request, name)
        row["output"], row["crop"] = reading.output_sizes, reading.crop
        row["same_values"] = _same_values(reading, reference)
    except DeconvError as error:
        row["refusal"] = error.message
    try:
        row["words"] = take(name)[0].text(convert(reference, name).spelling, hidden)
    except DeconvError as error:
        row["why_not"] = error.message
    return row


def _same_values(one: Reading, other: Reading) -> bool:
    """Whether equal weights give equal outputs: the same crops, the same orientation."""
    circular = one.layer.circular, other.layer.circular
    return (
        one.layer.axes == other.layer.axes
        and one.flipped == other.flipped
        and (circular[0] == circular[1])
    )


def _read_as(request: LayerRequest, name: str) -> Reading:
    if request.call:
        raise UsageError("the pasted call is in another dialect's words", help="give options.")
    return request.read_as(name, "").reading
