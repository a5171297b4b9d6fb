"""What reading and writing share: names in messages, errors, pieces."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from deconvcli.errors import Unreadable

StrPath: TypeAlias = str | os.PathLike[str]

PIECE = 1 << 24
"""Bytes read or written at a time: Ctrl-C is answered in between."""


def pieces(size: int) -> Iterator[slice]:
    """All of `size` bytes."""
    for start in range(0, size, PIECE):
        yield slice(start, min(start + PIECE, size))


def shown(path: StrPath) -> str:
    """The path for a message, with what would disturb a terminal escaped."""
    text = os.fspath(path) or "(empty name)"
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """What the system refuses inside is Unreadable."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise Unreadable(
            f"{name}: cannot be read: {_reason(error)}",
            help="name an existing .npy file that you may read",
        ) from error


@contextmanager
def writing(name: str) -> Iterator[None]:
    """What the system refuses inside is Unreadable."""
    try:
        yield
    except FileExistsError as error:
        raise exists(name) from error
    except (OSError, ValueError) as error:
        raise Unreadable(
            f"{name}: cannot be written: {_reason(error)}",
            help="write into an existing folder that has room and that you may write to",
        ) from error


def not_regular(name: str) -> Unreadable:
    """A folder or a device where a file is needed."""
    return Unreadable(
        f"{name}: is a folder or a device, not a regular file", help="name an .npy file"
    )


def exists(name: str) -> Unreadable:
    """A file where none may be."""
    return Unreadable(f"{name}: exists already", help="pass --force or choose another name")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
