"""The overlap of a layer: how many (input, tap) pairs reach each output element, and its verdict.

Uneven overlap is what checkerboard artifacts start from.
Source: Odena, Dumoulin & Olah, Deconvolution and Checkerboard Artifacts, Distill 2016
(doi 10.23915/distill.00003).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from deconvcli.layers.layer import Reading, product, require_numbers
from deconvcli.layers.overlap import AxisOverlap
from deconvcli.layers.text import size_text

MAX_MAP_ROWS = 16
MAX_MAP_WIDTH = 78


class Overlap(NamedTuple):
    """The counts of a whole layer. least, most, their ratio (None where there are gaps) and the
    period of each axis: away from the edges. gaps: outputs of one period that no pair reaches.
    has_interior: whether the output is large enough to have a period away from the edges.

    corner: the first rows and columns of the last two axes, at the element `at` of a third.
    even_kernels: per axis, the nearest smaller and larger ones.
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
    """Whether there are output elements that can be counted."""
    sizes = (*reading.spatial, *reading.output_sizes)
    return not reading.no_values and all(isinstance(n, int) and n > 0 for n in sizes)


def count_overlap(reading: Reading) -> Overlap | None:
    """The overlap of all axes; None where a size is a symbol or nothing comes out."""
    if not has_overlap(reading):
        return None
    axes = [overlap_along(reading, place) for place in range(len(reading.spatial))]
    at = tuple(axis.output_size // 2 for axis in axes[:-2])
    least, most = product(axis.least for axis in axes), product(axis.most for axis in axes)
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
    """Of one axis; where the crop comes back at the other end, on a repeated input."""
    axis, [n] = reading.layer.axes[place], require_numbers(reading.spatial[place : place + 1])
    if not reading.layer.circular:
        return AxisOverlap(axis, n)
    unrolled, before, after = axis.unrolled(n)
    return AxisOverlap(unrolled, n + before + after)


def _corner(axes: Sequence[AxisOverlap], at: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """As many rows and columns as a page of text has room for."""
    before = product(axis.counts(o, o + 1)[0] for axis, o in zip(axes, at, strict=False))
    widest = len(str(product(axis.most for axis in axes))) + 1
    across = axes[-1].counts(0, min(axes[-1].output_size, MAX_MAP_WIDTH // widest))
    down = [axis.counts(0, min(axis.output_size, MAX_MAP_ROWS)) for axis in axes[-2:-1]] or [[1]]
    return tuple(tuple(before * row * column for column in across) for row in down[0])


def _verdict(axes: Sequence[AxisOverlap], least: int, most: int) -> str:
    """Even or uneven, by how much, the nearest kernels that even it, and whether it shows."""
    said = [f"The overlap {_evenness(axes, least, most)}."]
    if least < most:
        said.append(_cure(axes))
    if not all(axis.has_interior for axis in axes):
        said.append("This output is too small to show it: all of it is near an edge.")
    return " ".join(said)


def _evenness(axes: Sequence[AxisOverlap], least: int, most: int) -> str:
    """What the overlap is or has, away from the edges."""
    if least == most:
        verb = "pair reaches" if most == 1 else "pairs reach"
        return f"is even: {most} {verb} every element away from the edges"
    repeats = f"repeating every {size_text([axis.period for axis in axes])}"
    if not least:
        whole = product(axis.period for axis in axes)
        empty = f"{_gaps(axes)} of every {whole} elements, where the bias alone is left"
        verb = "reaches" if most == 1 else "reach"
        return f"has gaps: no pair reaches {empty}; at most {most} {verb} the others, {repeats}"
    ratio = f"{most / least:.3g} times as many in some places as in others"
    pattern = f"{repeats}: {_pattern(axes)}"
    return f"is uneven: {least} to {most} pairs away from the edges, {ratio}, {pattern}"


def _pattern(axes: Sequence[AxisOverlap]) -> str:
    """What the eye, or the ear, makes of it; a checkerboard takes two axes."""
    if len(axes) == 1:
        return "a periodic pattern"
    return "stripes" if sum(not axis.is_even for axis in axes) == 1 else "a checkerboard"


def _gaps(axes: Sequence[AxisOverlap]) -> int:
    """Elements of one period that only the bias fills."""
    reached = (axis.period - axis.period * axis.gaps // axis.axis.stride for axis in axes)
    return product(axis.period for axis in axes) - product(reached)


def _cure(axes: Sequence[AxisOverlap]) -> str:
    kernels = [axis.even_kernels() for axis in axes]
    if () in kernels:
        return "No kernel evens it, for stride and dilation share a factor."
    # An axis that has one choice keeps it beside both choices of another.
    choices = zip_longest(*kernels)
    rows = [[k or sizes[0] for k, sizes in zip(row, kernels, strict=True)] for row in choices]
    shown = 1 if all(len(set(row)) == 1 for row in rows) else len(kernels)
    return f"A kernel of {' or '.join(size_text(row[:shown]) for row in rows)} evens it."
