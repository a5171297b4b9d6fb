"""The forward convolution whose transpose a layer is, and the inverse question: which sizes it
maps to the layer's input, so among which sizes `output_padding` can choose.

Source: Dumoulin & Visin 2016 (arXiv 1603.07285), sections 2 and 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    """A forward convolution along one axis: every size from smallest to largest becomes n.

    word: `same` where that counts the zeros for each size anew. around: zeros in front of this
    output and behind. back: what becomes of this output; n, unless output_padding goes too far.
    """

    word: str
    around: tuple[Size, Size]
    smallest: Size
    largest: Size
    back: Size


def find_forward(reading: Reading, place: int) -> Forward:
    """Of one axis: by the word `same` where that is what the layer undoes, else by its crop."""
    numbers, axis = reading.numbers[place], reading.layer.axes[place]
    n, s = numbers["n"], axis.stride
    if padding_word(reading).startswith("same") and _undoes_same(reading, place):
        around = (axis.crop_begin, max(axis.crop_end, 0))
        return Forward("same", around, (n - 1) * s + 1, n * s, n)
    # What the layer crops, its forward layer adds; output_padding is no part of that.
    more = _chosen(reading, place)
    smallest = numbers["out"] - more
    around = (axis.crop_begin, axis.crop_end + more)
    return Forward("", around, smallest, smallest + s - 1, n + more // s)


def _undoes_same(reading: Reading, place: int) -> bool:
    """Whether a forward layer's `same` surrounds this output by as much as is cropped."""
    numbers, axis = reading.numbers[place], reading.layer.axes[place]
    surplus = max(axis.crop_begin + axis.crop_end, 0)
    halves = (surplus // 2, surplus - surplus // 2)
    n, s = numbers["n"], axis.stride
    return axis.crop_begin in halves and (n - 1) * s < numbers["out"] <= n * s


def _chosen(reading: Reading, place: int) -> int:
    """What output_padding adds at the end; by the word `valid`, all that is appended."""
    if padding_word(reading) == "valid":
        crop_end = reading.layer.axes[place].crop_end
        return -crop_end if isinstance(crop_end, int) else 0
    return int(reading.numbers[place].get("op", 0))


def write_call(reading: Reading, forwards: Sequence[Forward]) -> str:
    """`Conv2d(kernel_size=4, stride=2, padding=1)`, in the dialect's words where it has them."""
    name = dialect_of(reading).forward.format(rank=len(reading.spatial))
    around = _around(reading, forwards) if name else {}
    zeros = crop_text([found.around for found in forwards])
    besides = [] if around else [f"zeros {zeros} (begin:end) around its input"]
    if not name:
        return f"a convolution, {_written(_shape(reading, _plainly))}, with {besides[0]}"
    if not parameter_name(reading, "kernel"):  # the weights alone say it
        besides.insert(0, f"a kernel of {size_text(reading.layer.kernel)}")
    rest = f" with {' and '.join(besides)}" if besides else ""
    return f"{name}({_written({**_shape(reading, parameter_name), **around})}){rest}"


def _written(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={given!r}" for name, given in arguments.items())


def _plainly(reading: Reading, role: str) -> str:
    return role


def _shape(reading: Reading, named: Callable[[Reading, str], str]) -> dict[str, Any]:
    """Kernel, stride and dilation, those that have a name, under it."""
    axes = reading.layer.axes
    roles = {
        "kernel": [axis.kernel for axis in axes],
        "stride": [axis.stride for axis in axes],
        "dilation": [axis.dilation for axis in axes],
    }
    return {
        name: _like(reading.spelling.arguments.get(name), values)
        for role, values in roles.items()
        if (name := named(reading, role)) and (role != "dilation" or set(values) != {1})
    }


def _like(given: Any, values: list[Any]) -> Any:
    """A list where the author wrote one: to some frameworks one number is one axis."""
    return type(given)(values) if isinstance(given, (list, tuple)) else compact(values)


def _around(reading: Reading, forwards: Sequence[Forward]) -> dict[str, Any]:
    """The layer's own words for its crop, where a forward layer means these zeros by them."""
    given = {
        name: value
        for name, value in parameter_values(reading, *CROP_ROLES).items()
        if value is not None
    }
    by_word = {name: value for name, value in given.items() if isinstance(value, str)}
    by_number = {name: value for name, value in given.items() if name not in by_word}
    if padding_word(reading):
        return by_word if _means_the_word(reading, forwards) else {}
    pairs = [found.around for found in forwards]
    # Begin and end of each axis, or all begins first.
    orders = (list(chain(*pairs)), list(chain(*zip(*pairs, strict=True))))
    spread = [_spread(value, len(pairs)) for value in by_number.values()]
    return by_number if len(spread) == 1 and spread[0] in orders else {}


def _means_the_word(reading: Reading, forwards: Sequence[Forward]) -> bool:
    if padding_word(reading) == "valid":
        return {found.around for found in forwards} == {(0, 0)}
    return {found.word for found in forwards} == {"same"}


def _spread(given: Any, rank: int) -> list[Any]:
    """Two numbers an axis from any form in which a dialect takes them."""
    if isinstance(given, int):
        return [given] * 2 * rank
    flat = [n for part in given for n in (part if isinstance(part, (list, tuple)) else [part])]
    return [number for number in flat for _ in range(2)] if len(flat) == rank else flat
