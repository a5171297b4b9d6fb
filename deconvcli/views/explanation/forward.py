"""The forward convolution whose transpose a layer is, and the sizes that it maps to the input.

It maps several sizes to one, and `output_padding` chooses among them.

Source: Dumoulin & Visin 2016 (arXiv 1603.07285), sections 2 and 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from deconvcli.common.values import compact
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import crop_text, size_text
from deconvcli.views.explanation.parameters import (
    CROP_ROLES,
    dialect_of,
    padding_word,
    parameter_name,
    parameter_values,
)


class Forward(NamedTuple):
    """A forward convolution along one axis, which maps every size from smallest to largest to n.

    word: `same` if the zeros are computed for each size by that word, else empty. around: zeros at
    the start and at the end of its input. back: the size that it maps this layer's output to; n,
    unless output_padding is too large.
    """

    word: str
    around: tuple[Size, Size]
    smallest: Size
    largest: Size
    back: Size


def find_forward(reading: Reading, place: int) -> Forward:
    """Return the forward convolution along one axis: by the word `same` if the layer undoes it."""
    numbers, axis = reading.numbers[place], reading.layer.axes[place]
    n, s = numbers["n"], axis.stride
    if padding_word(reading).startswith("same") and _undoes_same(reading, place):
        around = (axis.crop_begin, max(axis.crop_end, 0))
        return Forward("same", around, (n - 1) * s + 1, n * s, n)
    # The forward layer pads by what this layer crops, output_padding aside: that only chooses
    # among the sizes which map to n.
    more = _output_padding(reading, place)
    smallest = numbers["out"] - more
    around = (axis.crop_begin, axis.crop_end + more)
    return Forward("", around, smallest, smallest + s - 1, n + more // s)


def _undoes_same(reading: Reading, place: int) -> bool:
    """Return whether a forward layer's `same` pads this output by as much as is cropped."""
    numbers, axis = reading.numbers[place], reading.layer.axes[place]
    surplus = max(axis.crop_begin + axis.crop_end, 0)
    # Frameworks put the odd zero at the start or at the end.
    halves = (surplus // 2, surplus - surplus // 2)
    n, s = numbers["n"], axis.stride
    return axis.crop_begin in halves and (n - 1) * s < numbers["out"] <= n * s


def _output_padding(reading: Reading, place: int) -> int:
    """Return the elements that output_padding adds at the end of an axis."""
    if padding_word(reading) == "valid":
        # Keras' `valid` without output_padding appends whatever makes n*s.
        crop_end = reading.layer.axes[place].crop_end
        return -crop_end if isinstance(crop_end, int) else 0
    return int(reading.numbers[place].get("op", 0))


def write_call(reading: Reading, forwards: Sequence[Forward]) -> str:
    """Return `Conv2d(kernel_size=4, stride=2, padding=1)`, under the dialect's own names.

    Zeros and a kernel that the dialect's parameters cannot express follow the call.
    """
    pads = f"its input padded {crop_text([found.around for found in forwards])} (begin:end)"
    name = dialect_of(reading).forward.format(rank=len(reading.spatial))
    if not name:
        roles = {role: role for role in ("kernel", "stride", "dilation")}
        return f"a convolution ({_arguments_text(_shape(reading, roles))}) with {pads}"
    names = {role: parameter_name(reading, role) for role in ("kernel", "stride", "dilation")}
    around = _padding_arguments(reading, forwards)
    besides = [] if around else [pads]
    if not names["kernel"]:  # the dialect takes it from the shape of the weights
        besides.insert(0, f"a kernel of size {size_text(reading.layer.kernel)}")
    more = f" with {' and '.join(besides)}" if besides else ""
    return f"{name}({_arguments_text({**_shape(reading, names), **around})}){more}"


def _arguments_text(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={given!r}" for name, given in arguments.items())


def _shape(reading: Reading, names: Mapping[str, str]) -> dict[str, Any]:
    """Return kernel, stride and dilation under these names; an empty name is left out."""
    axes = reading.layer.axes
    values = {
        "kernel": [axis.kernel for axis in axes],
        "stride": [axis.stride for axis in axes],
        "dilation": [axis.dilation for axis in axes],
    }
    return {
        name: _in_form_of(reading.spelling.arguments.get(name), values[role])
        for role, name in names.items()
        if name and (role != "dilation" or set(values[role]) != {1})
    }


def _in_form_of(given: Any, values: list[int]) -> Any:
    """Return a list if the author wrote one: for some frameworks one number is one axis."""
    return type(given)(values) if isinstance(given, (list, tuple)) else compact(values)


def _padding_arguments(reading: Reading, forwards: Sequence[Forward]) -> dict[str, Any]:
    """Return the layer's own padding parameters if they mean the same to a forward layer."""
    given = {
        name: value
        for name, value in parameter_values(reading, *CROP_ROLES).items()
        if value is not None
    }
    by_word = {name: value for name, value in given.items() if isinstance(value, str)}
    by_number = {name: value for name, value in given.items() if name not in by_word}
    word = padding_word(reading)
    if word == "valid":
        return by_word if {found.around for found in forwards} == {(0, 0)} else {}
    if word:
        return by_word if {found.word for found in forwards} == {"same"} else {}
    pairs = [found.around for found in forwards]
    # Some dialects give begin and end of each axis, others all begins before all ends.
    orders = (list(chain(*pairs)), list(chain(*zip(*pairs, strict=True))))
    spread = [_spread(value, len(pairs)) for value in by_number.values()]
    return by_number if len(spread) == 1 and spread[0] in orders else {}


def _spread(given: Any, rank: int) -> list[Any]:
    """Return two numbers per axis from any form in which a dialect takes them."""
    if isinstance(given, int):
        return [given] * 2 * rank
    flat = [n for part in given for n in (part if isinstance(part, (list, tuple)) else [part])]
    return [number for number in flat for _ in range(2)] if len(flat) == rank else flat
