"""The arithmetic of a layer, step by step."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import click

from deconvcli.cli.options import LAYER_OPTIONS, OUTPUT_OPTIONS, takes
from deconvcli.cli.output import show
from deconvcli.cli.request import Request, Understood
from deconvcli.cli.rows import layer_rows
from deconvcli.explanation import ExplainedAxis, Explanation, explain
from deconvcli.report import Block, Fields, Lines, Report, Table, size_text


@click.command(short_help=__doc__)
@takes(*LAYER_OPTIONS, *OUTPUT_OPTIONS)
def command(format: str, quiet: bool, **options: Any) -> None:
    """How the words of a framework become the output size, step by step.

    Each step is shown as a formula, with the numbers put in, and with its result.

    \b
    Examples:
      deconv explain --in 5x5 -k 3 -s 2 --padding same
      deconv explain --in 5x5 'Conv2DTranspose(8, 3, strides=2, output_padding=1)'
    """
    understood = Request.of(options).understood()
    explanation = explain(understood.reading)
    report = Report(
        "deconv.explain/1",
        size_text(explanation.output_sizes),
        _blocks(understood, explanation),
        _data(explanation),
        understood.reading.findings,
    )
    show(report, format, quiet=quiet)


def _blocks(understood: Understood, explanation: Explanation) -> list[Block]:
    output = ("output", size_text(understood.shown_output))
    given = ("input", size_text(understood.shown_input))
    blocks: list[Block] = [Fields([output, given, *layer_rows(understood)])]
    for steps, axes in groupby(explanation.axes, lambda axis: axis._replace(name="")):
        blocks.append(_table(" and ".join(axis.name for axis in axes), steps))
    meanings = {step.name: step.meaning for axis in explanation.axes for step in axis.steps}
    if meanings:
        blocks.append(Table("What each step is", ("step", "is"), list(meanings.items())))
    if explanation.notes:
        blocks.append(Lines(explanation.notes))
    return blocks


def _table(name: str, axis: ExplainedAxis) -> Table:
    """One axis, or several whose numbers are the same."""
    given = ", ".join(f"{parameter} = {value}" for parameter, value in axis.parameters)
    rows = [
        (step.name, f"= {step.formula}", f"= {step.with_numbers}", f"= {step.value}")
        for step in axis.steps
    ]
    columns = ("step", "  formula", "  with numbers", "  result")
    return Table(f"{name}: input n = {axis.input_size}, {given}", columns, rows)


def _data(explanation: Explanation) -> dict[str, Any]:
    return {
        "title": explanation.title,
        "axes": [
            {
                "name": axis.name,
                "input_size": axis.input_size,
                "parameters": dict(axis.parameters),
                "steps": [
                    {
                        "name": step.name,
                        "formula": step.formula,
                        "with_numbers": step.with_numbers,
                        "value": step.value,
                        "meaning": step.meaning,
                    }
                    for step in axis.steps
                ],
                "output_size": axis.output_size,
            }
            for axis in explanation.axes
        ],
        "notes": explanation.notes,
        "output": explanation.output_sizes,
    }
