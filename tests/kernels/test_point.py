"""Inputs of one position against the definition."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deconvcli.kernels import reference
from deconvcli.kernels.point import Point, placed
from deconvcli.kernels.reference import Array, AxisNumbers, output_size
from tests.kernels.test_engines import Layer

BATCHES = (1, 6, 7, 13)
"""One tile for one image, one for the others; more images than a tile has rows are packed."""
LONGEST = {1: 40, 2: 6, 3: 4}
"""rank: the largest kernel drawn."""


@st.composite
def axes_of(draw: st.DrawFn, most: int) -> AxisNumbers:
    kernel, stride, dilation = (draw(st.integers(1, size)) for size in (most, 4, 3))
    crop_begin = draw(st.integers(-3, dilation * (kernel - 1) + 2))
    left = output_size(1, (kernel, stride, dilation, crop_begin, 0))
    return kernel, stride, dilation, crop_begin, draw(st.integers(min(-3, left), left))


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    rank = draw(st.integers(1, 3))
    axes = tuple(draw(axes_of(LONGEST[rank])) for _ in range(rank))
    inputs, outputs, groups = (draw(st.integers(1, most)) for most in (6, 5, 3))
    batch, seed = draw(st.sampled_from(BATCHES)), draw(st.integers(0, 99))
    return Layer(batch, inputs, outputs, groups, (1,) * rank, axes, seed)


def computed(layer: Layer, arrays: tuple[Array, Array, Array], threads: int) -> Array:
    """y by way of the products."""
    x, w, bias = arrays
    y = np.full(reference.output_shape(x.shape, w.shape, layer.axes, layer.groups), np.nan, x.dtype)
    placed(Point(w, w.dtype, layer.groups, layer.batch, threads)(x, None), y, bias, layer.axes)
    return y


@settings(max_examples=60)
@given(layers(), st.integers(1, 2))
def test_integers_equal_the_reference(layer: Layer, threads: int) -> None:
    arrays = layer.arrays("float32")
    expected = reference.transposed_convolution(*arrays, layer.axes, layer.groups)
    np.testing.assert_array_equal(computed(layer, arrays, threads), expected, strict=True)


@pytest.mark.parametrize("batch", BATCHES)
def test_products_are_each_input_with_each_weight(batch: int) -> None:
    layer = Layer(batch, 2, 3, 2, (1, 1), ((5, 1, 1, 0, 0), (7, 1, 1, 0, 0)), seed=1)
    x, w, _ = layer.arrays("float32")
    products = Point(w, w.dtype, 2, batch, 1)(x, None)
    grouped = np.einsum("ngi,gil->ngl", x.reshape(batch, 2, 2), w.reshape(2, 2, 3 * prod((5, 7))))
    np.testing.assert_array_equal(products, grouped)


def test_it_tells_how_far_it_is() -> None:
    layer = Layer(1, 2, 3, 1, (1,), ((9, 1, 1, 0, 0),), seed=1)
    x, w, _ = layer.arrays("float32")
    told: list[tuple[int, int]] = []
    Point(w, w.dtype, 1, 1, 1)(x, lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]
