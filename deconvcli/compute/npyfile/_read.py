"""The reader of whole files."""

from __future__ import annotations

from io import BufferedReader
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deconvcli.common.errors import OutOfMemory
from deconvcli.common.files import StrPath, format_path
from deconvcli.compute.npyfile._header import Header, damaged_file, open_regular, refuse_integers
from deconvcli.compute.npyfile._shared import pieces, refuse_unreadable


def read(path: StrPath, *, cast: bool = False) -> NDArray[Any]:
    """Return the array in a file: float16, float32 or float64, native byte order, C-contiguous.

    With `cast`, integers and booleans become float64.

    Raises:
        Unreadable: as read_header, or the file became shorter while it was read.
        UsageError: the file holds integers or booleans, without `cast`.
        OutOfMemory: the data does not fit in memory.
    """
    name = format_path(path)
    with open_regular(path) as (file, header), refuse_unreadable(name):
        if not cast:
            refuse_integers(header, name)
        try:
            return _convert(_read_data(file, header, name), header)
        except MemoryError as error:
            raise OutOfMemory(
                f"{name}: its {header.nbytes} bytes do not fit in memory",
                help="use --mmap, a smaller input, or a machine with more memory",
            ) from error


def _read_data(file: BufferedReader, header: Header, name: str) -> NDArray[Any]:
    """Return the elements in the file's order and byte order, flat."""
    file.seek(header.offset)
    data = np.empty(prod(header.shape), header.dtype)
    content = data.view(np.uint8).data
    for place in pieces(header.nbytes):
        if file.readinto(content[place]) != place.stop - place.start:
            raise damaged_file(name, "it became shorter while it was read")
    return data


def _convert(data: NDArray[Any], header: Header) -> NDArray[Any]:
    native = header.dtype.newbyteorder("=") if header.dtype.kind == "f" else np.dtype(np.float64)
    data = data.astype(native, copy=False)
    if header.fortran_order:
        # Not ascontiguousarray, which would give an axis to an array without axes.
        return np.asarray(data.reshape(header.shape[::-1]).T, order="C")
    return data.reshape(header.shape)
