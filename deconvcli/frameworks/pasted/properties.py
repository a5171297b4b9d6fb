"""A list of properties, as viewers such as Netron show a node: names and values, in lines.

A name and its value share a line, with a colon or a space between them, or have one each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from deconvcli.frameworks.pasted.prototext import MAX_DIGITS
from deconvcli.frameworks.pasted.refusals import unclear

# Headings of a panel; what comes after the last two has the names of tensors.
_HEADINGS = ("node properties", "layer properties", "properties", "attributes", "parameters")
_TENSORS = ("inputs", "outputs", "weights", "tensors")
# What a panel adds to a value that it unfolds: a sign, and the type.
_MARKS = re.compile(r"[-+*\u2022\u22ee]?\s*")
_TYPE = re.compile(r"type:\s*(?:u?int\d+|float\d*|string|boolean|tensor)(?:\[\])?")
# The name may be quoted, as in JSON, and have the node before it: up.strides.
_KEY = r"(?:[\w/.]+\.)?[\"']?([A-Za-z_]\w*)[\"']?"
_LINE = re.compile(rf"{_KEY}\s*(?:[:=]\s*|\s)(?:\w+(?:\[\])?\s*=\s*)?(\S.*)")
_NAME = re.compile(r"[A-Za-z_]\w*\s*[:=]?")
# Several properties in one line: `kernel_shape: 4, 4, strides: 2, 2`.
_BETWEEN = re.compile(r"(?<=\S)[,;]?\s+(?=[\"']?[A-Za-z_][\w.]*[\"']?\s*[:=])")
_NUMBER = re.compile(rf"-?\d{{1,{MAX_DIGITS}}}")
_WORDS = {"true": True, "false": False, "none": None, "null": None}


def read_properties(text: str) -> dict[str, Any] | None:
    """Return the properties by name; None for a text that is no such list."""
    found: dict[str, Any] = {}
    name = ""
    for line in _list_lines(text):
        heading = line.lower().rstrip(":")
        if heading in _TENSORS:
            break
        if heading in _HEADINGS:
            name = ""
        elif name:
            found.setdefault(name, _read_value(line))
            name = ""
        elif pair := _LINE.fullmatch(line):
            found.setdefault(pair[1], _read_value(pair[2]))
        elif _NAME.fullmatch(line):
            name = line.rstrip(":= ")
        else:
            return None
    return found


def _list_lines(text: str) -> Iterator[str]:
    lines = text.splitlines()
    if len(lines) == 1:
        lines = _BETWEEN.split(text)
    for line in lines:
        plain = _MARKS.sub("", line.strip(), count=1).rstrip(",; ")
        if plain and not _TYPE.fullmatch(plain):
            yield plain


def _read_value(text: str) -> Any:
    """Return numbers, a list of them, or a word without its quotes."""
    inner = text.strip("()[]").strip()
    items = [item for item in re.split(r"\s*[,x]\s*|\s+", inner) if item]
    if items and all(_NUMBER.fullmatch(item) for item in items):
        numbers = [int(item) for item in items]
        return numbers if len(numbers) > 1 or inner != text else numbers[0]
    if len(text) > 60:
        raise unclear(f"the value {text[:24]}... is too long")
    return _WORDS.get(text.lower(), text.strip("'\""))
