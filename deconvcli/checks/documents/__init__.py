"""Files that people write by hand, read with the place of every key and value.

One file a format, named by its suffix. Each hands what it meets to a Builder, so that limits,
duplicate keys and places are the same in all of them. A value here is a dict, a list, text, a
number, a truth value or None, and nothing else: no tags, no aliases, no dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from deconvcli.checks.documents._builder import LONGEST, Builder, Misplaced
from deconvcli.checks.documents._places import Lines, Mark, Path, Place, Places
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Where
from deconvcli.common.shelf import Shelf

__all__ = [
    "DOCUMENTS",
    "KINDS",
    "LARGEST",
    "Document",
    "Mark",
    "Path",
    "Place",
    "path_text",
    "read",
]

Reader = Callable[[str, Builder], None]

DOCUMENTS: Shelf[Reader] = Shelf("deconvcli.checks.documents", "read", "document format")
KINDS: Mapping[str, str] = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}
"""The format of a file, by its suffix."""

LARGEST = 1 << 20
"""Bytes of a document; thirty layers take three thousand."""

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Document(NamedTuple):
    """One file: its text, its value, where each part of that stands, and its format."""

    name: str
    text: str
    value: Any
    places: Places
    kind: str

    def where(self, path: Path) -> Where:
        """The value at a path."""
        return self._at(self.places.begin(self._written(path)), path)

    def where_key(self, path: Path) -> Where:
        """The key under which the value at a path stands."""
        return self._at(self.places.key(self._written(path)), path)

    def value_at(self, path: Path) -> Any:
        """The value at a path that was written."""
        value = self.value
        for part in path:
            value = value[part]
        return value

    def place(self, path: Path) -> Place:
        """The place of a path, or of the nearest part around it that was written."""
        return self.places[self._written(path)]

    def _written(self, path: Path) -> Path:
        """The path, or the nearest part around it that was written."""
        while path not in self.places:
            path = path[:-1]
        return path

    def _at(self, mark: Mark, path: Path) -> Where:
        return Where(self.name, mark.line, mark.column, path_text(path))


def read(name: str, data: bytes, kind: str) -> Document:
    """The document in `data`, in the format `kind`; `name` is what findings call the file.

    Raises:
        Unreadable: it is no such document, or holds what none of ours needs; with its place.
    """
    try:
        text = _decoded(data)
        lines = Lines(text)
        builder = Builder(lines)
        DOCUMENTS.take(kind)(text, builder)
    except Misplaced as error:
        mark = Lines(data.decode("utf-8-sig", "replace")).mark(error.offset)
        raise Unreadable(error.message, help=error.help, where=Where(name, *mark)) from error
    return Document(name, text, builder.value, Places(builder.spans, lines), kind)


def _decoded(data: bytes) -> str:
    """The text of UTF-8, without the byte order mark that Windows' editors write."""
    if len(data) > LARGEST:
        raise Misplaced(
            0,
            f"the file has more than {LARGEST:,} bytes",
            "keep a network to a file; repeat blocks in place of copies.",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        raise Misplaced(len(before), "this byte is not UTF-8", "save the file as UTF-8.") from error
    if found := _FORBIDDEN.search(text):
        code = f"U+{ord(found[0]):04X}"
        raise Misplaced(found.start(), f"the character {code} stands here", "take it out.")
    return text


def path_text(path: Path) -> str:
    """`networks.generator.layers[3].output_padding`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part[:LONGEST]}" for part in path]
    return "".join(parts).removeprefix(".")
