"""How the value of a key may be written: the same table reads it and writes its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.shelf import nearest
from deconvcli.common.values import MAX_INT64, shorten
from deconvcli.networks.operation import Key, KeyForm

MOST_AXES = 3
_TIMES = re.compile(r"[1-9][0-9]{0,17}(x[1-9][0-9]{0,17}){1,2}")

_DIGITS = re.compile(r"[1-9][0-9]{0,17}")
# What YAML 1.1 reads these words as, and what a truth value in quotes is.
_TRUTH: Mapping[str, bool] = MappingProxyType(
    {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
)

Schema = dict[str, Any]


class Misfit(Exception):
    """The value is not of the form; the message says what is allowed."""


class FormRule(NamedTuple):
    """take: the value as the layer gets it, or Misfit. schema: the same for editors."""

    take: Callable[[Key, Any], Any]
    schema: Callable[[Key], Schema]


def _integer(key: Key, value: Any) -> int:
    least, most = _bounds(key)
    if type(value) is int and least <= value <= most:
        return value
    raise Misfit(f"one integer{_range_text(key)}")


def _integer_schema(key: Key) -> Schema:
    least, most = _bounds(key)
    return {"type": "integer", "minimum": least, "maximum": most}


def _bounds(key: Key) -> tuple[int, int]:
    least = -MAX_INT64 if key.at_least is None else key.at_least
    return least, MAX_INT64 if key.at_most is None else key.at_most


def _range_text(key: Key) -> str:
    least = "" if key.at_least is None else f", {key.at_least} or more"
    return least if key.at_most is None else f"{least}, {key.at_most} or less"


def _sizes(key: Key, value: Any) -> Any:
    """One integer, or one per axis in a list or with x between them."""
    if isinstance(value, str) and _TIMES.fullmatch(value):
        return _sizes(key, [int(part) for part in value.split("x")])
    try:
        if isinstance(value, list) and 1 <= len(value) <= MOST_AXES:
            return [_integer(key, item) for item in value]
        return _integer(key, value)
    except Misfit:
        raise Misfit(f"one integer or one per axis{_range_text(key)}, as 3 or [3, 5]") from None


def _sizes_schema(key: Key) -> Schema:
    one = _integer_schema(key)
    several = {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_AXES}
    return {"anyOf": [one, several, _times_schema()]}


def _times_schema() -> Schema:
    return {"type": "string", "pattern": f"^{_TIMES.pattern}$"}


def _sides(key: Key, value: Any) -> Any:
    """A word, one integer, one per axis or one per end, or [begin, end] per axis."""
    if isinstance(value, str):
        return _word(key, value)
    if type(value) is int:
        return _integer(key, value)
    if isinstance(value, list) and 1 <= len(value) <= 2 * MOST_AXES:
        kinds = {type(item) for item in value}
        if kinds == {int} or (kinds == {list} and len(value) <= MOST_AXES):
            return [_side(key, item) for item in value]
    raise Misfit("one integer, one or [begin, end] per axis, or a word")


def _side(key: Key, value: Any) -> Any:
    if isinstance(value, list):
        if len(value) != 2:
            raise Misfit("[begin, end] per axis")
        return [_integer(key, item) for item in value]
    return _integer(key, value)


def _sides_schema(key: Key) -> Schema:
    one = _integer_schema(key)
    pair = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
    numbers = {"type": "array", "items": one, "minItems": 1, "maxItems": 2 * MOST_AXES}
    pairs = {"type": "array", "items": pair, "minItems": 1, "maxItems": MOST_AXES}
    return {"anyOf": [one, numbers, pairs, _word_schema(key)]}


def _word(key: Key, value: Any) -> str:
    if isinstance(value, str) and (not key.choices or value in key.choices):
        return value
    raise Misfit(f"one of {', '.join(key.choices)}" if key.choices else "a word")


def _word_schema(key: Key) -> Schema:
    return {"enum": list(key.choices)} if key.choices else {"type": "string"}


def _flag(key: Key, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise Misfit("true or false")


def _shape(key: Key, value: Any) -> list[int]:
    if isinstance(value, list) and 1 <= len(value) <= MOST_AXES + 1:
        return [_integer(key, item) for item in value]
    raise Misfit("a list of integers: channels, then one size per axis")


def _shape_schema(key: Key) -> Schema:
    one = _integer_schema(key)
    return {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_AXES + 1}


def _any(key: Key, value: Any) -> Any:
    return value


FORMS: Mapping[KeyForm, FormRule] = MappingProxyType(
    {
        KeyForm.INTEGER: FormRule(_integer, _integer_schema),
        KeyForm.SIZES: FormRule(_sizes, _sizes_schema),
        KeyForm.SIDES: FormRule(_sides, _sides_schema),
        KeyForm.WORD: FormRule(_word, _word_schema),
        KeyForm.FLAG: FormRule(_flag, lambda key: {"type": "boolean"}),
        KeyForm.SHAPE: FormRule(_shape, _shape_schema),
        KeyForm.ANY: FormRule(_any, lambda key: {}),
    }
)


def meant(key: Key, value: Any) -> Any:
    """What was probably meant by a text that is not of the key's form; None where nobody knows."""
    if not isinstance(value, str):
        return None
    if key.form is KeyForm.FLAG:
        return _TRUTH.get(value.lower())
    if key.form is KeyForm.WORD and key.choices:
        return nearest(value, key.choices)
    return int(value) if _DIGITS.fullmatch(value) else None


def misread(value: Any) -> str:
    """What another program may take this text for, as a help; empty for other values."""
    if not isinstance(value, str):
        return ""
    if value.lower() in ("yes", "no", "on", "off"):
        return "YAML 1.2 has true and false, and this is text."
    if re.fullmatch(r"[-+]?0[0-9]+|[0-9]+(:[0-9]{2})+|[0-9]+(_[0-9]+)+|0[xob]\w+", value):
        return "programs disagree on what number this is; write it in plain digits."
    return ""


def shown(value: Any) -> str:
    """A foreign value in a message."""
    return "empty" if value is None else shorten(value)
