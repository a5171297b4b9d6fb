"""Corrections of common myths about a layer, each shown where the numbers contradict it."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.common.errors import NotLinear
from deconvcli.common.values import axis_name, compact
from deconvcli.layers.arithmetic import Broken, substitute
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading
from deconvcli.views.explanation.parameters import padding_word, parameter_name, parameter_values


def correct_myths(reading: Reading) -> Iterator[str]:
    """Yield one line for each myth, with the numbers of the first axis that contradicts it."""
    for myth in (_output_padding, _valid, _same, _numbers, _dilation):
        lines = (myth(reading, place) for place in range(len(reading.output_sizes)))
        found = next((line for line in lines if line), "")
        if found:
            yield found


def _output_with(reading: Reading, place: int, **numbers: int) -> Size | None:
    """Return the output size with other numbers, or None if the framework refuses them."""
    # The whole arithmetic runs again: limits and words may depend on the number that changes.
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
    without = _output_with(reading, place, op=0) if given else None
    # With padding by a word some dialects compute the size first and ignore output_padding.
    if without is None or without == out:
        return ""
    axis = axis_name(place, len(reading.numbers))
    return (
        f"output_padding {given} adds elements at the end and never removes any: {axis} is"
        f" {without} with output_padding 0 and {out} with {given}."
    )


def _valid(reading: Reading, place: int) -> str:
    numbers = reading.numbers[place]
    n, s, out = numbers["n"], numbers["s"], numbers["out"]
    if padding_word(reading) != "valid" or out < n * s:
        return ""
    return f"valid does not shrink the output: {out} is not less than n*s = {n * s}."


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
    """Correct that numbers pad: they crop in most dialects, and pad the dilated input in JAX's."""
    numbers, begin = reading.numbers[place], reading.layer.axes[place].crop_begin
    if padding_word(reading) or begin <= 0 or not _has_numbers(reading):
        return ""
    name = parameter_name(reading, "padding")
    # In JAX and Flax a step `low` takes the number as zeros around the dilated input.
    if not any(s.name == "low" and s.formula == "before" for s in reading.arithmetic.steps):
        return f"{name} does not pad: it crops {begin} from the start of the full scatter."
    low = numbers["low"]
    # Here the number happens to equal the crop, so nothing it suggests is false.
    if low == begin:
        return ""
    return (
        f"{name} {low} at the start does not crop {low}: it pads the input after zeros are inserted"
        f" between its elements, so {substitute('span - 1 - low', {'span': 'span', 'low': low})} ="
        f" {begin} are cropped."
    )


def _has_numbers(reading: Reading) -> bool:
    """Return whether anything but zeros was given as padding."""
    # Twice: [[0, 0], [0, 0]] becomes [0, 0], which becomes 0.
    return any(
        compact(compact(given)) not in (None, 0)
        for given in parameter_values(reading, "padding").values()
    )


def _dilation(reading: Reading, place: int) -> str:
    numbers = reading.numbers[place]
    given, out = numbers["d"], numbers["out"]
    plain = _output_with(reading, place, d=1) if given > 1 else None
    if plain is None:
        return ""
    span = f"dilation {given} stretches the kernel from {numbers['k']} to {numbers['span']}"
    if plain == out:
        return f"{span}; the output is {out} with and without it."
    return f"{span}: the output is {out} with it and {plain} without."
