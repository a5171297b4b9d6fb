"""What is often said of a layer like this one and is false, each where the numbers touch it."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.common.errors import NotLinear
from deconvcli.common.values import axis_name, compact
from deconvcli.layers.arithmetic import Broken
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading
from deconvcli.views.explanation.parameters import padding_word, parameter_name, parameter_values


def correct_myths(reading: Reading) -> Iterator[str]:
    """One line for each, with the numbers of the first axis that shows it."""
    for myth in (_output_padding, _valid, _same, _numbers, _dilation):
        lines = (myth(reading, place) for place in range(len(reading.output_sizes)))
        found = next((line for line in lines if line), "")
        if found:
            yield found


def _with(reading: Reading, place: int, **numbers: int) -> Size | None:
    """The output size with other numbers; None where the framework would refuse them."""
    again = {**reading.numbers[place], **numbers}
    try:
        again = reading.arithmetic.evaluate(again, reading.spelling.implementation)
    except (Broken, NotLinear):
        return None
    out: Size = again["out"]
    return out


def _output_padding(reading: Reading, place: int) -> str:
    numbers = reading.numbers[place]
    given, out = numbers.get("op", 0), numbers["out"]
    without = _with(reading, place, op=0) if given else None
    if without is None or without == out:
        return ""
    axis = axis_name(place, len(reading.numbers))
    return (
        f"output_padding {given} adds at the end and never removes: {axis} is {without} with"
        f" output_padding 0 and {out} with {given}."
    )


def _valid(reading: Reading, place: int) -> str:
    numbers = reading.numbers[place]
    n, s, out = numbers["n"], numbers["s"], numbers["out"]
    if padding_word(reading) != "valid" or out < n * s:
        return ""
    return f"valid does not shrink a transposed convolution: {out} is not less than n*s = {n * s}."


def _same(reading: Reading, place: int) -> str:
    numbers, axis = reading.numbers[place], reading.layer.axes[place]
    if not padding_word(reading).startswith("same") or reading.layer.circular:
        return ""
    lost = axis.crop_begin + axis.crop_end
    full = axis.full_size(numbers["n"])
    does = f"crops {lost} of the {full} elements of" if lost > 0 else "crops nothing from"
    if lost < 0:
        does = f"appends {-lost} to the {full} elements of"
    return f"same does not pad the input: it {does} the full scatter."


def _numbers(reading: Reading, place: int) -> str:
    """What numbers do: they crop in most dialects, and surround the spread input in JAX's."""
    numbers, begin = reading.numbers[place], reading.layer.axes[place].crop_begin
    if padding_word(reading) or begin <= 0 or not _has_numbers(reading):
        return ""
    name = parameter_name(reading, "padding")
    if not any(s.name == "low" and s.formula == "before" for s in reading.arithmetic.steps):
        return f"{name} does not pad: it takes {begin} from the start of the full scatter."
    low = numbers["low"]
    if low == begin:
        return ""
    return (
        f"{name} {low} in front does not crop {low}: it surrounds the input with zeros between its"
        f" elements, so span - 1 - {low} = {begin} are cropped."
    )


def _has_numbers(reading: Reading) -> bool:
    """Whether anything but zeros was given as padding."""
    return any(
        compact(compact(given)) not in (None, 0)
        for given in parameter_values(reading, "padding").values()
    )


def _dilation(reading: Reading, place: int) -> str:
    numbers = reading.numbers[place]
    given, out = numbers["d"], numbers["out"]
    plain = _with(reading, place, d=1) if given > 1 else None
    if plain is None:
        return ""
    changes = f"{plain} without it, {out} with it" if plain != out else f"{out} with and without"
    return (
        f"dilation {given} spreads the kernel from {numbers['k']} to {numbers['span']}: {changes}."
    )
