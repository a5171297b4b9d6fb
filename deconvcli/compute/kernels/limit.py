"""The highest rate that this machine can compute at, measured with the register tile alone."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from deconvcli.compute.kernels.compilation import cache_folder, compile_kernel, identity, replace
from deconvcli.compute.kernels.machine import machine
from deconvcli.compute.kernels.pool import share
from deconvcli.compute.kernels.reference import Array

MEASURING_SECONDS = 0.2
"""Duration of a measurement, of which the fastest round counts."""
MAX_MEASUREMENTS = 5
"""Measurements, by as many processes, after which the best one is final."""
PANEL_INPUTS, PANEL_TAPS, PANEL_CHANNEL_SIZE = 32, 4, 192
"""A panel of 24 KiB in float32, which stays in the first-level cache of any processor."""


@cache
def flops(dtype: str, threads: int) -> float:
    """Return the highest FLOP/s of so many threads; 0.0 if the machine's vectors are not known.

    float16 counts as float32, in which it is computed. The result is the best of the measurements
    of several processes, kept in a file: a single one may have met a busy machine.
    """
    if not machine().bits:
        return 0.0
    wide = "float64" if dtype == "float64" else "float32"
    folder = cache_folder()
    if folder is None:
        return _measure(wide, threads)
    file = folder / f"limit-{wide}-{threads}-{identity()[:32]}.json"
    best, times = _read_best(file)
    if times < MAX_MEASUREMENTS:
        best = max(best, _measure(wide, threads))
        with suppress(OSError):  # a full disk only costs another measurement
            replace(file, json.dumps([best, times + 1]).encode())
    return best


def _read_best(file: Path) -> tuple[float, int]:
    """Return the best rate so far and the number of measurements; zeros for a damaged file."""
    try:
        best, times = json.loads(file.read_text())
        return float(best), int(times)
    except (OSError, ValueError, TypeError):
        return 0.0, 0


def _measure(dtype: str, threads: int) -> float:
    """Measure the rate of tiles whose panel and weights stay in the first-level cache."""
    from deconvcli.compute.kernels.tiled.cost import RATES

    rates = RATES[machine().registers]
    rows, vectors = max(rates, key=lambda tile: rates[tile])
    lanes = machine().lanes(np.dtype(dtype).itemsize)
    work = _work(rows, vectors, lanes)
    arrays = [_arrays(dtype, rows, vectors, lanes) for _ in range(threads)]
    each = 2 * rows * vectors * lanes * PANEL_INPUTS * PANEL_TAPS
    work(*arrays[0], 1)  # compiled before the clock starts
    # The best of many rounds: whatever disturbs a round makes it slower, never faster.
    # 2,000 repeats take 0.5 to 1 ms: long beside the waking of a helper, and many rounds fit.
    repeats, best, end = 2000, 0.0, perf_counter() + MEASURING_SECONDS
    while not best or perf_counter() < end:
        begin = perf_counter()
        share(lambda given: work(*given, repeats), arrays, threads)
        best = max(best, threads * repeats * each / (perf_counter() - begin))
    return best


def _arrays(dtype: str, rows: int, vectors: int, lanes: int) -> tuple[Array, ...]:
    """Return a thread's sums, panel, starts, offsets and weights, full of ones."""
    starts = np.arange(vectors, dtype=np.int64) * lanes
    offsets = np.arange(PANEL_TAPS, dtype=np.int64) * lanes
    sizes = (
        rows * vectors * lanes,
        PANEL_INPUTS * PANEL_CHANNEL_SIZE,
        PANEL_INPUTS * PANEL_TAPS * rows,
    )
    sums, panel, weights = (np.ones(size, dtype) for size in sizes)
    return sums, panel, starts, offsets, weights


@cache
def _work(rows: int, vectors: int, lanes: int) -> Any:
    from deconvcli.compute.kernels.tiled import vectors as tiled

    multiply: Any = tiled.multiply

    @compile_kernel  # pragma: no cover - runs compiled only
    def tiles(
        sums: Array, panel: Array, starts: Array, offsets: Array, weights: Array, repeats: int
    ) -> None:
        for _ in range(repeats):
            multiply(
                sums, 0, sums, 0, panel, 0, PANEL_CHANNEL_SIZE, starts, 0, offsets, 0, PANEL_TAPS,
                PANEL_INPUTS, weights, 0, 0, rows, 1, 1, 1, vectors, lanes,
            )  # fmt: skip

    return tiles
