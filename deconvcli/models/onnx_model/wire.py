"""Protocol buffers on the wire: fields of a message, without any copy of what they hold.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from mmap import mmap
from typing import NamedTuple, TypeAlias

from deconvcli.common.errors import Unreadable

Data: TypeAlias = bytes | mmap

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
# A varint has 7 bits in each byte, and 64 at most.
_MAX_SHIFT = 63


# Fields have numbers from 1 on, beside three bits for their kind.
_FIRST_KEY = 8
MAX_FIELDS = 1_000_000
"""The most fields of one message, so that a file of zeros or of spaces takes no time."""


class Span(NamedTuple):
    """The place of a text, a message or packed numbers in the file."""

    start: int
    end: int

    @property
    def size(self) -> int:
        """The number of bytes."""
        return self.end - self.start


Value: TypeAlias = int | Span


def refuse(reason: str) -> Unreadable:
    """Return the error for a file that is no such model."""
    return Unreadable(f"the file {reason}", help="export the model again, or name another file.")


def iter_fields(data: Data, span: Span) -> Iterator[tuple[int, Value]]:
    """Yield the number and the value of each field of a message; bytes are left where they are.

    Raises:
        Unreadable: the message ends too early, or has a field that protocol buffers do not have.
    """
    place, end = span
    count = 0
    while place < end:
        key, place = _read_varint(data, place, end)
        count += 1
        if count > MAX_FIELDS or key < _FIRST_KEY:
            reason = f"a message of more than {MAX_FIELDS:,} fields" if key >= _FIRST_KEY else "a 0"
            raise refuse(f"is no ONNX model, or damaged: {reason}")
        kind = key & 7
        if kind == _BYTES:
            length, place = _read_varint(data, place, end)
            if length > end - place:
                raise refuse("is damaged: a field is longer than what holds it")
            yield key >> 3, Span(place, place + length)
            place += length
        elif kind == _VARINT:
            value, place = _read_varint(data, place, end)
            yield key >> 3, value
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
            if size > end - place:
                raise refuse("is damaged: it ends inside a number")
            yield key >> 3, Span(place, place + size)
            place += size
        else:
            raise refuse(f"is no ONNX model, or damaged: a field of the kind {kind}")


def _read_varint(data: Data, place: int, end: int) -> tuple[int, int]:
    """Return an unsigned number and the place after it."""
    value = shift = 0
    while place < end:
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
        shift += 7
        if shift > _MAX_SHIFT:
            raise refuse("is damaged: a number has more than 64 bits")
    raise refuse("is damaged: it ends inside a number")


def make_signed(value: Value) -> int:
    """Return a number of 64 bits with its sign.

    Raises:
        Unreadable: the field has bytes in place of a number.
    """
    if not isinstance(value, int):
        raise refuse("is damaged: bytes in place of a number")
    value &= 2**64 - 1
    return value - 2**64 if value >= 2**63 else value


def require_span(value: Value) -> Span:
    """Return the place of bytes.

    Raises:
        Unreadable: the field has a number in place of bytes.
    """
    if isinstance(value, int):
        raise refuse("is damaged: a number in place of bytes")
    return value


def read_integers(data: Data, value: Value, most: int) -> list[int]:
    """Return the numbers of one field, packed or alone; no more than `most` + 1 of them."""
    if isinstance(value, int):
        return [make_signed(value)]
    found: list[int] = []
    place, end = value
    while place < end and len(found) <= most:
        number, place = _read_varint(data, place, end)
        found.append(make_signed(number))
    return found


def read_floats(data: Data, value: Value, most: int, size: int = 4) -> list[float]:
    """Return the numbers of one field of floats (size 8: doubles); no more than `most` + 1."""
    span = require_span(value)
    count = min(span.size // size, most + 1)
    letter = "f" if size == 4 else "d"
    return list(struct.unpack_from(f"<{count}{letter}", data, span.start))


def read_text(data: Data, value: Value, most: int = 2**16) -> str:
    """Return a text, of which no more than `most` bytes are read."""
    start, end = require_span(value)
    return data[start : min(end, start + most)].decode("utf-8", "replace")
