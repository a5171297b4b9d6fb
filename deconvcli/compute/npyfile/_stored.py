"""Arrays that stay in their files: parts of them are read and written, for arrays beyond memory.

Not mapped into memory: there a part takes whole pages, of up to 2 MiB each, and one that cannot
be read ends the process without a word.
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
from deconvcli.compute.npyfile._header import Header, damaged, opened, refuse_integers
from deconvcli.compute.npyfile._shared import PIECE, pieces, reading

File = BufferedReader | BufferedRandom
Sizes = tuple[int, ...]
Place = tuple[slice, ...]
"""A slice for each axis."""

# The file system cannot reserve (EINVAL: OpenZFS), which is not that it has no room.
CANNOT_RESERVE = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)


class Stored:
    """An array in a file: stored[place] reads a part of it, stored[place] = part writes one.

    Parts are in the file's number type and byte order. strides: elements of the file from one
    index of an axis to the next; rearrange() may have put the axes into another order.
    """

    def __init__(self, file: File, name: str, header: Header, shape: Sizes, strides: Sizes) -> None:
        self.dtype = header.dtype
        self.shape = shape
        self._file = file
        self._name = name
        self._header = header
        self._strides = strides
        # The axes as they lie in the file, the outermost first.
        self._order = sorted(range(len(shape)), key=lambda axis: -strides[axis])
        self._unsynced = 0

    def rearrange(self, shape: Sequence[int], order: Sequence[int]) -> Stored:
        """The same elements in an array of `shape` with its axes taken in this order.

        shape: the file's, which may have more or fewer axes of one element.
        """
        strides = _strides(shape, self._header.fortran_order)
        shape, strides = (tuple(sizes[axis] for axis in order) for sizes in (shape, strides))
        return Stored(self._file, self._name, self._header, shape, strides)

    def __getitem__(self, place: Place) -> NDArray[Any]:
        """The part at these slices.

        Raises:
            Unreadable: it cannot be read, or is not there any more.
        """
        taken = self._taken(place)
        part = np.empty([len(some) for some in taken], self.dtype)
        content = part.reshape(-1).view(np.uint8).data
        with reading(self._name):
            for run, offset in self._runs(taken):
                self._file.seek(offset)
                if self._file.readinto(content[run]) != run.stop - run.start:
                    raise damaged(self._name, "it became shorter while it was read")
        return part.transpose(np.argsort(self._order))

    def __setitem__(self, place: Place, part: NDArray[Any]) -> None:
        """Put a part where these slices say.

        Raises:
            Unreadable: it cannot be written.
        """
        ordered = np.ascontiguousarray(part.transpose(self._order), self.dtype)
        content = ordered.reshape(-1).view(np.uint8).data
        with report_write_errors(self._name):
            for run, offset in self._runs(self._taken(place)):
                self._file.seek(offset)
                self._file.write(content[run])
            self._sync(len(content))

    def _taken(self, place: Place) -> list[range]:
        """The indices along each axis, in the order of the file."""
        return [range(self.shape[axis])[place[axis]] for axis in self._order]

    def _runs(self, taken: Sequence[range]) -> Iterator[tuple[slice, int]]:
        """(bytes of the part, their place in the file) of all that lies there in one piece."""
        sizes = [self.shape[axis] for axis in self._order]
        strides = [self._strides[axis] * self.dtype.itemsize for axis in self._order]
        # Axes taken whole that lie innermost make one run with what is taken of the next one.
        inner = len(sizes)
        while inner and len(taken[inner - 1]) == sizes[inner - 1]:
            inner -= 1
        outer = max(0, inner - 1)
        length = prod(len(some) for some in taken[outer:]) * self.dtype.itemsize
        starts = [[some.start] for some in taken[outer:]]
        for number, at in enumerate(product(*taken[:outer], *starts)):
            offset = sum(index * stride for index, stride in zip(at, strides, strict=True))
            yield slice(number * length, (number + 1) * length), self._header.offset + offset

    def _sync(self, written: int) -> None:
        """Send what was written to the disk now and then: at the end Ctrl-C would wait for all."""
        self._unsynced += written
        if self._unsynced >= PIECE:
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
    """The array in a file, to be read in parts; integers and booleans if `cast` says so.

    Raises:
        Unreadable: as read_header.
        UsageError: integers or booleans without `cast`.
    """
    name = format_path(path)
    with opened(path) as (file, header):
        if not cast:
            refuse_integers(header, name)
        yield _whole(file, name, header)


@contextmanager
def reserve(
    path: StrPath, shape: Sizes, dtype: DTypeLike, *, force: bool = False
) -> Iterator[Stored]:
    """A new array of zeros to be filled in parts, its place on the disk taken at once.

    The file gets its name when all went well, as by `write`.

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
    """Take room on the disk for the data, all zeros."""
    file.flush()
    if header.nbytes and hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file.fileno(), header.offset, header.nbytes)
            return
        except OSError as error:
            if error.errno not in CANNOT_RESERVE:
                raise
    for place in pieces(header.nbytes):
        file.write(bytes(place.stop - place.start))
    file.flush()
