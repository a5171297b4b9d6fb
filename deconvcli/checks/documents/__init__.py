"""Readers of hand-written files, with the position of every key and value.

There is one file per format. Each reports its parts to a Builder, so that limits, duplicate keys
and positions are the same for all formats. A value is a dict, a list, text, a number, a Boolean
or None, and nothing else: no tags, no aliases, no dates.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from deconvcli.checks.documents._builder import MAX_SHOWN_NAME, Builder, Misplaced
from deconvcli.checks.documents._places import LineIndex, Path, Place, Places, Position
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Where
from deconvcli.common.shelf import Shelf

__all__ = [
    "DOCUMENTS",
    "MAX_DOCUMENT_BYTES",
    "Document",
    "LineIndex",
    "Path",
    "Place",
    "Places",
    "Position",
    "format_of",
    "path_text",
    "read",
]

Reader = Callable[[str, Builder], None]

DOCUMENTS: Shelf[Reader] = Shelf("deconvcli.checks.documents", "read", "document format")
_OTHER_SUFFIXES = {"yml": "yaml"}

MAX_DOCUMENT_BYTES = 1 << 20
"""The largest document; thirty layers take about three thousand bytes."""

# YAML's printable characters (YAML 1.2.2, section 5.1). Others would reach terminals and CI logs.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Document(NamedTuple):
    """One file: its text, its value, the place of each part, and its format."""

    name: str
    text: str
    value: Any
    places: Places
    kind: str

    def where(self, path: Path) -> Where:
        """Return the position of the value at a path."""
        return self._at(self.places.begin(self._existing(path)), path)

    def where_key(self, path: Path) -> Where:
        """Return the position of the key at a path."""
        return self._at(self.places.key(self._existing(path)), path)

    def value_at(self, path: Path) -> Any:
        """Return the value at a path that exists."""
        value = self.value
        for part in path:
            value = value[part]
        return value

    def place(self, path: Path) -> Place:
        """Return the place of a path, or of the nearest part around it that exists."""
        return self.places[self._existing(path)]

    def _existing(self, path: Path) -> Path:
        """Return the path, or that of the nearest part around it that exists."""
        while path not in self.places:
            path = path[:-1]
        return path

    def _at(self, position: Position, path: Path) -> Where:
        return Where(self.name, position.line, position.column, path_text(path))


def format_of(path: str) -> str | None:
    """Return the format of a file by its suffix, which is its reader's name, or None."""
    suffix = os.path.splitext(path)[1].lower().removeprefix(".")
    name = _OTHER_SUFFIXES.get(suffix, suffix)
    return name if name in DOCUMENTS.names else None


def read(name: str, data: bytes, kind: str) -> Document:
    """Return the document in `data`.

    name: the file's name in findings. kind: the format.

    Raises:
        Unreadable: the data is not of this format, or uses an unsupported feature. The error has
            the position.
    """
    try:
        text = _decode(data)
        lines = LineIndex(text)
        builder = Builder(lines)
        DOCUMENTS.take(kind)(text, builder)
    except Misplaced as error:
        # Decoded again: there is no `text` where decoding itself has failed.
        position = LineIndex(data.decode("utf-8-sig", "replace")).position(error.offset)
        raise Unreadable(error.message, help=error.help, where=Where(name, *position)) from error
    return Document(name, text, builder.value, Places(builder.spans, lines), kind)


def _decode(data: bytes) -> str:
    """Return the text, without the byte order mark that editors on Windows write."""
    if len(data) > MAX_DOCUMENT_BYTES:
        raise Misplaced(
            0,
            f"the file has more than {MAX_DOCUMENT_BYTES:,} bytes",
            "write one network per file, and repeated blocks in place of copies.",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The error counts bytes, our offsets count characters.
        before = data[: error.start].decode("utf-8-sig")
        raise Misplaced(
            len(before), "this byte is not valid UTF-8", "save the file as UTF-8."
        ) from error
    if found := _FORBIDDEN.search(text):
        code = f"U+{ord(found[0]):04X}"
        raise Misplaced(found.start(), f"the character {code} is not allowed", "remove it.")
    return text


def path_text(path: Path) -> str:
    """Return the path as text: `networks.generator.layers[3].output_padding`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{_shorten_name(part)}" for part in path]
    return "".join(parts).removeprefix(".")


def _shorten_name(name: str) -> str:
    """Return a name of which, where it is long, the middle is left out: its end says most."""
    half = MAX_SHOWN_NAME // 2 - 1
    return name if len(name) <= MAX_SHOWN_NAME else f"{name[:half]}...{name[-half:]}"
