"""What is known of an array in an open file before it is read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, NamedTuple

from numpy.typing import NDArray

from deconvcli.common.errors import DeconvError, Unreadable
from deconvcli.common.files import format_path
from deconvcli.layers.text import size_text

ALLOWED = "integers and floating-point numbers are allowed"


class Entry(NamedTuple):
    """The shape and the number type of an array. problem: why it cannot be read, if it cannot."""

    shape: tuple[int, ...]
    dtype: str
    problem: DeconvError | None = None

    def __str__(self) -> str:
        if self.problem is not None and not self.shape:
            return "(unreadable)"
        return f"{size_text(self.shape) if self.shape else 'one number'} {self.dtype}"


class ArrayFile(ABC):
    """An open file. entries: its arrays by name; that of a file for one array is empty."""

    def __init__(self, path: str, entries: Mapping[str, Entry]) -> None:
        self.path = path
        self.entries = entries

    @abstractmethod
    def read(self, name: str) -> NDArray[Any]:
        """Return one of the arrays, C-contiguous and in native byte order.

        Raises:
            DeconvError: it cannot be read.
        """


def damaged_file(path: str, kind: str, what: str) -> Unreadable:
    """Return the error for a file that is not a whole one of its kind."""
    return Unreadable(
        f"{format_path(path)}: is not a whole {kind} file: {what}", help="write it again."
    )


def number_type_error(place: str, dtype: str) -> Unreadable:
    """Return the error for an array of other things than numbers that are carried over."""
    return Unreadable(
        f"{format_path(place)}: holds {dtype}; {ALLOWED}", help="convert it, and save it again."
    )
