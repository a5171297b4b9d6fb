"""Errors and pieces, for reading and writing arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from deconvcli.common.errors import Unreadable
from deconvcli.common.files import describe_os_error

PIECE_BYTES = 1 << 24
"""Bytes read or written at a time; Ctrl-C is answered between pieces."""


def pieces(size: int) -> Iterator[slice]:
    """Yield slices that cover `size` bytes."""
    for start in range(0, size, PIECE_BYTES):
        yield slice(start, min(start + PIECE_BYTES, size))


@contextmanager
def refuse_unreadable(name: str, kind: str = ".npy") -> Iterator[None]:
    """Turn errors of the system inside the block into Unreadable. kind: of the file."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: the name has a null character
        raise Unreadable(
            f"{name}: cannot be read: {describe_os_error(error)}",
            help=f"name an existing {kind} file that you may read.",
        ) from error
