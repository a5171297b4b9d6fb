"""The arithmetic of one axis as it was computed: formula, numbers filled in, result."""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.layers.arithmetic import substitute
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading


class ExplainedStep(NamedTuple):
    """One step, read as name = formula = with_numbers = value. meaning: why, in one clause."""

    name: str
    formula: str
    with_numbers: str
    value: Size
    meaning: str


_MEANINGS = {"k": "kernel", "s": "stride", "d": "dilation", "op": "output_padding", "p": "padding"}


def list_parameters(reading: Reading, place: int) -> tuple[tuple[str, Size], ...]:
    """Return (`kernel k`, 3) and so on: the numbers that the arithmetic of an axis was given."""
    numbers = reading.numbers[place]
    # The other numbers are results of steps, or dialect flags that no person asks about.
    given = [letter for letter in numbers if letter in _MEANINGS]
    return tuple((f"{_MEANINGS[letter]} {letter}", numbers[letter]) for letter in given)


def list_steps(reading: Reading, place: int) -> tuple[ExplainedStep, ...]:
    """Return the steps of an axis in the order in which they were computed."""
    numbers = reading.numbers[place]
    return tuple(
        ExplainedStep(
            step.name,
            step.formula,
            substitute(step.formula, numbers),
            numbers[step.name],
            step.meaning,
        )
        for step in reading.arithmetic.steps
    )
