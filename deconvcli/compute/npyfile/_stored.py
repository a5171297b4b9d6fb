"""Arrays that stay in their files and are read and written in parts, because they exceed memory.

Files are not mapped into memory. There a part would take whole pages, of up to 2 MiB each, and a
page that cannot be read would end the process without an error.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedRandom, BufferedReader
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray

from deconvcli.common.files import StrPath, format_path, open_atomically, report_write_errors
from deconvcli.compute.npyfile._header import Header, damaged_file, open_regular, refuse_integers
from deconvcli.compute.npyfile._shared import PIECE_BYTES, pieces, refuse_unreadable

File = BufferedReader | BufferedRandom
Sizes = tuple[int, ...]
Place = tuple[slice, ...]
"""A slice for each axis."""

# Errors of a file system that cannot reserve space (EINVAL: OpenZFS), not of a full disk.
RESERVE_ERRORS = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)


class Stored:
    """An array in a file: stored[place] reads a part of it, stored[place] = part writes one.

    Parts have the file's number type and byte order. strides: elements of the file from one index
    of an axis to the next, in any order, since rearrange() may have moved the axes.
    """

    def __init__(self, file: File, name: str, header: Header, shape: Sizes, strides: Sizes) -> None:
        self.dtype = header.dtype
        self.shape = shape
        self._file = file
        self._name = name
        self._header = header
        self._strides = strides
        # The axes in the order of the file, the outermost first.
        self._order = sorted(range(len(shape)), key=lambda axis: -strides[axis])
        self._unsynced = 0

    def rearrange(self, shape: Sequence[int], order: Sequence[int]) -> Stored:
        """Return the same elements as an array of `shape` with its axes in this order.

        shape: that of the file, but axes of one element may be added or missing.
        """
        strides = _strides(shape, self._header.fortran_order)
        shape, strides = (tuple(sizes[axis] for axis in order) for sizes in (shape, strides))
        return Stored(self._file, self._name, self._header, shape, strides)

    def __getitem__(self, place: Place) -> NDArray[Any]:
        """Read the part at these slices.

        Raises:
            Unreadable: the part cannot be read, or the file has become shorter.
        """
        indices = self._indices(place)
        part = np.empty([len(some) for some in indices], self.dtype)
        content = part.reshape(-1).view(np.uint8).data
        with refuse_unreadable(self._name):
            for run, offset in self._runs(indices):
                self._file.seek(offset)
                if self._file.readinto(content[run]) != run.stop - run.start:
                    raise damaged_file(self._name, "it became shorter while it was read")
        return part.transpose(np.argsort(self._order))

    def __setitem__(self, place: Place, part: NDArray[Any]) -> None:
        """Write a part at these slices.

        Raises:
            Unreadable: the part cannot be written.
        """
        ordered = np.ascontiguousarray(part.transpose(self._order), self.dtype)
        content = ordered.reshape(-1).view(np.uint8).data
        with report_write_errors(self._name):
            for run, offset in self._runs(self._indices(place)):
                self._file.seek(offset)
                self._file.write(content[run])
            self._sync(len(content))

    def _indices(self, place: Place) -> list[range]:
        """Return the indices along each axis, in the order of the file."""
        return [range(self.shape[axis])[place[axis]] for axis in self._order]

    def _runs(self, indices: Sequence[range]) -> Iterator[tuple[slice, int]]:
        """Yield (bytes of the part, their place in the file) for each run of the file."""
        sizes = [self.shape[axis] for axis in self._order]
        strides = [self._strides[axis] * self.dtype.itemsize for axis in self._order]
        # Innermost axes that are taken whole form one run with the range of the axis around them.
        inner = len(sizes)
        while inner and len(indices[inner - 1]) == sizes[inner - 1]:
            inner -= 1
        outer = max(0, inner - 1)
        length = prod(len(some) for some in indices[outer:]) * self.dtype.itemsize
        starts = [[some.start] for some in indices[outer:]]
        for number, at in enumerate(product(*indices[:outer], *starts)):
            offset = sum(index * stride for index, stride in zip(at, strides, strict=True))
            yield slice(number * length, (number + 1) * length), self._header.offset + offset

    def _sync(self, written: int) -> None:
        """Flush to the disk now and then; a single flush at the end would keep Ctrl-C waiting."""
        self._unsynced += written
        if self._unsynced >= PIECE_BYTES:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._unsynced = 0


def _whole(file: File, name: str, header: Header) -> Stored:
    return Stored(file, name, header, header.shape, _strides(header.shape, header.fortran_order))


def _strides(shape: Sequence[int], fortran_order: bool) -> Sizes:
    places = range(len(shape))
    within = (shape[:place] if fortran_order else shape[place + 1 :] for place in places)
    return tuple(prod(sizes) for sizes in within)


@contextmanager
def open_stored(path: StrPath, *, cast: bool = False) -> Iterator[Stored]:
    """Open the array in a file, to read it in parts; with `cast`, integers and booleans too.

    Raises:
        Unreadable: as read_header.
        UsageError: the file holds integers or booleans, without `cast`.
    """
    name = format_path(path)
    with open_regular(path) as (file, header):
        if not cast:
            refuse_integers(header, name)
        yield _whole(file, name, header)


@contextmanager
def reserve(
    path: StrPath, shape: Sizes, dtype: DTypeLike, *, force: bool = False
) -> Iterator[Stored]:
    """Create an array of zeros, to write it in parts; its space on the disk is taken at once.

    As with `write`, the file appears under its name only when the block ends without an error.

    Raises:
        Unreadable: as `write`.
    """
    name = format_path(path)
    with open_atomically(path, force=force) as file:
        with report_write_errors(name):
            header = _write_header(file, shape, np.dtype(dtype))
            _reserve(file, header)
        yield _whole(file, name, header)


def _write_header(file: BufferedRandom, shape: Sizes, dtype: np.dtype[Any]) -> Header:
    described = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    npy.write_array_header_1_0(file, described)
    return Header(shape, dtype, False, file.tell(), prod(shape) * dtype.itemsize)


def _reserve(file: BufferedRandom, header: Header) -> None:
    """Reserve space on the disk for the data, all zeros."""
    # The header first: posix_fallocate works below Python's buffer.
    file.flush()
    if header.nbytes and hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file.fileno(), header.offset, header.nbytes)
            return
        except OSError as error:
            if error.errno not in RESERVE_ERRORS:
                raise
    # Written zeros take the space on any file system.
    for place in pieces(header.nbytes):
        file.write(bytes(place.stop - place.start))
    file.flush()
