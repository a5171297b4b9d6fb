"""A writer of FlatBuffers: tables of numbers, strings, vectors and tables, each written once."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Number(NamedTuple):
    """A number in a table. kind: its letter of `struct`."""

    value: int
    kind: str = "i"


Fields = Mapping[int, Any]
"""A table: by field a Number, a string, bytes, a list of integers, of tables, or a table."""


def write_file(root: Fields, identifier: bytes) -> bytes:
    data = bytearray(b"\0\0\0\0" + identifier)
    struct.pack_into("<I", data, 0, _write_table(data, root))
    return bytes(data)


def _write_table(data: bytearray, fields: Fields) -> int:
    """Append a table, and return its place. Every field has eight bytes."""
    count = max(fields, default=-1) + 1
    header = _align(data)
    data += struct.pack("<HH", 4 + 2 * count, 4 + 8 * count)
    data += b"".join(
        struct.pack("<H", 4 + 8 * number if number in fields else 0) for number in range(count)
    )
    place = _align(data)
    data += struct.pack("<i", place - header) + bytes(8 * count)
    for number, value in fields.items():
        where = place + 4 + 8 * number
        if isinstance(value, Number):
            struct.pack_into(f"<{value.kind}", data, where, value.value)
        else:
            struct.pack_into("<I", data, where, _write_value(data, value) - where)
    return place


def _write_value(data: bytearray, value: Any) -> int:
    if isinstance(value, Mapping):
        return _write_table(data, value)
    if isinstance(value, str):
        return _write_vector(data, value.encode() + b"\0", len(value.encode()))
    if isinstance(value, bytes):
        return _write_vector(data, value, len(value))
    if value and isinstance(value[0], Mapping):
        return _write_tables(data, value)
    return _write_vector(data, struct.pack(f"<{len(value)}i", *value), len(value))


def _write_vector(data: bytearray, content: bytes, count: int) -> int:
    place = _align(data)
    data += struct.pack("<I", count) + content
    return place


def _write_tables(data: bytearray, tables: Sequence[Fields]) -> int:
    place = _align(data)
    data += struct.pack("<I", len(tables)) + bytes(4 * len(tables))
    for number, table in enumerate(tables):
        where = place + 4 + 4 * number
        struct.pack_into("<I", data, where, _write_table(data, table) - where)
    return place


def _align(data: bytearray) -> int:
    data += bytes(-len(data) % 8)
    return len(data)
