"""The writer of whole arrays."""

from __future__ import annotations

import os
from io import BufferedRandom
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from deconvcli.common.errors import UsageError
from deconvcli.common.files import StrPath, format_path, open_atomically, report_write_errors
from deconvcli.compute.npyfile._shared import pieces


def write(path: StrPath, array: NDArray[Any], *, force: bool = False) -> None:
    """Write `array` in one step, so that the file is there whole or not at all.

    Raises:
        Unreadable: the file exists (without `force`), is not regular, or cannot be written.
        UsageError: the array does not hold plain numbers.
    """
    name = format_path(path)
    if array.dtype.kind not in "fiub":
        raise UsageError(
            f"{name}: cannot hold {array.dtype}", help="write integers, booleans or real numbers"
        )
    with open_atomically(path, force=force) as file, report_write_errors(name):
        write_array(file, array)


def write_array(file: BufferedRandom, array: NDArray[Any]) -> None:
    """Write an array of plain numbers, and flush it to the disk."""
    plain = np.asarray(array, order="C")
    npy.write_array_header_1_0(file, npy.header_data_from_array_1_0(plain))
    # Not numpy.tofile, whose error on a full disk does not mention the disk.
    content = plain.reshape(-1).view(np.uint8).data
    for place in pieces(len(content)):
        file.write(content[place])
        file.flush()
        os.fsync(file.fileno())
