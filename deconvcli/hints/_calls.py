"""Edits inside a pasted call: an argument's name, its value, or one more argument."""

from __future__ import annotations

import ast
import re
from typing import Any

from deconvcli.configs import positional_order
from deconvcli.documents import Document, Path
from deconvcli.hints._edit import Edit, NotWritable, between, line_at


def renamed(document: Document, path: Path, name: str) -> Edit:
    """Another name for one argument.

    Raises:
        NotWritable: the call does not stand on one line as it is read.
    """
    text = _call(document, path[:-1])
    found = re.search(rf"\b{re.escape(str(path[-1]))}(?=\s*=)", text)
    if found is None:
        raise NotWritable
    return _within(document, path[:-1], found.start(), found.end(), name)


def with_argument(document: Document, path: Path, name: str, value: Any) -> Edit:
    """Another value of an argument that is given; else one more argument.

    Raises:
        NotWritable: as `renamed`.
    """
    text = _call(document, path)
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Call)  # it was read as one
    written = repr(value)
    by_name = {keyword.arg: keyword.value for keyword in node.keywords}
    given = (dict(zip(positional_order(text), node.args, strict=False)) | by_name).get(name)
    if given is not None:
        begin, end = given.col_offset, given.end_col_offset
        return _within(document, path, begin, end or begin, written)
    arguments = [*node.args, *by_name.values()]
    last = max((each.end_col_offset or 0 for each in arguments), default=text.rindex(")"))
    return _within(document, path, last, last, f"{', ' if arguments else ''}{name}={written}")


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
