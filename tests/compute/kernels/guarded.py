"""Arrays that end where the memory ends: an access beyond one kills the process at once.

Nothing else sees a vector that reaches a little too far. NumPy rounds its memory up, and what lies
after it is usually mapped.
"""

from __future__ import annotations

import ctypes
import mmap
import os

import numpy as np

from deconvcli.compute.kernels.reference import Array

PAGE = mmap.PAGESIZE
NO_ACCESS = 0


def guard(array: Array, *, front: bool = False) -> Array:
    """Return a copy with no memory after its end, or before its start; plain without mprotect."""
    if os.name != "posix":
        return np.array(array)
    middle = -(-max(array.nbytes, 1) // PAGE) * PAGE
    pages = mmap.mmap(-1, middle + 2 * PAGE)
    start = ctypes.addressof(ctypes.c_char.from_buffer(pages))
    for place in (start, start + PAGE + middle):
        _forbid(place)
    offset = PAGE if front else PAGE + middle - array.nbytes
    copy = np.frombuffer(pages, array.dtype, array.size, offset).reshape(array.shape)
    copy[...] = array
    return copy


def _forbid(place: int) -> None:
    """Forbid every access to the page at this address."""
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    if protect(ctypes.c_void_p(place), ctypes.c_size_t(PAGE), NO_ACCESS):
        raise OSError(ctypes.get_errno(), "mprotect")
