"""Why an output element has its value: the (input, tap) pairs whose products it sums."""

from __future__ import annotations

from itertools import islice, product
from math import prod
from typing import NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.common.values import axis_name
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.layers.text import size_text
from deconvcli.views.explanation.overlap import has_overlap, overlap_along

# Enough for a 6x6 kernel at stride 1; a large kernel has thousands of pairs.
MAX_LISTED_PAIRS = 36


class AxisPair(NamedTuple):
    """One (input, tap) pair along one axis.

    tap: the index in the kernel as the dialect stores it. place: i*s + j*d - crop_begin = index,
    with the numbers filled in.
    """

    input: int
    tap: int
    place: str


class ElementPairs(NamedTuple):
    """The pairs of one output element: their number, and the first ones, an AxisPair per axis."""

    element: tuple[int, ...]
    total: int
    pairs: tuple[tuple[AxisPair, ...], ...]


def find_pairs(reading: Reading, element: tuple[int, ...]) -> ElementPairs:
    """Return the pairs that reach an element, given by its indices along the spatial axes.

    Raises:
        UsageError: there is no such element, or a size is a symbol.
    """
    _require_element(reading, element)
    places = range(len(element))
    # The first pairs of all axes together are among the first pairs of each axis.
    counts = [len(overlap_along(reading, place).taps(element[place])) for place in places]
    pairs = [_axis_pairs(reading, place, element[place]) for place in places]
    return ElementPairs(element, prod(counts), tuple(islice(product(*pairs), MAX_LISTED_PAIRS)))


def _axis_pairs(reading: Reading, place: int, output: int) -> list[AxisPair]:
    axis, [n] = reading.layer.axes[place], require_numbers(reading.spatial[place : place + 1])
    # A circular axis repeats its last inputs before the first one.
    before = axis.unroll(n)[1] if reading.layer.circular else 0
    return [
        AxisPair(
            (pair.input - before) % n,
            axis.kernel - 1 - pair.tap if reading.flipped else pair.tap,
            f"{pair.input - before}*{axis.stride} + {pair.tap}*{axis.dilation}"
            f" - {axis.crop_begin} = {output}",
        )
        for pair in overlap_along(reading, place).pairs(output, MAX_LISTED_PAIRS)
    ]


def _require_element(reading: Reading, element: tuple[int, ...]) -> None:
    """Raise UsageError if the output has no such element."""
    if not has_overlap(reading):
        raise UsageError(
            f"the output {size_text(reading.output_sizes)} has no elements to explain",
            help="give the input size as numbers, large enough to leave an output.",
            code="no-element",
        )
    sizes = require_numbers(reading.output_sizes)
    # Not strict: another number of indices has the same message, below.
    inside = (0 <= at < size for at, size in zip(element, sizes, strict=False))
    if len(element) != len(sizes) or not all(inside):
        names = [axis_name(place, len(sizes)) for place in range(len(sizes))]
        ranges = (f"{name} 0 to {size - 1}" for name, size in zip(names, sizes, strict=True))
        raise UsageError(
            f"element {','.join(map(str, element))} is outside the output {size_text(sizes)}",
            help=f"elements are numbered from 0: {', '.join(ranges)}.",
            code="no-element",
        )
