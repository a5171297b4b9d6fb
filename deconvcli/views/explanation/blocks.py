"""An explanation as the blocks that people read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Block, Counts, Lines, Table
from deconvcli.views.explanation import ExplainedAxis, Explanation
from deconvcli.views.explanation.overlap import Overlap


def list_blocks(explanation: Explanation, elsewhere: Sequence[tuple[str, str]]) -> Iterator[Block]:
    """Yield the steps, the crop, other views, the overlap, other dialects, and the notes.

    elsewhere: (dialect, description) for each dialect that the layer is compared with.
    """
    for steps, names in _group(explanation.axes):
        yield _steps(names, steps)
    meanings = {step.name: step.meaning for axis in explanation.axes for step in axis.steps}
    if meanings:
        yield Table("Meaning of the steps", ("step", "meaning"), list(meanings.items()))
    kept = [(names, axis.kept) for axis, names in _group(explanation.axes) if axis.kept]
    if kept:
        title = "Pairs that reach each element of the full scatter; kept elements are in brackets"
        yield Table(title, ("axis", "pairs"), kept)
    if explanation.views:
        yield Table("Other views of the layer", ("view", "description"), explanation.views)
    yield from list_overlap_blocks(explanation)
    if elsewhere:
        yield Table("In other dialects", ("dialect", "parameters"), elsewhere)
    yield Lines([*explanation.notes, explanation.closing])


def _group(axes: Sequence[ExplainedAxis]) -> Iterator[tuple[ExplainedAxis, str]]:
    """Yield (axis, `height and width`), neighbouring axes with equal numbers only once."""
    for axis, same in groupby(axes, lambda axis: axis._replace(name="")):
        *names, last = [one.name for one in same]
        yield axis, f"{', '.join(names)} and {last}" if names else last


def _steps(names: str, axis: ExplainedAxis) -> Table:
    """Return the steps of one axis, or of several axes with equal numbers."""
    given = ", ".join(f"{parameter} = {value}" for parameter, value in axis.parameters)
    rows = [
        (step.name, f"= {step.formula}", f"= {step.with_numbers}", f"= {step.value}")
        for step in axis.steps
    ]
    columns = ("step", "  formula", "  with numbers", "  result")
    return Table(f"{names}: input n = {axis.input_size}, {given}", columns, rows)


def list_overlap_blocks(explanation: Explanation) -> Iterator[Block]:
    """Yield the map of the overlap and its verdict, if the sizes are numbers."""
    found = explanation.overlap
    if found is not None:
        yield Counts(f"Overlap: pairs that reach each output element{_part(found)}", found.corner)
        yield Lines([found.verdict])


def _part(found: Overlap) -> str:
    """Return which part of the output the map shows; empty if it shows all of it."""
    shown = (len(found.corner), len(found.corner[0]))[-len(found.output_size) :]
    if shown == found.output_size:
        return ""
    where = "".join(f" at depth {at}" for at in found.at)
    return f"; the first {size_text(shown)}{where} of {size_text(found.output_size)}"
