"""What a file says about itself, held against its size."""

from __future__ import annotations

import io
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.lib import format as npy

from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.common.files import StrPath, format_path, irregular_file_error
from deconvcli.compute.npyfile._shared import reading

MAX_HEADER = 10_000
"""Bytes; the longest header of a plain number array is about 2,000 (64 axes)."""

MAX_AXES = 32
"""NumPy 1.26 has no arrays of more."""


@dataclass(frozen=True)
class Header:
    """What a file says about itself: data starts at `offset` and takes `nbytes`."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran_order: bool
    offset: int
    nbytes: int


def read_header(path: StrPath) -> Header:
    """The header of a file whose size agrees with it; no data is read.

    Raises:
        Unreadable: no regular file, not .npy, damaged, or of a type that holds no real numbers.
    """
    with opened(path) as (_, header):
        return header


@contextmanager
def opened(path: StrPath) -> Iterator[tuple[io.BufferedReader, Header]]:
    """A regular file, open for reading, and its header.

    Raises:
        Unreadable: as read_header; errors inside stay what they are.
    """
    name = format_path(path)
    with ExitStack() as stack:
        with reading(name):
            file = stack.enter_context(_regular(path, name))
            header = _header(file, name)
        yield file, header


def _regular(path: StrPath, name: str) -> io.BufferedReader:
    # Non-blocking: opening a pipe that nobody writes to would hang before fstat can tell.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise irregular_file_error(name)
    file = open(os.open(path, flags), "rb")  # noqa: SIM115 - whoever asked for it closes it
    # Looked at again: the name may have changed hands in between.
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise irregular_file_error(name)
    return file


def refuse_integers(header: Header, name: str) -> None:
    """Integers and booleans are computed with only where somebody said so.

    Raises:
        UsageError: the file holds some.
    """
    if header.dtype.kind != "f":
        raise UsageError(
            f"{name}: holds {header.dtype}; float16, float32 or float64 is computed with",
            help="pass --cast to convert it to float64",
        )


def damaged(name: str, what: str) -> Unreadable:
    """Not what a header, or an .npy file, promises."""
    return Unreadable(
        f"{name}: is not a whole .npy file: {what}",
        help="write it again with numpy.save (allow_pickle=False)",
    )


def _header(file: io.BufferedReader, name: str) -> Header:
    shape, fortran_order, dtype, offset = _parsed(file, name)
    _refuse_dtype(dtype, name)
    if len(shape) > MAX_AXES or any(type(n) is not int or n < 0 for n in shape):
        raise damaged(name, f"its shape is {str(shape)[:80]}")
    nbytes = prod(shape) * dtype.itemsize
    actual = os.fstat(file.fileno()).st_size - offset
    if nbytes != actual:
        raise damaged(name, f"{actual} bytes of data, its header promises {_count(nbytes)}")
    return Header(shape, dtype, fortran_order, offset, nbytes)


def _count(number: int) -> str:
    return str(number) if number < 10**30 else "more than 10^30"


def _parsed(file: io.BufferedReader, name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """(shape, fortran_order, dtype, offset) by NumPy's parser, whatever it raises."""
    start = io.BytesIO(file.read(MAX_HEADER + 12))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # headers by Python 2, outdated type codes
            version = npy.read_magic(start)
            # Version 3 differs from 2 in names of structure fields only, which are refused.
            if version not in [(1, 0), (2, 0), (3, 0)]:
                raise ValueError(f"version {version}")
            parser = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, fortran_order, dtype = parser(start, max_header_size=MAX_HEADER)
    except Exception as error:  # a damaged header raises anything, tokenize.TokenError included
        raise damaged(name, "its header cannot be read") from error
    return shape, fortran_order, dtype, start.tell()


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
        f"{name}: holds {kinds.get(dtype.kind, str(dtype))}; float16, float32 or float64 is read",
        help="convert it with numpy.ndarray.astype and save it again",
    )
