"""Tensors in an ONNX file: their names and sizes, and the values of small ones."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any

from deconvcli.models.onnx_model.graph import Constant
from deconvcli.models.onnx_model.wire import (
    Data,
    Span,
    Value,
    iter_fields,
    make_signed,
    read_floats,
    read_integers,
    read_text,
    refuse,
    require_span,
)

MAX_RANK = 64
MAX_VALUES = 1024
"""The most elements of a tensor whose values are read."""

# TensorProto.DataType: the format of one element in raw bytes, for struct.
_FORMATS = {
    1: "f",
    2: "B",
    3: "b",
    4: "H",
    5: "h",
    6: "i",
    7: "q",
    9: "?",
    10: "e",
    11: "d",
    12: "I",
    13: "Q",
}
_BOOL, _FLOAT16 = 9, 10


def read_tensor(data: Data, span: Span) -> Constant:
    """Return a tensor with its name and sizes, and the values of a small one.

    Raises:
        Unreadable: it is damaged.
    """
    name, element, sizes = "", 0, []
    places: dict[int, list[Value]] = {}
    is_external = False
    for number, value in iter_fields(data, span):
        if number == 1:
            sizes += read_integers(data, value, MAX_RANK)
        elif number == 2:
            element = make_signed(value)
        elif number == 8:
            name = read_text(data, value)
        elif number == 14:
            is_external = make_signed(value) == 1
        else:
            places.setdefault(number, []).append(value)
    if len(sizes) > MAX_RANK or min(sizes, default=0) < 0:
        raise refuse(f"is damaged: the tensor {name[:60]} has sizes that are none")
    count = _count(sizes)
    values = None
    if count is not None and not is_external:
        found = list(_read_values(data, element, places, count))
        values = tuple(found) if len(found) == count else None
    return Constant(name, tuple(sizes), element, values)


def _read_values(
    data: Data, element: int, places: Mapping[int, list[Value]], count: int
) -> Iterator[Any]:
    """Yield the elements of a tensor, as Python's numbers; as many as are in the file."""
    for value in places.get(9, ()):
        span, letter = require_span(value), _FORMATS.get(element)
        if letter and span.size == count * struct.calcsize(letter):
            yield from struct.unpack_from(f"<{count}{letter}", data, span.start)
    for number in (5, 7, 11):
        for value in places.get(number, ()):
            # Half precision is stored as its bits, which are no sizes.
            if element != _FLOAT16:
                found = read_integers(data, value, MAX_VALUES)
                yield from map(bool, found) if element == _BOOL else found
    for number, size in ((4, 4), (10, 8)):
        for value in places.get(number, ()):
            yield from read_floats(data, value, MAX_VALUES, size)


def read_sparse(data: Data, span: Span) -> Constant:
    """Return a sparse tensor, whose values are never read; raises as `read_tensor`."""
    name, element, sizes = "", 0, []
    for number, value in iter_fields(data, span):
        if number == 1:
            stored = read_tensor(data, require_span(value))
            name, element = stored.name, stored.element
        elif number == 3:
            sizes += read_integers(data, value, MAX_RANK)
    return Constant(name, tuple(sizes[:MAX_RANK]), element)


def _count(sizes: list[int]) -> int | None:
    """Return the number of elements; None if they are too many to be values of sizes."""
    count = 1
    for size in sizes:
        count *= size
        if count > MAX_VALUES:
            return 0 if 0 in sizes else None
    return count
