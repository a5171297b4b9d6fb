"""The overlap of a layer: the number of (input, tap) pairs that reach each output element.

Checkerboard artifacts start from uneven overlap.
Source: Odena, Dumoulin & Olah, Deconvolution and Checkerboard Artifacts, Distill 2016
(doi 10.23915/distill.00003).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from math import prod
from typing import NamedTuple

from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.layers.overlap import AxisOverlap
from deconvcli.layers.text import size_text

# The map of a 2-D layer fits on a page of text, in lines of 80 characters.
MAX_MAP_ROWS = 16
MAX_MAP_WIDTH = 78


class Overlap(NamedTuple):
    """The counts of a whole layer.

    least, most, ratio (None if there are gaps), period (per axis): away from the edges. gaps:
    output elements of one period that no pair reaches. has_interior: whether the output is large
    enough to have a period away from the edges. corner: the first rows and columns of the last two
    axes, at the element `at` of a third. even_kernels: per axis, the nearest smaller and larger.
    """

    output_size: tuple[int, ...]
    at: tuple[int, ...]
    corner: tuple[tuple[int, ...], ...]
    period: tuple[int, ...]
    least: int
    most: int
    ratio: float | None
    gaps: int
    has_interior: bool
    even_kernels: tuple[tuple[int, ...], ...]
    verdict: str


def has_overlap(reading: Reading) -> bool:
    """Return whether the output has elements that can be counted."""
    sizes = (*reading.spatial, *reading.output_sizes)
    return not reading.no_values and all(isinstance(n, int) and n > 0 for n in sizes)


def count_overlap(reading: Reading) -> Overlap | None:
    """Return the overlap of all axes; None if a size is a symbol or the output is empty."""
    if not has_overlap(reading):
        return None
    axes = [overlap_along(reading, place) for place in range(len(reading.spatial))]
    at = tuple(axis.output_size // 2 for axis in axes[:-2])
    # Axes do not mix: an element has as many pairs as the product of its counts along the axes.
    least, most = prod(axis.least for axis in axes), prod(axis.most for axis in axes)
    return Overlap(
        output_size=tuple(axis.output_size for axis in axes),
        at=at,
        corner=_corner(axes, at),
        period=tuple(axis.period for axis in axes),
        least=least,
        most=most,
        ratio=most / least if least else None,
        gaps=_gaps(axes),
        has_interior=all(axis.has_interior for axis in axes),
        even_kernels=tuple(axis.even_kernels() for axis in axes),
        verdict=_verdict(axes, least, most),
    )


def overlap_along(reading: Reading, place: int) -> AxisOverlap:
    """Return the overlap along one axis; a circular axis counts as a repeated input."""
    axis, [n] = reading.layer.axes[place], require_numbers(reading.spatial[place : place + 1])
    if not reading.layer.circular:
        return AxisOverlap(axis, n)
    # Elements that wrap around are those of a longer input that repeats at both ends.
    unrolled, before, after = axis.unroll(n)
    return AxisOverlap(unrolled, n + before + after)


def _corner(axes: Sequence[AxisOverlap], at: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Return as many rows and columns as fit on a page of text."""
    # Not strict: `at` lacks the last two axes, which the map shows.
    before = prod(axis.counts(o, o + 1)[0] for axis, o in zip(axes, at, strict=False))
    widest = len(str(prod(axis.most for axis in axes))) + 1
    across = axes[-1].counts(0, min(axes[-1].output_size, MAX_MAP_WIDTH // widest))
    down = [axis.counts(0, min(axis.output_size, MAX_MAP_ROWS)) for axis in axes[-2:-1]] or [[1]]
    return tuple(tuple(before * row * column for column in across) for row in down[0])


def _verdict(axes: Sequence[AxisOverlap], least: int, most: int) -> str:
    """Return whether it is even, the nearest even kernels, and whether the output shows it."""
    sentences = [f"The overlap {_evenness(axes, least, most)}."]
    if least < most:
        sentences.append(_cure(axes))
    if not all(axis.has_interior for axis in axes):
        sentences.append("This output is too small to show it: every element is near an edge.")
    return " ".join(sentences)


def _evenness(axes: Sequence[AxisOverlap], least: int, most: int) -> str:
    """Return the end of `The overlap ...`: is even, is uneven or has gaps."""
    if least == most:
        verb = "pair reaches" if most == 1 else "pairs reach"
        return f"is even: {most} {verb} every element away from the edges"
    repeats = f"repeating every {size_text([axis.period for axis in axes])}"
    if not least:
        whole = prod(axis.period for axis in axes)
        empty = f"{_gaps(axes)} of every {whole} elements, which hold only the bias"
        verb = "pair reaches" if most == 1 else "pairs reach"
        return f"has gaps: no pair reaches {empty}; at most {most} {verb} the others, {repeats}"
    ratio = f"a ratio of {most / least:.3g}, {repeats}: {_pattern(axes)}"
    return f"is uneven: {least} to {most} pairs reach an element away from the edges, {ratio}"


def _pattern(axes: Sequence[AxisOverlap]) -> str:
    """Return the name of the pattern; a checkerboard takes two uneven axes."""
    if len(axes) == 1:
        return "a periodic pattern"
    return "stripes" if sum(not axis.is_even for axis in axes) == 1 else "a checkerboard"


def _gaps(axes: Sequence[AxisOverlap]) -> int:
    """Return the number of elements of one period that only the bias fills."""
    reached = (axis.period - axis.period * axis.gaps // axis.axis.stride for axis in axes)
    return prod(axis.period for axis in axes) - prod(reached)


def _cure(axes: Sequence[AxisOverlap]) -> str:
    kernels = [axis.even_kernels() for axis in axes]
    if () in kernels:
        return "No kernel makes it even, because stride and dilation share a factor."
    # An axis with one choice repeats it beside both choices of another axis.
    choices = zip_longest(*kernels)
    rows = [[k or sizes[0] for k, sizes in zip(row, kernels, strict=True)] for row in choices]
    # Equal kernels on all axes are written once: 2, not 2x2.
    shown = 1 if all(len(set(row)) == 1 for row in rows) else len(kernels)
    sizes = " or ".join(size_text(row[:shown]) for row in rows)
    return f"A kernel of {sizes} makes it even."
