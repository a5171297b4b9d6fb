"""Changes of a document, written as edits in the style of its text."""

from __future__ import annotations

import re
from json import dumps
from typing import Any

from deconvcli.checks.documents import Document, Path, Place, Position
from deconvcli.checks.edits import _calls
from deconvcli.checks.edits._edit import NotWritable, TextEdit, insert, line_at, replace
from deconvcli.common.findings import Change, Verb

# A YAML file that starts so is often JSON under another name: its quotes are kept.
_JSON = re.compile(r'\s*\{\s*"')
# Words that YAML reads as text, and sizes such as 3x3, which it does as well.
_PLAIN = re.compile(r"[A-Za-z_$][\w.]*|[0-9]+(x[0-9]+)+")


def write_change(document: Document, change: Change) -> TextEdit:
    """Return the edit that makes one change.

    Raises:
        NotWritable: the change needs more than an edit of one line.
    """
    return _WRITERS[change.verb](document, change)


def _rename(document: Document, change: Change) -> TextEdit:
    text, path = document.text, change.path
    if path not in document.places:  # a keyword inside a pasted call
        return _calls.rename_argument(document, path, change.value)
    begin, old = document.places[path].key, str(path[-1])
    quoted = line_at(text, begin)[begin.column - 1 :].startswith(("'", '"'))
    start = begin._replace(column=begin.column + quoted)
    edit = replace(text, start, start._replace(column=start.column + len(old)), change.value)
    # A key with escapes is longer in the file than in the document.
    if edit.old != old:
        raise NotWritable
    return edit


def _set(document: Document, change: Change) -> TextEdit:
    *above, key = change.path
    if isinstance(document.value_at(tuple(above)), str):
        return _calls.set_argument(document, tuple(above), key, change.value)
    if change.path not in document.places:
        return _add_key(document, tuple(above), str(key), change.value)
    place = document.places[change.path]
    edit = replace(document.text, place.begin, place.end, _format(document, change.value))
    quote = edit.old[:1]
    # In the quotes that the author uses.
    if quote in ("'", '"') and isinstance(change.value, str) and _PLAIN.fullmatch(change.value):
        return edit._replace(new=f"{quote}{change.value}{quote}")
    return edit


def _add_key(document: Document, path: Path, key: str, value: Any) -> TextEdit:
    pair = _format_pair(document, key, value)
    children = _children(document, path)
    if _is_flow(document, path):
        return insert(document.text, children[-1].end, f", {pair}")
    # In a block the new line follows the first key: after the last one may come comments, or
    # the lines of a nested block.
    first = children[0]
    # A line after the key would then lie inside its value.
    if first.end.line != first.key.line:
        raise NotWritable
    return _insert_line_after(document, first.key, " " * (first.key.column - 1) + pair)


def _insert(document: Document, change: Change) -> TextEdit:
    *above, index = change.path
    places = _children(document, tuple(above))
    pairs = [_format_pair(document, key, value) for key, value in change.value]
    item = f"{{{', '.join(pairs)}}}"
    if _is_flow(document, tuple(above)):
        return _insert_into_flow(document, places, int(index), item)
    here = places[min(int(index), len(places) - 1)].begin
    # With the indentation and the dash of its neighbour.
    line = line_at(document.text, here)[: here.column - 1] + item
    if int(index) < len(places):
        return insert(document.text, here._replace(column=1), line + _newline(document))
    return _insert_line_after(document, _last(document, tuple(above)), line)


def _insert_into_flow(document: Document, places: list[Place], index: int, item: str) -> TextEdit:
    """Return the edit for an item between brackets, on its own line if the other items are."""
    here = places[min(index, len(places) - 1)].begin
    before = line_at(document.text, here)[: here.column - 1]
    comma = ", " if before.strip() else f",{_newline(document)}{before}"
    if index < len(places):
        return insert(document.text, here, item + comma)
    return insert(document.text, places[-1].end, comma + item)


def _drop(document: Document, change: Change) -> TextEdit:
    """Return the edit that removes a key between braces, with the comma before it."""
    above = change.path[:-1]
    place, siblings = document.place(change.path), _children(document, above)
    number = siblings.index(place)
    # The first key has no comma before it, and a key of a block takes its whole line.
    if not _is_flow(document, above) or number == 0:
        raise NotWritable
    return replace(document.text, siblings[number - 1].end, place.end, "")


def _insert_line_after(document: Document, position: Position, line: str) -> TextEdit:
    width = len(line_at(document.text, position))
    return insert(document.text, position._replace(column=width + 1), _newline(document) + line)


def _last(document: Document, path: Path) -> Position:
    """Return the end of the last value in a block."""
    # YAML ends a block where the next one starts, perhaps lines further down. Only values that
    # are no blocks themselves end where their text ends.
    inside = [p for p in document.places if p[: len(path)] == path and p != path]
    containers = {p[:-1] for p in inside}
    ends = [p for p in inside if p not in containers or _is_flow(document, p)]
    return max(document.places[p].end for p in ends)


def _children(document: Document, path: Path) -> list[Place]:
    """Return the places of the members of a list or mapping, in order."""
    container = document.value_at(path)
    return [
        document.places[(*path, part)]
        for part in (container if isinstance(container, dict) else range(len(container)))
    ]


def _is_flow(document: Document, path: Path) -> bool:
    """Return whether a list or mapping is written between brackets."""
    begin = document.places[path].begin
    return line_at(document.text, begin)[begin.column - 1 : begin.column] in ("{", "[")


def _newline(document: Document) -> str:
    return "\r\n" if "\r\n" in document.text else "\n"


def _format_pair(document: Document, key: str, value: Any) -> str:
    return f"{_format(document, key)}: {_format(document, value)}"


def _format(document: Document, value: Any) -> str:
    """Return a value in flow style, without quotes where the format needs none."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(_format(document, item) for item in value)}]"
    if isinstance(value, str) and not _JSON.match(document.text) and _PLAIN.fullmatch(value):
        return value
    return dumps(value, ensure_ascii=False)


_WRITERS = {Verb.RENAME: _rename, Verb.SET: _set, Verb.INSERT: _insert, Verb.DROP: _drop}
