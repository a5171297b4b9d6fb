"""Small ONNX files, written field by field as the format says."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

FLOAT, INT64, BOOL = 1, 7, 9


def varint(number: int) -> bytes:
    number &= 2**64 - 1
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def field(number: int, value: int | float | str | bytes) -> bytes:
    """Return a field as a varint, as 32 bits of a float, or as bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


class Stored(NamedTuple):
    """A tensor in the file; without values its elements are left out."""

    sizes: tuple[int, ...]
    values: tuple[Any, ...] | None = None
    element: int = FLOAT


def integers(*values: int) -> Stored:
    return Stored((len(values),), values, INT64)


def number(value: int) -> Stored:
    return Stored((), (value,), INT64)


def floats(*values: float) -> Stored:
    return Stored((len(values),), values, FLOAT)


def weights(*sizes: int) -> Stored:
    count = 1
    for size in sizes:
        count *= size
    return Stored(sizes, (0.0,) * count)


def tensor(name: str, stored: Stored) -> bytes:
    parts = [field(1, size) for size in stored.sizes]
    parts += [field(2, stored.element), field(8, name)]
    if stored.values is not None:
        letter = {FLOAT: "f", INT64: "q", BOOL: "?"}[stored.element]
        parts.append(field(9, struct.pack(f"<{len(stored.values)}{letter}", *stored.values)))
    return b"".join(parts)


def value_info(name: str, sizes: Sequence[int | str | None] | None, element: int = FLOAT) -> bytes:
    if sizes is None:
        return field(1, name) + field(2, field(1, field(1, element)))
    dimensions = [
        field(1, b"" if size is None else field(1 if isinstance(size, int) else 2, size))
        for size in sizes
    ]
    shape = field(1, element) + field(2, b"".join(dimensions))
    return field(1, name) + field(2, field(1, shape))


def attribute(name: str, value: Any) -> bytes:
    head = field(1, name)
    if isinstance(value, bool | int):
        return head + field(3, int(value)) + field(20, 2)
    if isinstance(value, float):
        return head + field(2, value) + field(20, 1)
    if isinstance(value, str):
        return head + field(4, value) + field(20, 3)
    if isinstance(value, Stored):
        return head + field(5, tensor("", value)) + field(20, 4)
    if isinstance(value, bytes):
        return head + field(6, value) + field(20, 5)
    if any(isinstance(one, float) for one in value):
        return head + b"".join(field(7, float(one)) for one in value) + field(20, 6)
    return head + b"".join(field(8, one) for one in value) + field(20, 7)


def node(
    operation: str,
    inputs: str | Sequence[str],
    outputs: str | Sequence[str],
    *,
    domain: str = "",
    metadata: Mapping[str, str] | None = None,
    **attributes: Any,
) -> bytes:
    """Return a node; names in one text are separated by spaces, and `-` is left out."""
    names = [
        [("" if name == "-" else name) for name in (one.split() if isinstance(one, str) else one)]
        for one in (inputs, outputs)
    ]
    parts = [field(1, name) for name in names[0]] + [field(2, name) for name in names[1]]
    parts += [field(3, f"/{operation}"), field(4, operation)]
    parts += [field(7, domain)] if domain else []
    parts += [field(5, attribute(name, value)) for name, value in attributes.items()]
    parts += [field(9, field(1, key) + field(2, text)) for key, text in (metadata or {}).items()]
    return b"".join(parts)


def graph(
    nodes: Iterable[bytes],
    inputs: Mapping[str, Sequence[int | str | None] | None] | None = None,
    outputs: Iterable[str] = (),
    constants: Mapping[str, Stored] | None = None,
    stored: Mapping[str, Sequence[int | str | None]] | None = None,
    types: Mapping[str, int] | None = None,
) -> bytes:
    types = types or {}
    parts = [field(1, one) for one in nodes] + [field(2, "graph")]
    parts += [field(5, tensor(name, one)) for name, one in (constants or {}).items()]
    parts += [
        field(11, value_info(name, sizes, types.get(name, FLOAT)))
        for name, sizes in (inputs or {}).items()
    ]
    # Outputs have no type: whoever computes them knows it.
    parts += [field(12, field(1, name)) for name in outputs]
    parts += [field(13, value_info(name, sizes)) for name, sizes in (stored or {}).items()]
    return b"".join(parts)


def model(whole: bytes, opset: int = 17, functions: Iterable[bytes] = ()) -> bytes:
    parts = [field(1, 8), field(2, "tests"), field(7, whole), field(8, field(2, opset))]
    parts += [field(8, field(1, "com.microsoft") + field(2, 1))]
    return b"".join([*parts, *[field(25, one) for one in functions]])


def write(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)
