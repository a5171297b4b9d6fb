"""The header of a file, compared with the file's size."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.lib import format as npy

from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.common.files import StrPath, format_path, open_regular_file
from deconvcli.compute.npyfile._shared import refuse_unreadable

MAX_HEADER_BYTES = 10_000
"""Bytes of a header; the longest one of an array of plain numbers has about 2,000 (64 axes)."""

HEAD_BYTES = MAX_HEADER_BYTES + 12
"""Bytes of a header with the magic string, the version and the length, which come before it."""

MAX_AXES = 32
"""Axes of an array; NumPy 1.26 has no more."""


@dataclass(frozen=True)
class Header:
    """The header of a file, whose data starts at `offset` and takes `nbytes` bytes."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran_order: bool
    offset: int
    nbytes: int


def read_header(path: StrPath) -> Header:
    """Return the header of a file, which agrees with the file's size; no data is read.

    Raises:
        Unreadable: the file is not regular, not .npy, or damaged, or holds no real numbers.
    """
    with open_regular(path) as (_, header):
        return header


@contextmanager
def open_regular(path: StrPath) -> Iterator[tuple[io.BufferedReader, Header]]:
    """Open a regular file for reading, and yield it with its header.

    Raises:
        Unreadable: as read_header; errors inside the block are not changed.
    """
    name = format_path(path)
    with ExitStack() as stack:
        with refuse_unreadable(name):
            file = stack.enter_context(open_regular_file(path))
            start = file.read(HEAD_BYTES)
            header = parse_header(start, os.fstat(file.fileno()).st_size, name)
        yield file, header


def refuse_integers(header: Header, name: str) -> None:
    """Refuse integers and booleans, which are converted only on request.

    Raises:
        UsageError: the file holds integers or booleans.
    """
    if header.dtype.kind != "f":
        raise UsageError(
            f"{name}: holds {header.dtype}; float16, float32 or float64 is allowed",
            help="pass --cast to convert it to float64",
        )


def damaged_file(name: str, what: str) -> Unreadable:
    """Return the error for a file that is not a whole .npy file."""
    return Unreadable(
        f"{name}: is not a whole .npy file: {what}",
        help="write it again with numpy.save (allow_pickle=False)",
    )


def parse_header(start: bytes, size: int, name: str) -> Header:
    """Return the header of an array that takes `size` bytes and begins with the bytes of `start`.

    Raises:
        Unreadable: the array is damaged, or holds no real numbers.
    """
    shape, fortran_order, dtype, offset = _parse(start, name)
    _refuse_dtype(dtype, name)
    if len(shape) > MAX_AXES or any(type(n) is not int or n < 0 for n in shape):
        raise damaged_file(name, f"its shape is {str(shape)[:80]}")
    # In Python's integers, which no claimed size overflows.
    nbytes = prod(shape) * dtype.itemsize
    actual = size - offset
    if nbytes != actual:
        raise damaged_file(
            name, f"it has {actual} bytes of data, but its header says {_format_count(nbytes)}"
        )
    return Header(shape, dtype, fortran_order, offset, nbytes)


def _format_count(number: int) -> str:
    # A claimed size may have thousands of digits, which Python refuses to write.
    return str(number) if number < 10**30 else "more than 10^30"


def _parse(start: bytes, name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """Return (shape, fortran_order, dtype, offset) as NumPy's parser reads them."""
    file = io.BytesIO(start)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python 2's headers, outdated type codes
            version = npy.read_magic(file)
            # Version 3 differs from 2 only in the names of structure fields, which are refused.
            if version not in [(1, 0), (2, 0), (3, 0)]:
                raise ValueError(f"version {version}")
            parser = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, fortran_order, dtype = parser(file, max_header_size=MAX_HEADER_BYTES)
    except Exception as error:  # a damaged header can raise anything, even tokenize.TokenError
        raise damaged_file(name, "its header cannot be read") from error
    return shape, fortran_order, dtype, file.tell()


def _refuse_dtype(dtype: np.dtype[Any], name: str) -> None:
    is_float = dtype.kind == "f" and dtype.itemsize in (2, 4, 8)
    if is_float or dtype.kind in "iub":
        return
    kinds = {
        "O": "pickled Python objects, which are never loaded",
        "c": f"complex numbers ({dtype})",
        "f": f"{dtype}, which differs between machines",
        "V": f"structured or raw data ({dtype}); bfloat16 files look like this",
    }
    raise Unreadable(
        f"{name}: holds {kinds.get(dtype.kind, str(dtype))}; float16, float32"
        " or float64 is allowed",
        help="convert it with numpy.ndarray.astype and save it again",
    )
