"""Channels are moved last and first as NumPy moves them, bit by bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deconvcli.compute.kernels import channel_order
from deconvcli.compute.kernels.channel_order import channels_first, channels_last

SHAPES = st.tuples(st.integers(0, 3), st.integers(1, 40), st.integers(1, 9), st.integers(1, 21))


@settings(max_examples=60)
@given(
    shape=SHAPES,
    dtype=st.sampled_from(["float32", "float64"]),
    task=st.sampled_from([1, 50, 1 << 16]),
    threads=st.integers(1, 3),
)
def test_channels_are_moved_as_by_numpy(
    shape: tuple[int, ...], dtype: str, task: int, threads: int
) -> None:
    x = np.arange(np.prod(shape, dtype=int), dtype=dtype).reshape(shape)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(channel_order, "TASK_NUMBERS", task)
        last, first = channels_last(x, threads), channels_first(x, threads)
    np.testing.assert_array_equal(last, np.moveaxis(x, 1, -1), strict=True)
    np.testing.assert_array_equal(first, np.moveaxis(x, -1, 1), strict=True)
    assert last.flags.c_contiguous
    assert first.flags.c_contiguous


def test_arrays_that_lie_otherwise_are_moved_too() -> None:
    x = np.arange(2.0 * 3 * 5 * 7).reshape(2, 3, 5, 7).transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(channels_last(x, 1), np.moveaxis(x, 1, -1), strict=True)
