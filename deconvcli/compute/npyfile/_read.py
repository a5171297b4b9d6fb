"""A file read whole."""

from __future__ import annotations

from io import BufferedReader
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deconvcli.common.errors import OutOfMemory
from deconvcli.common.files import StrPath, format_path
from deconvcli.compute.npyfile._header import Header, damaged, opened, refuse_integers
from deconvcli.compute.npyfile._shared import pieces, reading


def read(path: StrPath, *, cast: bool = False) -> NDArray[Any]:
    """The array in a file: float16, float32 or float64, native byte order, C-contiguous.

    Integers and booleans become float64 if `cast` says so.

    Raises:
        Unreadable: as read_header, or the file shrinks while it is read.
        UsageError: integers or booleans without `cast`.
        OutOfMemory: the data does not fit.
    """
    name = format_path(path)
    with opened(path) as (file, header), reading(name):
        if not cast:
            refuse_integers(header, name)
        try:
            return _converted(_data(file, header, name), header)
        except MemoryError as error:
            raise OutOfMemory(
                f"{name}: its {header.nbytes} bytes do not fit in memory",
                help="use a smaller input or a machine with more memory",
            ) from error


def _data(file: BufferedReader, header: Header, name: str) -> NDArray[Any]:
    """The elements in the file's order and byte order, flat."""
    file.seek(header.offset)
    data = np.empty(prod(header.shape), header.dtype)
    content = data.view(np.uint8).data
    for place in pieces(header.nbytes):
        if file.readinto(content[place]) != place.stop - place.start:
            raise damaged(name, "it became shorter while it was read")
    return data


def _converted(data: NDArray[Any], header: Header) -> NDArray[Any]:
    native = header.dtype.newbyteorder("=") if header.dtype.kind == "f" else np.dtype(np.float64)
    data = data.astype(native, copy=False)
    if header.fortran_order:
        # Not ascontiguousarray, which gives an array without axes one.
        return np.asarray(data.reshape(header.shape[::-1]).T, order="C")
    return data.reshape(header.shape)
