"""Counts of an overlap far from both ends, by the definition."""

from __future__ import annotations

from deconvcli.layers.overlap import AxisOverlap


def count_interior(overlap: AxisOverlap) -> tuple[int, ...]:
    """Return the counts of one period from output 0 on, as if there were inputs on all sides."""
    axis = overlap.axis
    assert isinstance(axis.crop_begin, int)
    # From this input on, each output has a whole kernel of inputs before and after it.
    inside = axis.span + abs(axis.crop_begin)
    endless = overlap._replace(n=3 * inside + overlap.period)
    begin = inside * axis.stride
    return tuple(endless.counts(begin, begin + overlap.period))
