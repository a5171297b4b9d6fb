"""Input and weights that are easy to reproduce, and a fingerprint of the output.

The numbers are small integers, so that every sum is exact in float32 whatever the order of the
additions: equal results have equal bits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def pattern_input(shape: Sequence[int]) -> Array:
    """Return x with x.flat[i] = ((7*i + 3) % 11) - 5, float32."""
    return _repeat_pattern(shape, 7, 3, 11)


def pattern_weight(shape: Sequence[int]) -> Array:
    """Return w with w.flat[i] = ((5*i + 1) % 7) - 3, float32."""
    return _repeat_pattern(shape, 5, 1, 7)


def _repeat_pattern(shape: Sequence[int], factor: int, offset: int, modulus: int) -> Array:
    numbers = (factor * np.arange(prod(shape)) + offset) % modulus - modulus // 2
    return numbers.astype(np.float32).reshape(tuple(shape))


def fingerprint(y: Array) -> str:
    """Return the sha256 of the values as int64 in C order."""
    return hashlib.sha256(np.ascontiguousarray(y.astype(np.int64)).tobytes()).hexdigest()
