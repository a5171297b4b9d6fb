"""The definition itself, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from deconvcli.common.errors import UsageError
from deconvcli.compute.kernels import reference
from deconvcli.compute.kernels.reference import Array, AxisNumbers

BY_HAND = [
    pytest.param([1], [1, 2, 3], (3, 1, 1, 0, 0), [1, 2, 3], id="impulse"),
    pytest.param([1, 2], [1, 2, 3], (3, 2, 1, 0, 0), [1, 2, 5, 4, 6], id="overlap"),
    pytest.param([1, 2], [1, 2, 3], (3, 2, 1, 1, 1), [2, 5, 4], id="cropped"),
    pytest.param([1, 2], [1, 2, 3], (3, 2, 1, -1, -2), [0, 1, 2, 5, 4, 6, 0, 0], id="extended"),
    pytest.param([1, 2], [1, 2, 3], (3, 2, 1, -1, 4), [0, 1], id="shifted"),
    pytest.param([1, 2], [1, 2, 3], (3, 2, 1, 6, -2), [0], id="beyond the end"),
    pytest.param([1, 2], [3], (1, 3, 1, 0, 0), [3, 0, 0, 6], id="kernel shorter than stride"),
    pytest.param([1, 2], [1, 2], (2, 1, 3, 0, 0), [1, 2, 0, 2, 4], id="dilated"),
    pytest.param([1, 2], [1, 2, 3], (3, 2, 1, 2, 3), [], id="nothing left"),
    pytest.param([], [1, 2, 3], (3, 1, 1, 0, -2), [0, 0, 0, 0], id="no input"),
]


def along_one_axis(x: list[int], w: list[int], axis: AxisNumbers, bias: Array | None) -> Array:
    """Compute one channel, without the axes of batch and channel."""
    signal, kernel = np.array(x, np.float32), np.array(w, np.float32)
    y = reference.transposed_convolution(
        signal.reshape(1, 1, -1), kernel.reshape(1, 1, -1), bias, [axis], 1
    )
    return np.asarray(y[0, 0])


@pytest.mark.parametrize(("x", "w", "axis", "expected"), BY_HAND)
def test_sums_worked_out_by_hand(
    x: list[int], w: list[int], axis: AxisNumbers, expected: list[int]
) -> None:
    np.testing.assert_array_equal(along_one_axis(x, w, axis, None), np.array(expected, np.float32))


@pytest.mark.parametrize(("x", "w", "axis", "expected"), BY_HAND)
def test_bias_is_added_to_every_output(
    x: list[int], w: list[int], axis: AxisNumbers, expected: list[int]
) -> None:
    y = along_one_axis(x, w, axis, np.array([10], np.float32))
    np.testing.assert_array_equal(y, np.array(expected, np.float32) + np.float32(10))


def test_groups_keep_to_their_channels() -> None:
    x = np.array([1, 2, 3, 4], np.float64).reshape(1, 4, 1)
    w = np.array([1, 10, 100, 1000], np.float64).reshape(4, 1, 1)
    y = reference.transposed_convolution(x, w, None, [(1, 1, 1, 0, 0)], 2)
    np.testing.assert_array_equal(y, [[[21], [4300]]])


def test_two_axes_are_the_outer_product_of_one() -> None:
    x = np.ones((1, 1, 1, 1), np.float64)
    w = np.outer([1, 2, 3], [1, 10]).reshape(1, 1, 3, 2).astype(np.float64)
    y = reference.transposed_convolution(x, w, None, [(3, 1, 1, 1, 0), (2, 1, 2, 0, 0)], 1)
    np.testing.assert_array_equal(y[0, 0], [[2, 0, 20], [3, 0, 30]])


def test_float16_is_summed_in_float32_and_rounded_once() -> None:
    # 2048 + 1 is 2048 in float16: summed there, nothing would be gained by eight ones.
    x = np.array([2048, *[1] * 8], np.float16).reshape(1, 9, 1)
    y = reference.transposed_convolution(
        x, np.ones((9, 1, 1), np.float16), None, [(1, 1, 1, 0, 0)], 1
    )
    assert y.dtype == np.float16
    np.testing.assert_array_equal(y, [[[2056]]])


def test_crops_that_leave_less_than_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match=r"output of size \[-1\]; the minimum is 0"):
        along_one_axis([1, 2], [1, 2, 3], (3, 2, 1, 3, 3), None)
