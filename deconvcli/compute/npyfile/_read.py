"""The reader of whole arrays."""

from __future__ import annotations

from io import BufferedIOBase
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
        native = header.dtype if header.dtype.kind == "f" else np.dtype(np.float64)
        return read_data(file, header, name, native)


def read_data(
    file: BufferedIOBase, header: Header, name: str, dtype: np.dtype[Any] | None = None
) -> NDArray[Any]:
    """Return the array whose header was read from a file, in native byte order, C-contiguous.

    dtype: the number type that it becomes; by default its own.

    Raises:
        Unreadable: the file became shorter.
        OutOfMemory: the data does not fit in memory.
    """
    native = (dtype or header.dtype).newbyteorder("=")
    try:
        data = _read_elements(file, header, name).astype(native, copy=False)
        if header.fortran_order:
            # Not ascontiguousarray, which would give an axis to an array without axes.
            return np.asarray(data.reshape(header.shape[::-1]).T, order="C")
        return data.reshape(header.shape)
    except MemoryError as error:
        raise OutOfMemory(
            f"{name}: its {header.nbytes} bytes do not fit in memory",
            help="use --mmap, a smaller input, or a machine with more memory",
        ) from error


def _read_elements(file: BufferedIOBase, header: Header, name: str) -> NDArray[Any]:
    """Return the elements in the file's order and byte order, flat."""
    file.seek(header.offset)
    data = np.empty(prod(header.shape), header.dtype)
    content = data.view(np.uint8).data
    for place in pieces(header.nbytes):
        if file.readinto(content[place]) != place.stop - place.start:
            raise damaged_file(name, "it became shorter while it was read")
    return data
