"""Tables of FlatBuffers: fields by number, strings and vectors, with every offset checked.

Source: flatbuffers.dev/internals, and tensorflow/lite/schema/schema.fbs for the field numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

Data: TypeAlias = Any
"""A bytes-like object; slices of it are bytes."""
MAX_ITEMS = 1 << 24


class DamagedFile(ValueError):
    """An offset leads out of the file, or a vector is longer than the file."""


class Table(NamedTuple):
    """A table. data: the whole file. place: where the table begins."""

    data: Data
    place: int

    def number(self, field: int, kind: str, default: int = 0) -> int:
        """Return a number. kind: its letter of `struct`."""
        place = self._find(field)
        return default if place is None else read_number(self.data, place, kind)

    def text(self, field: int) -> str:
        """Return a string; an empty one where there is none."""
        return self.raw(field).decode("utf-8", "replace")

    def raw(self, field: int) -> bytes:
        """Return the bytes of a string, or of a vector of bytes."""
        start, count = self._find_vector(field, 1)
        return bytes(self.data[start : start + count])

    def numbers(self, field: int, kind: str = "i") -> tuple[int, ...]:
        """Return a vector of numbers."""
        start, count = self._find_vector(field, struct.calcsize(kind))
        if start + count * struct.calcsize(kind) > len(self.data):
            raise DamagedFile("a vector is longer than the file")
        return struct.unpack_from(f"<{count}{kind}", self.data, start)

    def has(self, field: int) -> bool:
        """Return whether a field is in the file."""
        return self._find(field) is not None

    def table(self, field: int) -> Table | None:
        """Return the table in a field, which may be one of a union."""
        place = self._find(field)
        return None if place is None else Table(self.data, _follow(self.data, place))

    def tables(self, field: int) -> Sequence[Table]:
        """Return a vector of tables."""
        start, count = self._find_vector(field, 4)
        return [Table(self.data, _follow(self.data, start + 4 * number)) for number in range(count)]

    def _find(self, field: int) -> int | None:
        """Return where a field stands, or None."""
        header = self.place - read_number(self.data, self.place, "i")
        size = read_number(self.data, header, "H")
        entry = 4 + 2 * field
        offset = read_number(self.data, header + entry, "H") if entry + 2 <= size else 0
        return self.place + offset if offset else None

    def _find_vector(self, field: int, item: int) -> tuple[int, int]:
        """Return where a vector's items begin, and how many there are."""
        place = self._find(field)
        if place is None:
            return 0, 0
        start = _follow(self.data, place)
        count = read_number(self.data, start, "I")
        if count > MAX_ITEMS or start + 4 + count * item > len(self.data):
            raise DamagedFile("a vector is longer than the file")
        return start + 4, count


def read_number(data: Data, place: int, kind: str) -> int:
    """Return the number at a place.

    Raises:
        DamagedFile: the place is outside the file.
    """
    if not 0 <= place <= len(data) - struct.calcsize(kind):
        raise DamagedFile("an offset leads out of the file")
    [number] = struct.unpack_from(f"<{kind}", data, place)
    return int(number)


def _follow(data: Data, place: int) -> int:
    return place + read_number(data, place, "I")
