"""A change of a document as edits of its text, in the style that stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import dumps
from typing import Any

from deconvcli.checks.documents import Document, Mark, Path, Place
from deconvcli.checks.edits import _calls
from deconvcli.checks.edits._edit import Edit, NotWritable, between, line_at
from deconvcli.common.findings import Change, Verb

_PLAIN = re.compile(r"[A-Za-z_$][\w.]*|[0-9]+(x[0-9]+)+")


def edits_of(document: Document, change: Change) -> Iterator[Edit]:
    """The edits that make one change.

    Raises:
        NotWritable: it takes more than edits of single lines.
    """
    yield _WRITERS[change.verb](document, change)


def _rename(document: Document, change: Change) -> Edit:
    text, path = document.text, change.path
    if path not in document.places:
        return _calls.renamed(document, path, change.value)
    begin, old = document.places[path].key, str(path[-1])
    quoted = line_at(text, begin)[begin.column - 1 :].startswith(("'", '"'))
    start = begin._replace(column=begin.column + quoted)
    edit = between(text, start, start._replace(column=start.column + len(old)), change.value)
    if edit.old != old:
        raise NotWritable
    return edit


def _set(document: Document, change: Change) -> Edit:
    *above, key = change.path
    if isinstance(document.value_at(tuple(above)), str):
        return _calls.with_argument(document, tuple(above), key, change.value)
    if change.path not in document.places:
        return _added(document, tuple(above), str(key), change.value)
    place = document.places[change.path]
    return between(document.text, place.begin, place.end, _text(document, change.value))


def _added(document: Document, path: Path, key: str, value: Any) -> Edit:
    """A key behind the last one between braces, behind the first one of a block."""
    pair = _pair(document, key, value)
    children = _children(document, path)
    if _is_flow(document, path):
        end = children[-1].end
        return between(document.text, end, end, f", {pair}")
    first = children[0]
    if first.end.line != first.key.line:
        raise NotWritable
    return _behind_line(document, first.key, " " * (first.key.column - 1) + pair)


def _insert(document: Document, change: Change) -> Edit:
    *above, index = change.path
    places = _children(document, tuple(above))
    item = _mapping(document, change.value)
    if _is_flow(document, tuple(above)):
        return _between_brackets(document, places, int(index), item)
    here = places[min(int(index), len(places) - 1)].begin
    line = line_at(document.text, here)[: here.column - 1] + item
    if int(index) < len(places):
        start = here._replace(column=1)
        return between(document.text, start, start, line + _newline(document))
    return _behind_line(document, _last(document, tuple(above)), line)


def _between_brackets(document: Document, places: list[Place], index: int, item: str) -> Edit:
    """An item on a line of its own, if the others have one."""
    here = places[min(index, len(places) - 1)].begin
    before = line_at(document.text, here)[: here.column - 1]
    comma = ", " if before.strip() else f",{_newline(document)}{before}"
    if index < len(places):
        return between(document.text, here, here, item + comma)
    return between(document.text, places[-1].end, places[-1].end, comma + item)


def _drop(document: Document, change: Change) -> Edit:
    """A key between braces goes with the comma in front of it."""
    above = change.path[:-1]
    place, siblings = document.place(change.path), _children(document, above)
    number = siblings.index(place)
    if not _is_flow(document, above) or number == 0:
        raise NotWritable
    return between(document.text, siblings[number - 1].end, place.end, "")


def _behind_line(document: Document, mark: Mark, line: str) -> Edit:
    width = len(line_at(document.text, mark))
    end = mark._replace(column=width + 1)
    return between(document.text, end, end, _newline(document) + line)


def _last(document: Document, path: Path) -> Mark:
    """Where the last part of a block ends that is itself no block."""
    inside = [p for p in document.places if p[: len(path)] == path and p != path]
    held = {p[:-1] for p in inside}
    return max(document.places[p].end for p in inside if p not in held or _is_flow(document, p))


def _children(document: Document, path: Path) -> list[Place]:
    """The places of what a list or mapping holds, in order."""
    held = document.value_at(path)
    return [
        document.places[(*path, part)]
        for part in (held if isinstance(held, dict) else range(len(held)))
    ]


def _is_flow(document: Document, path: Path) -> bool:
    begin = document.places[path].begin
    return line_at(document.text, begin)[begin.column - 1 : begin.column] in ("{", "[")


def _newline(document: Document) -> str:
    return "\r\n" if "\r\n" in document.text else "\n"


def _is_json(document: Document) -> bool:
    """Whether words stand in quotes: in JSON, and in YAML that is JSON as well."""
    return document.text.lstrip()[:1] == "{"


def _mapping(document: Document, pairs: tuple[tuple[str, Any], ...]) -> str:
    return f"{{{', '.join(_pair(document, key, value) for key, value in pairs)}}}"


def _pair(document: Document, key: str, value: Any) -> str:
    return f"{_text(document, key)}: {_text(document, value)}"


def _text(document: Document, value: Any) -> str:
    """A value between braces, words without quotes where none are needed."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(_text(document, item) for item in value)}]"
    if isinstance(value, str) and not _is_json(document) and _PLAIN.fullmatch(value):
        return value
    return dumps(value, ensure_ascii=False)


_WRITERS = {Verb.RENAME: _rename, Verb.SET: _set, Verb.INSERT: _insert, Verb.DROP: _drop}
