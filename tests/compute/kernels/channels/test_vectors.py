"""Vectors against plain loops: each intrinsic writes what its twin writes, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from deconvcli.compute.kernels.channels import loops, vectors
from deconvcli.compute.kernels.compilation import compile_kernel
from deconvcli.compute.kernels.machine import config
from deconvcli.compute.kernels.reference import Array
from tests.compute.kernels.guarded import guard

pytestmark = pytest.mark.skipif(
    bool(config.DISABLE_JIT), reason="intrinsics exist in compiled code only"
)
WIDTHS = [(dtype, lanes) for dtype in ("float32", "float64") for lanes in (4, 8, 16)]


def integers(size: int, dtype: str) -> Array:
    return np.random.default_rng(size).integers(-9, 10, size).astype(dtype)


@pytest.mark.parametrize(("dtype", "lanes"), WIDTHS)
@pytest.mark.parametrize(("rows", "count"), [(3, 2), (1, 3), (2, 2)])
@pytest.mark.parametrize("inputs", [1, 5])
@pytest.mark.parametrize("fetches", [0, 1])
def test_products_are_those_of_the_loops(
    dtype: str, lanes: int, rows: int, count: int, inputs: int, fetches: int
) -> None:
    fast: Any = vectors

    @compile_kernel
    def multiply(sums: Array, places: Array, x: Array, weights: Array, fetches: int) -> None:
        fast.multiply(sums, places, 2, x, 1, 4, inputs, weights, 3, fetches, rows, count, lanes)

    width = count * lanes
    # One lookup is passed over; the meetings are stored in no order.
    pairs = [[0, 0], *[[(rows - 1 - row) * width + 1, row] for row in range(rows)]]
    places = np.array(pairs).reshape(-1)
    x, weights = integers(1 + 4 * inputs, dtype), integers(3 + inputs * width, dtype)
    made, expected = (guard(integers(rows * width + 1, dtype)) for _ in range(2))
    multiply(made, guard(places), guard(x), guard(weights), fetches)
    loops.multiply(expected, places, 2, x, 1, 4, inputs, weights, 3, fetches, rows, count, lanes)
    np.testing.assert_array_equal(made, expected)


@pytest.mark.parametrize(("dtype", "lanes"), WIDTHS)
@pytest.mark.parametrize("size", [1, 4, 13, 16, 35])
@pytest.mark.parametrize("kept", [1, 16, 19, 32])
def test_outputs_are_those_of_the_loops(dtype: str, lanes: int, size: int, kept: int) -> None:
    fast: Any = vectors

    @compile_kernel
    def store(y: Array, sums: Array, size: int, kept: int) -> None:
        fast.store(y, 2, size + 3, size, kept, sums, 1, 32, lanes)

    sums = integers(1 + 32 * size, dtype)
    made, expected = (guard(np.full(2 + kept * (size + 3) - 3, np.nan, dtype)) for _ in range(2))
    store(made, guard(sums), size, kept)
    loops.store(expected, 2, size + 3, size, kept, sums, 1, 32, lanes)
    np.testing.assert_array_equal(made, expected)
