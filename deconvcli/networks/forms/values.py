"""The forms of values. One table both reads values and gives their JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.shelf import nearest
from deconvcli.common.values import MAX_INT64, shorten
from deconvcli.networks.forms.sizes import (
    MAX_AXES,
    TIMES,
    WHOLE,
    Misfit,
    Schema,
    parse_sizes,
    sizes_schema,
)
from deconvcli.networks.operation import Key, KeyForm

# 5x5, 5*5 and (5, 5); without brackets, 5,555 would be one number to some and two to others.
_TIMES = re.compile(
    rf"{WHOLE}(?:(?:{TIMES}| *\* *){WHOLE}){{1,2}}|\( *{WHOLE}(?: *, *{WHOLE}){{1,2}} *\)"
)

# Not 017, which has several readings: a guess must be certain.
_DIGITS = re.compile(r"[1-9][0-9]{0,17}")
# Booleans in YAML 1.1, and Booleans in quotes. YAML 1.2 reads all of these words as text.
_TRUTH: Mapping[str, bool] = MappingProxyType(
    {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
)


class FormRule(NamedTuple):
    """One form of values.

    take: returns the value for the layer, or raises Misfit. schema: the same rule, for editors.
    """

    take: Callable[[Key, Any], Any]
    schema: Callable[[Key], Schema]


def _take_integer(key: Key, value: Any) -> int:
    least, most = _bounds(key)
    # Not isinstance, for which True is an integer too.
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


def _take_sizes(key: Key, value: Any) -> Any:
    """Return one integer, or one per axis from a list or from text such as 3x5."""
    if isinstance(value, str) and _TIMES.fullmatch(value):
        return _take_sizes(key, [int(part) for part in re.findall("[0-9]+", value)])
    try:
        if isinstance(value, list) and 1 <= len(value) <= MAX_AXES:
            return [_take_integer(key, item) for item in value]
        return _take_integer(key, value)
    except Misfit:
        raise Misfit(
            f"one integer or one per axis{_range_text(key)}, such as 3 or [3, 5]"
        ) from None


def _sizes_schema(key: Key) -> Schema:
    one = _integer_schema(key)
    several = {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_AXES}
    text = {"type": "string", "pattern": f"^(?:{_TIMES.pattern})$"}
    return {"anyOf": [one, several, text]}


# Products with multiples of a power of two are exact; others are rounded as a framework computes.
MAX_FACTOR, FACTOR_STEP = 2**20, 2**-10


def _take_factors(key: Key, value: Any) -> Any:
    """Return one factor, or one per axis."""
    items = value if isinstance(value, list) else [value]
    if not 1 <= len(items) <= MAX_AXES or not all(map(_is_factor, items)):
        raise Misfit(
            "one number or one per axis, such as 2 or [1.5, 2]; frameworks round other fractions in"
            " different ways, so give the size instead"
        )
    return value


def _is_factor(value: Any) -> bool:
    if type(value) is int:
        return 1 <= value <= MAX_INT64
    return type(value) is float and 0 < value <= MAX_FACTOR and not value % FACTOR_STEP


def _factors_schema(key: Key) -> Schema:
    whole = {"type": "integer", "minimum": 1, "maximum": MAX_INT64}
    part = {
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": MAX_FACTOR,
        "multipleOf": FACTOR_STEP,
    }
    one = {"anyOf": [whole, part]}
    several = {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_AXES}
    return {"anyOf": [one, several]}


def _take_output_sizes(key: Key, value: Any) -> Any:
    """Return what `_take_sizes` returns, or sizes with letters such as 2Hx2W or [2H, 64]."""
    try:
        return _take_sizes(key, value)
    except Misfit as misfit:
        try:
            sizes = parse_sizes(value)
        except Misfit:
            raise Misfit(f"{misfit}, or letters such as 2Hx2W") from None
        if not sizes:
            raise
        return list(sizes) if len(sizes) > 1 else sizes[0]


def _output_sizes_schema(key: Key) -> Schema:
    forms = sizes_schema()["anyOf"]
    with_letters = [
        {**form, "minItems": 1} if form.get("type") == "array" else form for form in forms
    ]
    return {"anyOf": [*_sizes_schema(key)["anyOf"], *with_letters]}


def _take_sides(key: Key, value: Any) -> Any:
    """Return a word, one integer, one per axis or one per end, or [begin, end] per axis."""
    if isinstance(value, str):
        return _take_word(key, value)
    if type(value) is int:
        return _take_integer(key, value)
    if isinstance(value, list) and 1 <= len(value) <= 2 * MAX_AXES:
        # By type, which tells True from 1; numbers and pairs side by side have no one reading.
        kinds = {type(item) for item in value}
        if kinds == {int} or (kinds == {list} and len(value) <= MAX_AXES):
            return [_take_side(key, item) for item in value]
    raise Misfit("one integer, one integer or [begin, end] per axis, or a word")


def _take_side(key: Key, value: Any) -> Any:
    if isinstance(value, list):
        if len(value) != 2:
            raise Misfit("[begin, end] per axis")
        return [_take_integer(key, item) for item in value]
    return _take_integer(key, value)


def _sides_schema(key: Key) -> Schema:
    one = _integer_schema(key)
    pair = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
    numbers = {"type": "array", "items": one, "minItems": 1, "maxItems": 2 * MAX_AXES}
    pairs = {"type": "array", "items": pair, "minItems": 1, "maxItems": MAX_AXES}
    return {"anyOf": [one, numbers, pairs, _word_schema(key)]}


def _take_word(key: Key, value: Any) -> str:
    if isinstance(value, str) and (not key.choices or value in key.choices):
        return value
    raise Misfit(f"one of {', '.join(key.choices)}" if key.choices else "a word")


def _word_schema(key: Key) -> Schema:
    return {"enum": list(key.choices)} if key.choices else {"type": "string"}


def _take_flag(key: Key, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise Misfit("true or false")


def _take_shape(key: Key, value: Any) -> list[int]:
    if isinstance(value, list) and 1 <= len(value) <= MAX_AXES + 1:
        return [_take_integer(key, item) for item in value]
    raise Misfit("a list of integers: channels, then one size per axis")


def _shape_schema(key: Key) -> Schema:
    one = _integer_schema(key)
    return {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_AXES + 1}


def _take_any(key: Key, value: Any) -> Any:
    return value


FORMS: Mapping[KeyForm, FormRule] = MappingProxyType(
    {
        KeyForm.INTEGER: FormRule(_take_integer, _integer_schema),
        KeyForm.SIZES: FormRule(_take_sizes, _sizes_schema),
        KeyForm.FACTORS: FormRule(_take_factors, _factors_schema),
        KeyForm.OUTPUT_SIZES: FormRule(_take_output_sizes, _output_sizes_schema),
        KeyForm.SIDES: FormRule(_take_sides, _sides_schema),
        KeyForm.WORD: FormRule(_take_word, _word_schema),
        KeyForm.FLAG: FormRule(_take_flag, lambda key: {"type": "boolean"}),
        KeyForm.SHAPE: FormRule(_take_shape, _shape_schema),
        KeyForm.ANY: FormRule(_take_any, lambda key: {}),
    }
)


def guess_value(key: Key, value: Any) -> Any:
    """Return the value that a text of another form probably means, or None if that is unclear."""
    if not isinstance(value, str):
        return None
    if key.form is KeyForm.FLAG:
        return _TRUTH.get(value.lower())
    if key.form is KeyForm.WORD and key.choices:
        return nearest(value, key.choices)
    return int(value) if _DIGITS.fullmatch(value) else None


def explain_misreading(value: Any) -> str:
    """Return a sentence about another reading of this text, or an empty text."""
    if not isinstance(value, str):
        return ""
    if value.lower() in ("yes", "no", "on", "off"):
        return "YAML 1.2 reads this word as text."
    if re.fullmatch(r"[0-9]+ *[-+*/] *[0-9]+", value):
        return "Nothing is computed here."
    if "/" in value and re.search("[A-Za-z]", value):
        return "No size is divided: give the input as 2H, and half of it is H."
    if re.fullmatch(r"[-+]?0[0-9]+|[0-9]+(:[0-9]{2})+|[0-9]+(_[0-9]+)+|0[xob]\w+", value):
        return "Programs disagree about this number; write it in plain digits."
    return ""


def format_value(value: Any) -> str:
    """Return a value from the file, for a message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "empty" if value is None else shorten(value)
