"""Edits inside a pasted call: an argument's name, its value, or one more argument."""

from __future__ import annotations

import ast
import re
from typing import Any

from deconvcli.checks.documents import Document, Path
from deconvcli.checks.edits._edit import Edit, NotWritable, between, line_at


def renamed(document: Document, path: Path, name: str) -> Edit:
    """Another name for one argument; a name for one that stands at a position.

    Raises:
        NotWritable: the call does not stand on one line as it is read.
    """
    text = _call(document, path[:-1])
    if isinstance(place := path[-1], int):
        begin = _parsed(text).args[place].col_offset
        return _within(document, path[:-1], begin, begin, f"{name}=")
    found = re.search(rf"\b{re.escape(str(path[-1]))}(?=\s*=)", text)
    if found is None:
        raise NotWritable
    return _within(document, path[:-1], found.start(), found.end(), name)


def with_argument(document: Document, path: Path, name: str | int, value: Any) -> Edit:
    """Another value of the argument of this name or at this position; else one more argument.

    Raises:
        NotWritable: as `renamed`.
    """
    text = _call(document, path)
    node = _parsed(text)
    here = _argument(node, name)
    if here is not None:
        end = here.end_col_offset or here.col_offset
        return _within(document, path, here.col_offset, end, repr(value))
    arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
    last = max((each.end_col_offset or 0 for each in arguments), default=text.rindex(")"))
    more = f"{', ' if arguments else ''}{name}={value!r}"
    return _within(document, path, last, last, more)


def _argument(node: ast.Call, name: str | int) -> ast.expr | None:
    """The value that the call gives for it, if any."""
    if isinstance(name, int):
        return node.args[name]
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def _parsed(text: str) -> ast.Call:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Call)  # it was read as one
    return node


def _call(document: Document, path: Path) -> str:
    """The call, if its text is what stands in the file."""
    text = document.value_at(path)
    if not isinstance(text, str) or not text.isascii() or text not in _line(document, path):
        raise NotWritable
    return text


def _within(document: Document, path: Path, begin: int, end: int, new: str) -> Edit:
    """Between two offsets of the call."""
    mark = document.places[path].begin
    start = _line(document, path).index(_call(document, path), mark.column - 1) + 1
    at = mark._replace(column=start + begin)
    return between(document.text, at, mark._replace(column=start + end), new)


def _line(document: Document, path: Path) -> str:
    return line_at(document.text, document.places[path].begin)
