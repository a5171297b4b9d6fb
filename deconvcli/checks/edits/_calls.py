"""Edits inside a pasted call: an argument's name, its value, or a further argument."""

from __future__ import annotations

import ast
import re
from typing import Any

from deconvcli.checks.documents import Document, Path
from deconvcli.checks.edits._edit import NotWritable, TextEdit, line_at, replace


def rename_argument(document: Document, path: Path, name: str) -> TextEdit:
    """Return the edit that renames an argument, or that names one given by position.

    path: of the call, and then the argument's name or its position.

    Raises:
        NotWritable: the call is not on one line, or the file quotes parts of it.
    """
    text = _call(document, path[:-1])
    if isinstance(place := path[-1], int):
        begin = _parse(text).args[place].col_offset
        return _replace_in_call(document, path[:-1], begin, begin, f"{name}=")
    found = re.search(rf"\b{re.escape(str(path[-1]))}(?=\s*=)", text)
    assert found is not None  # the call was read with this name
    return _replace_in_call(document, path[:-1], found.start(), found.end(), name)


def set_argument(document: Document, path: Path, name: str | int, value: Any) -> TextEdit:
    """Return the edit that sets an argument by name or position, or adds it.

    Raises:
        NotWritable: as for `rename_argument`.
    """
    text = _call(document, path)
    node = _parse(text)
    argument = _argument(node, name)
    if argument is not None:
        end = argument.end_col_offset or argument.col_offset
        return _replace_in_call(document, path, argument.col_offset, end, repr(value))
    arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
    last = max((each.end_col_offset or 0 for each in arguments), default=text.rindex(")"))
    more = f"{', ' if arguments else ''}{name}={value!r}"
    return _replace_in_call(document, path, last, last, more)


def _argument(node: ast.Call, name: str | int) -> ast.expr | None:
    if isinstance(name, int):
        return node.args[name]
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def _parse(text: str) -> ast.Call:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Call)  # it has been read as a call before
    return node


def _call(document: Document, path: Path) -> str:
    """Return the call, if the file contains it letter by letter."""
    text = document.value_at(path)
    # Quoting ('it''s', "\\n") makes the value differ from the file's text, and ast counts columns
    # in bytes of UTF-8: in both cases the offsets would point elsewhere.
    if not isinstance(text, str) or not text.isascii() or text not in _line(document, path):
        raise NotWritable
    return text


def _replace_in_call(document: Document, path: Path, begin: int, end: int, new: str) -> TextEdit:
    """Return the edit that replaces the text between two offsets in the call."""
    position = document.places[path].begin
    start = _line(document, path).index(_call(document, path), position.column - 1) + 1
    at = position._replace(column=start + begin)
    return replace(document.text, at, position._replace(column=start + end), new)


def _line(document: Document, path: Path) -> str:
    return line_at(document.text, document.places[path].begin)
