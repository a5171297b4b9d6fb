"""Channels first to channels last and back: matrices transposed in squares, on all threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from itertools import product
from math import prod

import numpy as np

from deconvcli.compute.kernels import pool
from deconvcli.compute.kernels.channels.compute import fast
from deconvcli.compute.kernels.compilation import compile_kernel
from deconvcli.compute.kernels.machine import machine
from deconvcli.compute.kernels.reference import Array

TASK_NUMBERS = 1 << 16
"""Numbers that are worth a task of their own."""


def channels_last(x: Array, threads: int) -> Array:
    """Return x (N, C, *n), float32 or float64, as a contiguous (N, *n, C)."""
    batch, channels, *spatial = x.shape
    return _transpose(x, channels, prod(spatial), threads).reshape(batch, *spatial, channels)


def channels_first(x: Array, threads: int) -> Array:
    """Return x (N, *n, C), float32 or float64, as a contiguous (N, C, *n)."""
    batch, *spatial, channels = x.shape
    return _transpose(x, prod(spatial), channels, threads).reshape(batch, channels, *spatial)


def _transpose(x: Array, rows: int, columns: int, threads: int) -> Array:
    """Transpose the matrices of x, each with so many rows and columns; the result is flat."""
    given = np.ascontiguousarray(x).reshape(-1)
    made = np.empty_like(given)
    # The numbers of tasks below are quotients by the size of a matrix.
    if not made.size:
        return made
    lanes = machine().lanes(x.dtype.itemsize)
    # Whole vectors, so that no two tasks write into the same square.
    step = -(-max(1, TASK_NUMBERS // rows) // lanes) * lanes
    tasks = product(range(made.size // (rows * columns)), range(0, columns, step))
    transpose = partial(_transposer(lanes), made, given, rows, columns, step)
    pool.share(lambda task: transpose(*task), list(tasks), threads)
    return made


@cache
def _transposer(lanes: int) -> Callable[..., None]:
    @compile_kernel
    def transpose(
        made: Array, given: Array, rows: int, columns: int, most: int, matrix: int, first: int
    ) -> None:
        """Transpose columns first ... first+most-1 of a matrix, as far as it has them.

        A vector's rows at a time: those few streams are fetched ahead by the processor.
        """
        begin, left = matrix * rows * columns, columns - first
        for row in range(0, rows, lanes):
            at, some = row, lanes
            if row + lanes > rows:  # the last rows overlap those before them
                at, some = (rows - lanes, lanes) if rows > lanes else (0, rows)
            fast.store(
                made, begin + first * rows + at, rows, some, most if most < left else left,
                given, begin + at * columns + first, columns, lanes,
            )  # fmt: skip

    return transpose
