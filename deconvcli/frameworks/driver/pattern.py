"""Input and weights that anybody can make again, and the fingerprint of what comes out.

Small integers: every sum is exact in float32 in any order, and equal results look equal.
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
    """x.flat[i] = ((7*i + 3) % 11) - 5, float32."""
    return _repeating(shape, 7, 3, 11)


def pattern_weight(shape: Sequence[int]) -> Array:
    """w.flat[i] = ((5*i + 1) % 7) - 3, float32."""
    return _repeating(shape, 5, 1, 7)


def _repeating(shape: Sequence[int], factor: int, offset: int, modulus: int) -> Array:
    numbers = (factor * np.arange(prod(shape)) + offset) % modulus - modulus // 2
    return numbers.astype(np.float32).reshape(tuple(shape))


def fingerprint(y: Array) -> str:
    """sha256 of the values as int64 in C order."""
    return hashlib.sha256(np.ascontiguousarray(y.astype(np.int64)).tobytes()).hexdigest()
