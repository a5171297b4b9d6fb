"""Reading and writing .npy files; a damaged or hostile file ends in one clear line.

NumPy's own reader allocates what a header claims before it looks at the file, accepts trailing
bytes, and lets ten kinds of exception out. Here the header is held against the file's size first.

Source: numpy.lib.format, "Format Version 1.0" to "3.0" (NumPy enhancement proposal 1).
"""

from __future__ import annotations

import io
import os
import secrets
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO, TypeAlias

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from deconvcli.errors import OutOfMemory, Unreadable, UsageError

StrPath: TypeAlias = str | os.PathLike[str]

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
    with _opened(path) as file:
        return _header(file, shown(path))


def read(path: StrPath, *, cast: bool = False) -> NDArray[Any]:
    """The array in a file: float16, float32 or float64, native byte order, C-contiguous.

    Integers and booleans become float64 if `cast` says so.

    Raises:
        Unreadable: as read_header, or the file shrinks while it is read.
        UsageError: integers or booleans without `cast`.
        OutOfMemory: the data does not fit.
    """
    name = shown(path)
    with _opened(path) as file:
        header = _header(file, name)
        if header.dtype.kind != "f" and not cast:
            raise UsageError(
                f"{name}: holds {header.dtype}; float16, float32 or float64 is computed with",
                help="pass --cast to convert it to float64",
            )
        try:
            return _converted(_data(file, header, name), header)
        except MemoryError as error:
            raise OutOfMemory(
                f"{name}: its {header.nbytes} bytes do not fit in memory",
                help="use a smaller input or a machine with more memory",
            ) from error


def write(path: StrPath, array: NDArray[Any], *, force: bool = False) -> None:
    """Write `array` in one step: a reader sees the old file or all of the new one.

    Raises:
        Unreadable: the file exists (without `force`), is no regular file, or cannot be written.
        UsageError: the array does not hold plain numbers.
    """
    name = shown(path)
    if array.dtype.kind not in "fiub":
        raise UsageError(f"{name}: cannot hold {array.dtype}", help="write real numbers")
    try:
        _refuse_target(os.fspath(path), name, force)
        target = os.path.realpath(path)  # through a link, so that the link stays
        _write_aside(target, array, force)
    except FileExistsError as error:
        raise _exists(name) from error
    except (OSError, ValueError) as error:
        raise Unreadable(
            f"{name}: cannot be written: {_reason(error)}",
            help="write into an existing folder that has room and that you may write to",
        ) from error


def shown(path: StrPath) -> str:
    """The path for a message, with what would disturb a terminal escaped."""
    text = os.fspath(path) or "(empty name)"
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


@contextmanager
def _opened(path: StrPath) -> Iterator[BinaryIO]:
    """A regular file, open for reading. What the system refuses inside is Unreadable too."""
    name = shown(path)
    # Non-blocking: opening a pipe that nobody writes to would hang before fstat can tell.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise _not_regular(name)
        with open(os.open(path, flags), "rb") as file:
            # Looked at again: the name may have changed hands in between.
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _not_regular(name)
            yield file
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise Unreadable(
            f"{name}: cannot be read: {_reason(error)}",
            help="name an existing .npy file that you may read",
        ) from error


def _not_regular(name: str) -> Unreadable:
    return Unreadable(
        f"{name}: is a folder or a device, not a regular file", help="name an .npy file"
    )


def _exists(name: str) -> Unreadable:
    return Unreadable(f"{name}: exists already", help="pass --force or choose another name")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _header(file: BinaryIO, name: str) -> Header:
    shape, fortran_order, dtype, offset = _parsed(file, name)
    _refuse_dtype(dtype, name)
    if len(shape) > MAX_AXES or any(type(n) is not int or n < 0 for n in shape):
        raise _damaged(name, f"its shape is {str(shape)[:80]}")
    nbytes = prod(shape) * dtype.itemsize
    actual = os.fstat(file.fileno()).st_size - offset
    if nbytes != actual:
        raise _damaged(name, f"{actual} bytes of data, its header promises {_count(nbytes)}")
    return Header(shape, dtype, fortran_order, offset, nbytes)


def _count(number: int) -> str:
    return str(number) if number < 10**30 else "more than 10^30"


def _parsed(file: BinaryIO, name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
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
        raise _damaged(name, "its header cannot be read") from error
    return shape, fortran_order, dtype, start.tell()


def _damaged(name: str, what: str) -> Unreadable:
    return Unreadable(
        f"{name}: is not a whole .npy file: {what}",
        help="write it again with numpy.save (allow_pickle=False)",
    )


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


def _data(file: BinaryIO, header: Header, name: str) -> NDArray[Any]:
    """The elements in the file's order and byte order, flat."""
    file.seek(header.offset)
    data = np.fromfile(file, header.dtype, prod(header.shape))
    if data.nbytes != header.nbytes:
        raise _damaged(name, "it became shorter while it was read")
    return data


def _converted(data: NDArray[Any], header: Header) -> NDArray[Any]:
    native = header.dtype.newbyteorder("=") if header.dtype.kind == "f" else np.dtype(np.float64)
    data = data.astype(native, copy=False)
    if header.fortran_order:
        # Not ascontiguousarray, which gives an array without axes one.
        return np.asarray(data.reshape(header.shape[::-1]).T, order="C")
    return data.reshape(header.shape)


def _refuse_target(target: str, name: str, force: bool) -> None:
    """Never replace a device, a pipe or a folder, nor, without `force`, anything."""
    if not os.path.basename(target):
        raise _not_regular(name)
    if os.path.exists(target) and not os.path.isfile(target):
        raise _not_regular(name)
    if os.path.lexists(target) and not force:
        raise _exists(name)


def _write_aside(target: str, array: NDArray[Any], force: bool) -> None:
    """Write a temporary file beside `target`, then give it that name; leave nothing else."""
    temporary = os.path.join(os.path.dirname(target), f".deconv-{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # Not tempfile: the system applies the umask to 0666 here, tempfile leaves 0600.
    descriptor = os.open(temporary, flags, 0o666)
    try:
        with open(descriptor, "wb") as file:
            _write_array(file, array)
            file.flush()
            os.fsync(descriptor)
        _publish(temporary, target, force)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)


def _write_array(file: BinaryIO, array: NDArray[Any]) -> None:
    plain = np.asarray(array, order="C")
    npy.write_array_header_1_0(file, npy.header_data_from_array_1_0(plain))
    # Not tofile, whose error on a full disk does not say so.
    file.write(plain.reshape(-1).view(np.uint8).data)


def _publish(temporary: str, target: str, force: bool) -> None:
    """Give `temporary` its name; without `force` only if the name is still free."""
    if not force:
        try:
            os.link(temporary, target)
            return
        except FileExistsError:
            raise
        except (OSError, AttributeError):  # no hard links here; look once more, then replace
            if os.path.lexists(target):
                raise FileExistsError(target) from None
    os.replace(temporary, target)
