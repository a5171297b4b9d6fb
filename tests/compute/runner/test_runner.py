"""The runner: layouts, orientation, and circular layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import deconvcli
from deconvcli.compute.runner import check_values, random_array, run
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Reading
from deconvcli.layers.layout import CHANNELS_LAST, Layout

small = st.integers(1, 5)


def fold(full: np.ndarray[Any, Any], begins: list[int], sizes: list[int]) -> Any:
    """Add every element of the full scatter where the crop and the period put it."""
    out = np.zeros((*full.shape[:2], *sizes))
    for place in np.ndindex(full.shape[2:]):
        target = tuple((o - b) % p for o, b, p in zip(place, begins, sizes, strict=True))
        out[(..., *target)] += full[(..., *place)]
    return out


def drawn_circular(draw: st.DrawFn) -> tuple[Reading, Reading]:
    """Draw (a circular layer, the same without any crop) with the same input and weights."""
    rank = draw(st.integers(1, 2))
    axes = [(draw(small), draw(small), draw(st.integers(1, 3)), draw(small)) for _ in range(rank)]
    plain = deconvcli.layer(
        "torch",
        input_shape=(2, 2, *(n for *_, n in axes)),
        weight_shape=(2, 3, *(k for k, *_ in axes)),
        stride=[s for _, s, *_ in axes],
        dilation=[d for _, _, d, _ in axes],
    )
    cropped, numbers = [], []
    for axis, numbers_of_axis, (_, s, _, n) in zip(
        plain.layer.axes, plain.numbers, axes, strict=True
    ):
        begin = draw(st.integers(-3, 8))
        cropped.append(axis._replace(crop_begin=begin, crop_end=axis.full_size(n) - n * s - begin))
        numbers.append({**numbers_of_axis, "out": n * s})
    layer = plain.layer._replace(axes=tuple(cropped), circular=True)
    return plain._replace(layer=layer, numbers=tuple(numbers)), plain


@given(st.data())
def test_a_circular_layer_adds_its_crop_at_the_other_end(data: st.DataObject) -> None:
    circular, plain = drawn_circular(data.draw)  # type: ignore[arg-type]
    x = random_array(plain.input_shape, "float64", 1, 0)  # type: ignore[arg-type]
    weight = random_array(plain.weight_shape, "float64", 1, 1)
    begins: list[Any] = [begin for begin, _ in circular.crop]
    expected = fold(run(plain, x, weight), begins, list(circular.output_sizes))  # type: ignore[arg-type]
    y = run(circular, x, weight)
    assert y.shape == circular.output_shape
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-12)
    assert check_values(circular, x, weight, None, y).agrees


@given(st.data())
def test_a_circular_layer_differs_from_a_cropped_one(data: st.DataObject) -> None:
    circular, _ = drawn_circular(data.draw)  # type: ignore[arg-type]
    assume(any(begin > 0 for begin, _ in circular.crop))
    assert circular.macs_useful == circular.macs


def test_the_output_may_have_another_layout() -> None:
    reading = deconvcli.layer("torch", input_shape=(1, 2, 3, 4), weight_shape=(2, 5, 3, 3))
    other = reading._replace(own_output_layout=CHANNELS_LAST)
    x, weight = (
        random_array((1, 2, 3, 4), "float32", 1, 0),
        random_array((2, 5, 3, 3), "float32", 1, 1),
    )
    assert other.output_shape == (1, 5, 6, 5)
    np.testing.assert_array_equal(
        run(other, x, weight), run(reading, x, weight).transpose(0, 2, 3, 1)
    )


def test_spatial_axes_may_stand_one_by_one() -> None:
    reading = deconvcli.layer("torch", input_shape=(1, 2, 3, 4), weight_shape=(2, 5, 3, 2))
    x = random_array((1, 2, 3, 4), "float32", 1, 0)
    weight = random_array((2, 5, 3, 2), "float32", 1, 1)
    data, kernel = Layout(("1", "N", "0", "C")), Layout(("1", "GI", "0", "O"))
    assert (data.count(2), CHANNELS_LAST.count(2)) == (4, 4)
    other = reading._replace(
        data_layout=data,
        own_output_layout=CHANNELS_LAST,
        weight_layout=kernel,
        sizes=reading.sizes._replace(weight=(2, 2, 3, 5)),
    )
    assert other.input_shape == (4, 1, 3, 2)
    assert data.split((4, 1, 3, 2), 2)["*"] == (3, 4)
    y = run(other, x.transpose(3, 0, 2, 1), weight.transpose(3, 0, 2, 1))
    np.testing.assert_array_equal(y, run(reading, x, weight).transpose(0, 2, 3, 1))


def test_an_unrolled_axis_repeats_as_far_as_the_kernel_reaches() -> None:
    axis, before, after = Axis(3, 1, 1, 1, 1).unroll(4)
    assert (axis, before, after) == (Axis(3, 1, 1, 2, 2), 1, 1)
    axis, before, after = Axis(2, 2).unroll(4)
    assert (before, after) == (0, 0)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_channels_last_are_the_values_of_channels_first(dtype: str) -> None:
    x = (np.arange(2 * 5 * 4 * 3) % 7 - 3).reshape(2, 5, 4, 3).astype(dtype)
    weight = (np.arange(3 * 3 * 6 * 3) % 5 - 2).reshape(3, 3, 6, 3).astype(dtype)
    words: dict[str, Any] = {"filters": 6, "kernel_size": 3, "strides": 2, "padding": "same"}
    last = deconvcli.layer("keras", input_shape=x.shape, weight_shape=weight.shape, **words)
    first = deconvcli.layer(
        "keras",
        input_shape=(2, 3, 5, 4),
        weight_shape=weight.shape,
        data_format="channels_first",
        **words,
    )
    y = deconvcli.run(last, x, weight)
    expected = deconvcli.run(first, np.moveaxis(x, -1, 1).copy(), weight)
    np.testing.assert_array_equal(y, np.moveaxis(expected, 1, -1), strict=True)
    assert y.flags.c_contiguous
