"""Channels last from channels first and back: matrices turned square by square, by all threads."""

from __future__ import annotations

from functools import cache, partial
from itertools import product
from math import prod
from typing import Any

import numpy as np

from deconvcli.compute.kernels import pool
from deconvcli.compute.kernels.channels.compute import fast
from deconvcli.compute.kernels.compiled import compiled
from deconvcli.compute.kernels.machine import machine
from deconvcli.compute.kernels.reference import Array

TASK = 1 << 16
"""Numbers that are worth a task."""


def channels_last(x: Array, threads: int) -> Array:
    """(N, *n, C) of x (N, C, *n), float32 or float64, contiguous."""
    batch, channels, *spatial = x.shape
    return _turned(x, channels, prod(spatial), threads).reshape(batch, *spatial, channels)


def channels_first(x: Array, threads: int) -> Array:
    """(N, C, *n) of x (N, *n, C), float32 or float64, contiguous."""
    batch, *spatial, channels = x.shape
    return _turned(x, prod(spatial), channels, threads).reshape(batch, channels, *spatial)


def _turned(x: Array, rows: int, columns: int, threads: int) -> Array:
    """The matrices of x, each of so many rows and columns, with these exchanged; flat."""
    given = np.ascontiguousarray(x).reshape(-1)
    made = np.empty_like(given)
    if not made.size:
        return made
    lanes = machine().lanes(x.dtype.itemsize)
    step = -(-max(1, TASK // rows) // lanes) * lanes
    tasks = product(range(made.size // (rows * columns)), range(0, columns, step))
    turn = partial(_turning(lanes), made, given, rows, columns, step)
    pool.share(lambda task: turn(*task), list(tasks), threads)
    return made


@cache
def _turning(lanes: int) -> Any:
    @compiled
    def turn(
        made: Array, given: Array, rows: int, columns: int, most: int, matrix: int, first: int
    ) -> None:
        """Columns first ... first+most-1 of a matrix, as far as it has them; some rows at a time.

        So few streams are read that the processor fetches them ahead.
        """
        begin, left = matrix * rows * columns, columns - first
        for row in range(0, rows, lanes):
            at, some = row, lanes
            if row + lanes > rows:  # the last ones reach back
                at, some = (rows - lanes, lanes) if rows > lanes else (0, rows)
            fast.store(
                made, begin + first * rows + at, rows, some, most if most < left else left,
                given, begin + at * columns + first, columns, lanes,
            )  # fmt: skip

    return turn
