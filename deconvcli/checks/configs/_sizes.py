"""Shapes as configs write them: `572x572`, `HxW`, [2N, 64], and channels beside them."""

from __future__ import annotations

import re
from typing import Any

from deconvcli.checks.configs._forms import MOST_AXES, Misfit, Schema
from deconvcli.common.values import MAX_INT64
from deconvcli.layers.axis import Size, linear

_ONE = r"(?:[1-9][0-9]{0,17}|(?:[1-9][0-9]{0,5})?[A-WYZa-wyz][0-9]?(?:[+-][0-9]{1,9})?)"
_SIZE = re.compile(rf"{_ONE}(?:x{_ONE}){{0,2}}")
_SYMBOL = re.compile(r"(\d*)([A-WYZa-wyz]\d?)([+-]\d+)?")
ALLOWED = "sizes as 572x572 or [572, 572], or letters as HxW"


def sizes(value: Any) -> tuple[Size, ...]:
    """Spatial sizes, numbers or symbols.

    Raises:
        Misfit: it is none.
    """
    if isinstance(value, str) and _SIZE.fullmatch(value):
        return tuple(_size(part) for part in value.split("x"))
    if isinstance(value, list) and len(value) <= MOST_AXES:
        return tuple(_item(item) for item in value)
    return (_item(value),)


def _item(value: Any) -> Size:
    if type(value) is int and 1 <= value <= MAX_INT64:
        return value
    if isinstance(value, str) and "x" not in value and _SIZE.fullmatch(value):
        return _size(value)
    raise Misfit(ALLOWED)


def _size(text: str) -> Size:
    symbol = _SYMBOL.fullmatch(text)
    if symbol is None:
        return int(text)
    return linear(symbol[2], int(symbol[1] or 1), int(symbol[3] or 0))


def sizes_schema() -> Schema:
    """The JSON Schema of `sizes`."""
    number = {"type": "integer", "minimum": 1, "maximum": MAX_INT64}
    one = {"anyOf": [number, {"type": "string", "pattern": f"^{_ONE}$"}]}
    several = {"type": "array", "items": one, "maxItems": MOST_AXES}
    return {"anyOf": [number, several, {"type": "string", "pattern": f"^{_SIZE.pattern}$"}]}
