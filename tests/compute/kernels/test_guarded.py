"""The guard itself: it kills a process that leaves an array, and no other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.compute.kernels.guarded import guard

ROOT = Path(__file__).parents[3]
PROGRAM = """
import ctypes, numpy
from tests.compute.kernels.guarded import guard
array = guard(numpy.arange(5.0), front={front})
ctypes.memset(array.ctypes.data + {at}, 0, 1)
"""


@pytest.mark.skipif(os.name != "posix", reason="mprotect is POSIX's")
@pytest.mark.parametrize(
    ("front", "at", "is_killed"),
    [(False, 40, True), (False, 39, False), (True, -1, True), (True, 0, False)],
)
def test_one_byte_beyond_the_array_is_fatal(front: bool, at: int, is_killed: bool) -> None:
    program = PROGRAM.format(front=front, at=at)
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert (result.returncode < 0) == is_killed


@pytest.mark.parametrize("front", [False, True])
def test_the_copy_is_the_array(front: bool) -> None:
    array = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(guard(array, front=front), array, strict=True)
    assert guard(array[:0]).shape == (0, 3)
