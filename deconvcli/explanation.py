"""The arithmetic of one layer as data: every number that a renderer shows is made here."""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.arithmetic import Broken, substitute
from deconvcli.geometry import Size
from deconvcli.layers import Reading
from deconvcli.values import axis_name


class ExplainedStep(NamedTuple):
    """name = formula = with_numbers = value, and in one clause why."""

    name: str
    formula: str
    with_numbers: str
    value: Size
    meaning: str


class ExplainedAxis(NamedTuple):
    """One spatial axis from its input size to its output size."""

    name: str
    input_size: Size
    parameters: tuple[tuple[str, Size], ...]
    steps: tuple[ExplainedStep, ...]
    output_size: Size


class Explanation(NamedTuple):
    """A whole layer; notes are sentences about what the steps do not show."""

    title: str
    axes: tuple[ExplainedAxis, ...]
    notes: tuple[str, ...]

    @property
    def output_sizes(self) -> tuple[Size, ...]:
        """Output sizes in axis order."""
        return tuple(axis.output_size for axis in self.axes)


_MEANINGS = {"k": "kernel", "s": "stride", "d": "dilation", "op": "output_padding", "p": "padding"}


def explain(reading: Reading) -> Explanation:
    """The steps of every axis that has an answer, in the order in which they were computed."""
    rank = len(reading.spatial)
    answered = range(len(reading.output_sizes))
    axes = tuple(_axis(reading, place, axis_name(place, rank)) for place in answered)
    return Explanation(f"{reading.spelling.name}: {reading.spelling.text}", axes, _notes(reading))


def _axis(reading: Reading, place: int, name: str) -> ExplainedAxis:
    numbers = reading.numbers[place]
    steps = tuple(
        ExplainedStep(
            step.name,
            step.formula,
            substitute(step.formula, numbers),
            numbers[step.name],
            step.meaning,
        )
        for step in reading.arithmetic.steps
    )
    given = [letter for letter in numbers if letter in _MEANINGS]
    return ExplainedAxis(
        name=name,
        input_size=numbers["n"],
        parameters=tuple((f"{_MEANINGS[letter]} {letter}", numbers[letter]) for letter in given),
        steps=steps,
        output_size=reading.output_sizes[place],
    )


def _notes(reading: Reading) -> tuple[str, ...]:
    notes = [*_output_padding_note(reading), *_inert_note(reading)]
    if reading.flipped:
        notes.append("The kernel is stored in reverse order; the size does not depend on it.")
    return tuple(notes)


def _output_padding_note(reading: Reading) -> list[str]:
    """What the output would be without output_padding, where some was given."""
    for place, numbers in enumerate(reading.numbers):
        given, again = numbers.get("op", 0), {**numbers, "op": 0}
        try:
            without = reading.arithmetic.evaluate(again, reading.spelling.implementation)["out"]
        except Broken:  # nothing to compare with: the framework refuses the layer without it
            continue
        if not given or without == numbers["out"]:
            continue
        axis = axis_name(place, len(reading.numbers))
        return [
            f"output_padding {given} adds at the end and never removes: {axis} is {without} with"
            f" output_padding 0 and {numbers['out']} with {given}."
        ]
    return []


def _inert_note(reading: Reading) -> list[str]:
    if not reading.inert:
        return []
    names = ", ".join(reading.inert)
    verb = "does" if len(reading.inert) == 1 else "do"
    return [f"{names} {verb} not touch the shape."]
