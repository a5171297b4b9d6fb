"""The other views of a layer give the sizes and values of the layer itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import deconvcli
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.views.explanation.element import MAX_LISTED_PAIRS, find_pairs
from deconvcli.views.explanation.forward import find_forward
from deconvcli.views.explanation.insertion import find_insertion
from deconvcli.views.explanation.overlap import count_overlap, overlap_along
from tests.layers.interior import count_interior
from tests.views.explanation.layers import layers

Values = np.ndarray[Any, Any]


def values(reading: Reading) -> tuple[Values, Values, Values]:
    """Return (input, weights as stored, output) along the one axis, in small integers."""
    shape = require_numbers(reading.input_shape)
    x = (7 * np.arange(np.prod(shape)) % 11 - 5.0).reshape(shape)
    w = (5 * np.arange(np.prod(reading.weight_shape)) % 7 - 3.0).reshape(reading.weight_shape)
    return x.ravel(), w.ravel(), deconvcli.run(reading, x, w).ravel()


def count_windows(size: int, before: int, after: int, span: int, stride: int) -> int:
    """Return how often a kernel of this span fits, counted one by one."""
    starts = range(-before, size + after - span + 1)
    return sum((start + before) % stride == 0 for start in starts)


@given(layers())
def test_the_forward_convolution_maps_the_sizes_to_the_input(reading: Reading) -> None:
    found, axis = find_forward(reading, 0), reading.layer.axes[0]
    [n, out] = require_numbers((*reading.spatial, *reading.output_sizes))
    [smallest, largest] = require_numbers((found.smallest, found.largest))
    if found.word:
        mapped = [m for m in range(1, n * axis.stride + 9) if -(-m // axis.stride) == n]
        assert smallest <= out <= largest
    else:
        before, after = require_numbers(found.around)
        reach = range(max(0, smallest - 1), largest + 2)
        mapped = [m for m in reach if count_windows(m, before, after, axis.span, axis.stride) == n]
        assert count_windows(out, before, after, axis.span, axis.stride) == found.back
    assert mapped == list(range(max(0, smallest), largest + 1))


@given(layers())
def test_inserting_zeros_gives_the_same_values(reading: Reading) -> None:
    x, w, y = values(reading)
    axis, found = reading.layer.axes[0], find_insertion(reading.layer.axes[0], x.size)
    [length, before, after] = require_numbers((found.spread, found.before, found.behind))
    spread = np.zeros(length)
    spread[:: axis.stride] = x
    # Negative padding removes elements of the spread input.
    padded = np.pad(spread, (max(before, 0), max(after, 0)))
    padded = padded[max(-before, 0) : padded.size - max(-after, 0)]
    kernel = np.zeros(axis.span)
    kernel[:: axis.dilation] = w if reading.flipped else w[::-1]
    assert found.output_size == padded.size - axis.span + 1 == y.size
    np.testing.assert_array_equal(np.correlate(padded, kernel, "valid"), y)


@given(layers())
def test_the_pairs_of_an_element_sum_to_its_value(reading: Reading) -> None:
    x, w, y = values(reading)
    sums = [
        sum(x[pair.input] * w[pair.tap] for [pair] in find_pairs(reading, (at,)).pairs)
        for at in range(y.size)
    ]
    assert w.size < MAX_LISTED_PAIRS
    np.testing.assert_array_equal(sums, y)


@given(layers())
def test_the_map_counts_those_pairs(reading: Reading) -> None:
    found = count_overlap(reading)
    assert found is not None
    [row] = found.corner
    assert list(row) == [find_pairs(reading, (at,)).total for at in range(len(row))]
    assert (found.least, found.most) == (
        min(count_interior(overlap_along(reading, 0))),
        max(count_interior(overlap_along(reading, 0))),
    )


@given(st.integers(1, 5), st.integers(1, 3), st.integers(1, 6))
def test_a_circular_layer_sums_round_the_ends(n: int, stride: int, kernel: int) -> None:
    reading = deconvcli.layer(
        "flax",
        input_shape=(1, n, 1),
        weight_shape=(kernel, 1, 1),
        kernel_size=[kernel],
        strides=[stride],
        padding="CIRCULAR",
    )
    x, w, y = values(reading)
    sums = [
        sum(x[pair.input] * w[pair.tap] for [pair] in find_pairs(reading, (at,)).pairs)
        for at in range(y.size)
    ]
    np.testing.assert_array_equal(sums, y)
