"""An explanation in blocks for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Block, Counts, Lines, Table
from deconvcli.views.differences import Difference
from deconvcli.views.explanation import ExplainedAxis, Explanation
from deconvcli.views.explanation.overlap import Overlap


def blocks(explanation: Explanation, elsewhere: Sequence[Difference]) -> Iterator[Block]:
    """The steps, the crop, the other sides, the overlap, other dialects, and what to remember."""
    for steps, names in _grouped(explanation.axes):
        yield _steps(names, steps)
    meanings = {step.name: step.meaning for axis in explanation.axes for step in axis.steps}
    if meanings:
        yield Table("What each step is", ("step", "is"), list(meanings.items()))
    kept = [(names, axis.kept) for axis, names in _grouped(explanation.axes) if axis.kept]
    if kept:
        title = "Pairs that reach each element of the full scatter; what is kept is in brackets"
        yield Table(title, ("axis", "pairs"), kept)
    if explanation.views:
        yield Table("Seen from other sides", ("view", "is"), explanation.views)
    yield from overlap_blocks(explanation)
    if elsewhere:
        rows = [(found.dialect, found.text) for found in elsewhere]
        yield Table("In other dialects", ("dialect", "words"), rows)
    yield Lines([*explanation.notes, explanation.closing])


def _grouped(axes: Sequence[ExplainedAxis]) -> Iterator[tuple[ExplainedAxis, str]]:
    """(axis, `height and width`): neighbouring axes with the same numbers only once."""
    for axis, same in groupby(axes, lambda axis: axis._replace(name="")):
        *names, last = [one.name for one in same]
        yield axis, f"{', '.join(names)} and {last}" if names else last


def _steps(names: str, axis: ExplainedAxis) -> Table:
    """One axis, or several whose numbers are the same."""
    given = ", ".join(f"{parameter} = {value}" for parameter, value in axis.parameters)
    rows = [
        (step.name, f"= {step.formula}", f"= {step.with_numbers}", f"= {step.value}")
        for step in axis.steps
    ]
    columns = ("step", "  formula", "  with numbers", "  result")
    return Table(f"{names}: input n = {axis.input_size}, {given}", columns, rows)


def overlap_blocks(explanation: Explanation) -> Iterator[Block]:
    """The map of the overlap and its verdict, where there are numbers."""
    found = explanation.overlap
    if found is not None:
        yield Counts(f"Overlap: pairs that reach each output element{_part(found)}", found.corner)
        yield Lines([found.verdict])


def _part(found: Overlap) -> str:
    """What the map shows of the output, unless it is all."""
    shown = (len(found.corner), len(found.corner[0]))[-len(found.output_size) :]
    if shown == found.output_size:
        return ""
    where = f" at {','.join(map(str, found.at))}" if found.at else ""
    return f" of the first {size_text(shown)}{where} of {size_text(found.output_size)}"
