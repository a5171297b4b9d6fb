"""A file written in one step: a reader sees the old one or all of the new one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from deconvcli.errors import UsageError
from deconvcli.npyfile._shared import StrPath, exists, not_regular, pieces, shown, writing


def write(path: StrPath, array: NDArray[Any], *, force: bool = False) -> None:
    """Write `array` in one step.

    Raises:
        Unreadable: the file exists (without `force`), is no regular file, or cannot be written.
        UsageError: the array does not hold plain numbers.
    """
    name = shown(path)
    if array.dtype.kind not in "fiub":
        raise UsageError(f"{name}: cannot hold {array.dtype}", help="write real numbers")
    with aside(path, force=force) as file, writing(name):
        _write_array(file, array)


@contextmanager
def aside(path: StrPath, *, force: bool) -> Iterator[BufferedRandom]:
    """A new file beside `path`, which gets that name if all goes well, and else is removed.

    Raises:
        Unreadable: as `write`.
    """
    name = shown(path)
    with writing(name):
        _refuse_target(os.fspath(path), name, force)
        target = os.path.realpath(path)  # through a link, so that the link stays
    temporary = os.path.join(os.path.dirname(target), f".deconv-{secrets.token_hex(8)}.tmp")
    try:  # before it is there: Ctrl-C may come as soon as it is
        with writing(name):
            created = _created(temporary)
        with _closed_after(created) as file:
            yield file
            with writing(name):
                file.flush()
                os.fsync(file.fileno())
        with writing(name):
            _publish(temporary, target, force)
    finally:
        with suppress(OSError, ValueError):
            os.unlink(temporary)


def _created(path: str) -> BufferedRandom:
    # Not tempfile: the system applies the umask to 0666 here, tempfile leaves 0600.
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return open(os.open(path, flags, 0o666), "w+b")


@contextmanager
def _closed_after(file: BufferedRandom) -> Iterator[BufferedRandom]:
    try:
        yield file
    finally:
        with suppress(OSError):  # closing tries again to write what could not be written
            file.close()


def _refuse_target(target: str, name: str, force: bool) -> None:
    """Never replace a device, a pipe or a folder, nor, without `force`, anything."""
    if not os.path.basename(target):
        raise not_regular(name)
    if os.path.exists(target) and not os.path.isfile(target):
        raise not_regular(name)
    if os.path.lexists(target) and not force:
        raise exists(name)


def _write_array(file: BufferedRandom, array: NDArray[Any]) -> None:
    plain = np.asarray(array, order="C")
    npy.write_array_header_1_0(file, npy.header_data_from_array_1_0(plain))
    # Not tofile, whose error on a full disk does not say so.
    content = plain.reshape(-1).view(np.uint8).data
    for place in pieces(len(content)):
        file.write(content[place])
        file.flush()
        os.fsync(file.fileno())


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
