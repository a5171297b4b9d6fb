"""What reading and writing arrays share: errors, pieces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from deconvcli.common.errors import Unreadable
from deconvcli.common.files import describe_os_error

PIECE = 1 << 24
"""Bytes read or written at a time: Ctrl-C is answered in between."""


def pieces(size: int) -> Iterator[slice]:
    """All of `size` bytes."""
    for start in range(0, size, PIECE):
        yield slice(start, min(start + PIECE, size))


@contextmanager
def reading(name: str) -> Iterator[None]:
    """What the system refuses inside is Unreadable."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise Unreadable(
            f"{name}: cannot be read: {describe_os_error(error)}",
            help="name an existing .npy file that you may read",
        ) from error
