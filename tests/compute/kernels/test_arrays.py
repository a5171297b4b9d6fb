"""Arrays begin at a cache line; large memory is used again once nothing refers to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from deconvcli.compute.kernels import arrays as room
from deconvcli.compute.kernels.arrays import Results, allocate_aligned
from deconvcli.compute.kernels.machine import CACHE_LINE_BYTES
from deconvcli.compute.kernels.reference import Array

FLOAT = np.dtype(np.float32)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_array_begins_with_a_line(dtype: str) -> None:
    for size in (1, 1000):
        array = allocate_aligned(size, np.dtype(dtype))
        assert (array.size, array.dtype.name, place(array) % CACHE_LINE_BYTES) == (size, dtype, 0)


@pytest.fixture
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MIN_REUSED_BYTES", 24)


def place(array: Array) -> int:
    return array.ctypes.data


@pytest.mark.usefixtures("_large")
def test_memory_is_used_again_once_the_array_is_gone() -> None:
    results = Results((2, 3), FLOAT)
    first = results.take()
    where = place(first)
    assert (first.shape, first.dtype, first.flags.c_contiguous) == ((2, 3), FLOAT, True)
    del first
    assert place(results.take()) == where


@pytest.mark.usefixtures("_large")
@pytest.mark.parametrize("keep", [lambda y: y, lambda y: y[1:], lambda y: y.T[::2], memoryview])
def test_memory_that_anybody_looks_into_is_left_alone(keep: Callable[[Array], Any]) -> None:
    results = Results((2, 3), FLOAT)
    first = results.take()
    first[...] = 7
    where, kept = place(first), keep(first)
    del first
    again = [results.take() for _ in range(3)]
    assert len({where, *map(place, again)}) == 4
    for array in again:
        array[...] = 0
    assert (np.asarray(kept) == 7).all()


def test_small_results_are_arrays_of_their_own() -> None:
    assert Results((2, 3), FLOAT).take().base is None


@pytest.mark.usefixtures("_large")
def test_threads_never_share_an_array() -> None:
    results = Results((100_000,), FLOAT)
    wrong: list[int] = []

    def use(number: int) -> None:
        for _ in range(100):
            mine = results.take()
            mine[...] = number
            if (mine != number).any():
                wrong.append(number)
            del mine

    threads = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
