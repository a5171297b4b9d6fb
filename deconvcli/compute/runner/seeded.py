"""Random numbers that are the same on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from deconvcli.compute.runner.canonical import Array

RANDOM_BLOCK = 1 << 20
"""Numbers drawn at a time, which bounds the memory of the raw bits."""


def random_array(shape: Sequence[int], dtype: str, seed: int, stream: int) -> Array:
    """Return numbers in [-1, 1), equal for a seed and stream on every machine and NumPy version."""
    bits = np.random.PCG64(np.random.SeedSequence([seed, stream]))
    array = np.empty(prod(shape), dtype)
    for start in range(0, array.size, RANDOM_BLOCK):
        raw = bits.random_raw(min(RANDOM_BLOCK, array.size - start))
        # 24 bits are exact in float32; a Generator's methods may change between NumPy versions.
        array[start : start + RANDOM_BLOCK] = (raw >> 40) * 2.0**-23 - 1
    return array.reshape(shape)
