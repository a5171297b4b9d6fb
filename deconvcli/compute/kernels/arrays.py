"""Arrays that begin with a line of the cache, and arrays for results.

The memory of a large result is used again once nobody holds it.
"""

from __future__ import annotations

import sys
from collections import deque
from math import prod
from typing import Any

import numpy as np

from deconvcli.compute.kernels.machine import LINE
from deconvcli.compute.kernels.reference import Array

LARGE = 4 << 20
"""Bytes from which on memory that is let go may go back to the system. What comes from there was
filled with zeros, which takes as long as many a layer."""
ALONE = 2
"""References to an element of a list that nobody else holds: the list's, and that of asking."""


def aligned(size: int, dtype: np.dtype[Any]) -> Array:
    """An array that begins with a line of the cache, so that vectors lie in one line each."""
    array = np.empty(size + LINE // dtype.itemsize, dtype)
    first = -array.ctypes.data % LINE // dtype.itemsize
    return array[first : first + size]


class Results:
    """Arrays of one shape and type, each its holder's own for as long as anything refers to it."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self._shape, self._dtype = shape, dtype
        self._is_large = prod(shape) * dtype.itemsize >= LARGE
        self._last: deque[Array] = deque(maxlen=1)

    def array(self) -> Array:
        """One with any values."""
        if not self._is_large:
            return np.empty(self._shape, self._dtype)
        memory = self._unheld()
        array = memory.reshape(self._shape)
        self._last.append(memory)  # held by now, so no other thread will take it
        return array

    def _unheld(self) -> Array:
        """The memory of the last array, if that is gone with all that looked into it; else new."""
        try:
            last = [self._last.pop()]
        except IndexError:
            last = []
        if last and sys.getrefcount(last[0]) == ALONE:
            return last[0]
        return np.empty(prod(self._shape), self._dtype)
