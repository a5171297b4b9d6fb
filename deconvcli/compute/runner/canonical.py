"""Layouts and orientation: a dialect's arrays to and from those that every engine takes."""

from __future__ import annotations

from functools import cache
from math import prod
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, CHANNELS_LAST, Layout

Array = NDArray[Any]
AxisNumbers = tuple[int, int, int, int, int]


def axes_of(reading: Reading) -> list[AxisNumbers]:
    """Return the five numbers of each axis, for the input that `canonical_input` returns."""
    axes = reading.layer.axes
    if reading.layer.circular:
        axes = tuple(axis for axis, _, _ in _unroll_axes(reading))
    return [cast(AxisNumbers, tuple(require_numbers(axis))) for axis in axes]


def canonical_shape(reading: Reading) -> tuple[int, ...]:
    """Return the shape (N, Cin, *n) of the array that `canonical_input` returns."""
    spatial = require_numbers(reading.spatial)
    if reading.layer.circular:
        pairs = zip(spatial, _unroll_axes(reading), strict=True)
        spatial = [n + before + after for n, (_, before, after) in pairs]
    return (prod(reading.sizes.batch), reading.layer.in_channels, *spatial)


def canonical_input(reading: Reading, x: Array) -> Array:
    """Return (N, C, *spatial) from the dialect's layout, with a circular layer's input repeated."""
    x = plain_input(reading, x)
    # The engines know no circular axes: the input is repeated as far as the kernel reaches.
    if reading.layer.circular:
        around = [(before, after) for _, before, after in _unroll_axes(reading)]
        # A long kernel may reach around more than once, which `wrap` knows.
        x = np.pad(x, [(0, 0), (0, 0), *around], mode="wrap")
    return x


def plain_input(reading: Reading, x: Array) -> Array:
    """Return (N, C, *spatial) from the dialect's layout, without repetition."""
    return _canonical(reading, reading.data_layout, x)


def own_input(reading: Reading, x: Array) -> Array:
    """Return a contiguous input in the dialect's layout from (N, C, *spatial)."""
    return _own(reading, reading.data_layout, x)


def canonical_output(reading: Reading, y: Array) -> Array:
    """Return an output as (N, C, *spatial) from the dialect's layout."""
    return _canonical(reading, reading.output_layout, y)


def own_output(reading: Reading, y: Array) -> Array:
    """Return a contiguous output in the dialect's layout from (N, C, *spatial)."""
    return _own(reading, reading.output_layout, y)


def in_order(reading: Reading) -> bool:
    """Whether the dialect's output lies in memory as (N, C, *spatial) does."""
    order = _order(
        CHANNELS_FIRST, reading.output_layout, len(reading.sizes.batch), len(reading.spatial)
    )
    return order == tuple(range(len(order)))


def is_canonical(reading: Reading) -> bool:
    """Whether the dialect's arrays can go to an engine as they are."""
    return _lies_as(reading, CHANNELS_FIRST)


def is_channels_last(reading: Reading) -> bool:
    """Whether the dialect's arrays differ from the engines' only in the place of the channels."""
    return _lies_as(reading, CHANNELS_LAST)


def _lies_as(reading: Reading, layout: Layout) -> bool:
    """Whether input and output have this layout with one batch axis, and nothing is repeated."""
    layouts = reading.data_layout, reading.output_layout
    has_one_batch_axis = len(reading.sizes.batch) == 1
    return layouts == (layout, layout) and has_one_batch_axis and not reading.layer.circular


def _unroll_axes(reading: Reading) -> list[tuple[Axis, int, int]]:
    pairs = zip(reading.layer.axes, require_numbers(reading.spatial), strict=True)
    return [axis.unroll(n) for axis, n in pairs]


def _canonical(reading: Reading, layout: Layout, array: Array) -> Array:
    """Return (N, C, *spatial); all batch axes, or none, become N."""
    rank = len(reading.spatial)
    batch = array.ndim - rank - 1
    array = array.transpose(_order(layout, CHANNELS_FIRST, batch, rank))
    return array.reshape(prod(reading.sizes.batch), *array.shape[batch:])


def _own(reading: Reading, layout: Layout, array: Array) -> Array:
    """Return a contiguous array in `layout` from (N, C, *spatial)."""
    rank, batch = len(reading.spatial), reading.sizes.batch
    array = array.reshape(*batch, *array.shape[1:])
    order = _order(CHANNELS_FIRST, layout, len(batch), rank)
    return np.ascontiguousarray(array.transpose(order))


@cache
def _order(source: Layout, target: Layout, batch: int, rank: int) -> tuple[int, ...]:
    """Return the transposition between data layouts; cached, as every call of a layer needs it."""
    places = source.split(tuple(range(batch + 1 + rank)), rank)
    places |= {str(axis): (place,) for axis, place in enumerate(places["*"])}
    return tuple(place for axis in target.axes for place in places[axis])


def canonical_weight(reading: Reading, weight: Array) -> Array:
    """Return (Cin, Cout/groups, *kernel), not flipped, from weights in the dialect's layout."""
    sizes, order = _weight_parts(reading)
    parts = weight.reshape(sizes).transpose(order)
    return _unflip(reading, parts.reshape(reading.layer.weight_shape(CANONICAL_WEIGHT)))


def own_weight(reading: Reading, weight: Array) -> Array:
    """Return contiguous weights in the dialect's layout and orientation."""
    sizes, order = _weight_parts(reading)
    parts = _unflip(reading, weight).reshape([sizes[place] for place in order])
    own = parts.transpose([order.index(place) for place in range(len(order))])
    return np.ascontiguousarray(own.reshape(reading.weight_shape))


def weight_letters(reading: Reading) -> list[tuple[str, int]]:
    """Return (letter, size) in the order of the layout's axes; 0, 1, 2 are those of the kernel."""
    layer = reading.layer
    kernel = {str(place): size for place, size in enumerate(layer.kernel)}
    sizes = {
        **kernel,
        "G": layer.groups,
        "I": layer.in_channels // layer.groups,
        "O": layer.out_channels // layer.groups,
    }
    return [
        (letter, sizes[letter])
        for axis in reading.weight_layout.axes
        for letter in (kernel if axis == "*" else axis)
    ]


def _weight_parts(reading: Reading) -> tuple[list[int], list[int]]:
    """Return the sizes of the layout's letters, and the order that makes them G, I, O, kernel."""
    letters = [letter for letter, _ in weight_letters(reading)]
    kernel = map(str, range(len(reading.layer.kernel)))
    order = [letters.index(part) for part in ("G", "I", "O", *kernel)]
    return [size for _, size in weight_letters(reading)], order


def _unflip(reading: Reading, weight: Array) -> Array:
    """Return (Cin, Cout/groups, *kernel) with the taps reversed if the dialect stores them so."""
    return np.flip(weight, tuple(range(2, weight.ndim))) if reading.flipped else weight
