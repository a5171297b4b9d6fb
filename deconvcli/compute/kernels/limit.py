"""What this machine can compute at most, measured by the tile alone."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from deconvcli.compute.kernels.compiled import cache_folder, compiled, identity, replace
from deconvcli.compute.kernels.machine import machine
from deconvcli.compute.kernels.pool import share
from deconvcli.compute.kernels.reference import Array

SECONDS = 0.2
"""Spent on a measurement; the fastest of its rounds counts."""
TIMES = 5
"""Measurements that are made before the best is final."""
INPUTS, TAPS, LINE = 32, 4, 192
"""A panel of 24 KiB in float32: it stays in the first cache of any processor."""


@cache
def flops(dtype: str, threads: int) -> float:
    """FLOP/s of so many threads in float32 or float64; 0.0 where vectors are not known.

    float16 is computed in float32. The best of a few processes' measurements, kept in a file: one
    alone may have met a busy machine.
    """
    if not machine().bits:
        return 0.0
    wide = "float64" if dtype == "float64" else "float32"
    folder = cache_folder()
    if folder is None:
        return _measured(wide, threads)
    file = folder / f"limit-{wide}-{threads}-{identity()[:32]}.json"
    best, times = _kept(file)
    if times < TIMES:
        best = max(best, _measured(wide, threads))
        with suppress(OSError):  # a full disk only costs another measurement
            replace(file, json.dumps([best, times + 1]).encode())
    return best


def _kept(file: Path) -> tuple[float, int]:
    """(the best so far, how often it was measured); nothing, if the file is damaged."""
    try:
        best, times = json.loads(file.read_text())
        return float(best), int(times)
    except (OSError, ValueError, TypeError):
        return 0.0, 0


def _measured(dtype: str, threads: int) -> float:
    """The rate of tiles whose panel and weights never leave the first cache."""
    from deconvcli.compute.kernels.tiled.cost import RATES

    rates = RATES[machine().registers]
    rows, vectors = max(rates, key=lambda tile: rates[tile])
    lanes = machine().lanes(np.dtype(dtype).itemsize)
    work = _work(rows, vectors, lanes)
    arrays = [_arrays(dtype, rows, vectors, lanes) for _ in range(threads)]
    each = 2 * rows * vectors * lanes * INPUTS * TAPS
    work(*arrays[0], 1)  # compiled before the clock starts
    repeats, best, end = 2000, 0.0, perf_counter() + SECONDS
    while not best or perf_counter() < end:
        begin = perf_counter()
        share(lambda given: work(*given, repeats), arrays, threads)
        best = max(best, threads * repeats * each / (perf_counter() - begin))
    return best


def _arrays(dtype: str, rows: int, vectors: int, lanes: int) -> tuple[Array, ...]:
    """(sums, panel, starts, offsets, weights) of a thread, full of ones."""
    starts = np.arange(vectors, dtype=np.int64) * lanes
    offsets = np.arange(TAPS, dtype=np.int64) * lanes
    sizes = (rows * vectors * lanes, INPUTS * LINE, INPUTS * TAPS * rows)
    sums, panel, weights = (np.ones(size, dtype) for size in sizes)
    return sums, panel, starts, offsets, weights


@cache
def _work(rows: int, vectors: int, lanes: int) -> Any:
    from deconvcli.compute.kernels.tiled import vectors as tiled

    multiply: Any = tiled.multiply

    @compiled
    def tiles(
        sums: Array, panel: Array, starts: Array, offsets: Array, weights: Array, repeats: int
    ) -> None:
        for _ in range(repeats):
            multiply(
                sums, 0, sums, 0, panel, 0, LINE, starts, 0, offsets, 0, TAPS, INPUTS, weights, 0,
                0, rows, 1, 1, 1, vectors, lanes,
            )  # fmt: skip

    return tiles
