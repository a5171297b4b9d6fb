"""Sizes in configs: `572x572`, `HxW` or [2N, 64]."""

from __future__ import annotations

import re
from typing import Any

from deconvcli.common.values import MAX_INT64
from deconvcli.layers.axis import Size, linear

Schema = dict[str, Any]

MAX_AXES = 3
# 18 digits always fit into 64 bits.
WHOLE = "[1-9][0-9]{0,17}"
TIMES = r" *[xX×] *"  # noqa: RUF001 - people paste the multiplication sign

# 18 digits fit into 64 bits. X is not a letter of a size, since it separates sizes.
# Letters first: `_PART` would take the 2 of 2H for a size.
_ONE = r"(?:(?:[1-9][0-9]{0,5})?[A-WYZa-wyz][0-9]?(?:[+-][0-9]{1,9})?|[1-9][0-9]{0,17})"
# 2*H would be a multiple to some and two sizes to others, so that * needs two numbers.
_SIZE = re.compile(
    rf"{_ONE}(?:{TIMES}{_ONE}){{0,2}}|{WHOLE}(?: *\* *{WHOLE}){{1,2}}"
    rf"|\( *{_ONE}(?: *, *{_ONE}){{0,2}}(?: *,)? *\)"
)
_PART = re.compile(_ONE)
_SYMBOL = re.compile(r"(\d*)([A-WYZa-wyz]\d?)([+-]\d+)?")
ALLOWED_SIZES = "sizes such as 572x572 or [572, 572], or letters such as HxW"


class Misfit(Exception):
    """The value does not have the form; the message says what is allowed."""


def parse_sizes(value: Any) -> tuple[Size, ...]:
    """Return spatial sizes, each a number or a symbol.

    Raises:
        Misfit: the value has another form.
    """
    if isinstance(value, str) and _SIZE.fullmatch(value):
        return tuple(_parse_size(part) for part in _PART.findall(value))
    if isinstance(value, list) and len(value) <= MAX_AXES:
        return tuple(_parse_item(item) for item in value)
    return (_parse_item(value),)


def _parse_item(value: Any) -> Size:
    if type(value) is int and 1 <= value <= MAX_INT64:
        return value
    if isinstance(value, str) and re.fullmatch(_ONE, value):
        return _parse_size(value)
    raise Misfit(ALLOWED_SIZES)


def _parse_size(text: str) -> Size:
    symbol = _SYMBOL.fullmatch(text)
    if symbol is None:
        return int(text)
    return linear(symbol[2], int(symbol[1] or 1), int(symbol[3] or 0))


def sizes_schema() -> Schema:
    """Return the JSON Schema of sizes."""
    number = {"type": "integer", "minimum": 1, "maximum": MAX_INT64}
    one = {"anyOf": [number, {"type": "string", "pattern": f"^{_ONE}$"}]}
    several = {"type": "array", "items": one, "maxItems": MAX_AXES}
    return {"anyOf": [number, several, {"type": "string", "pattern": f"^(?:{_SIZE.pattern})$"}]}
