"""The builder of documents: every format's reader reports its parts here.

Limits, duplicate keys and positions are therefore handled once, and alike for all formats.
"""

from __future__ import annotations

from typing import Any

from deconvcli.checks.documents._places import LineIndex, Path, Span
from deconvcli.common.errors import DeconvError

MAX_DOCUMENT_DEPTH = 32
# So many are read and checked well within a second.
MAX_DOCUMENT_VALUES = 20_000
MAX_SHOWN_NAME = 60
"""The longest part of a foreign name in a message, in characters."""


class Misplaced(DeconvError):
    """Something at this offset of the text makes the document unreadable."""

    def __init__(self, offset: int, message: str, help: str) -> None:
        super().__init__(message, help=help)
        self.offset = offset


class Builder:
    """The value of a document, built from events in text order: open, key, scalar, close.

    wants_key: whether the next scalar is a key. All positions are offsets in the text.
    """

    def __init__(self, lines: LineIndex) -> None:
        self.value: Any = None
        self.spans: dict[Path, Span] = {}
        self.wants_key = False
        self._lines = lines
        self._container: Any = None
        self._path: Path = ()
        self._key: tuple[str, int] = ("", 0)
        # The enclosing containers. An explicit stack: recursion would let a file of brackets
        # exhaust Python's own.
        self._around: list[tuple[Any, Path]] = []

    def restart(self) -> Builder:
        """Return an empty builder for the same text."""
        return Builder(self._lines)

    def key(self, name: str, offset: int) -> None:
        """Store the next value under this name.

        Raises:
            Misplaced: the container already has this name.
        """
        # YAML and JSON parsers usually keep the last of two equal keys, and the author never
        # learns that the first one has no effect.
        if name in self._container:
            first = self._lines.position(self.spans[(*self._path, name)][0])
            raise Misplaced(
                offset,
                f"the key {name[:MAX_SHOWN_NAME]!r} is given twice, first on line {first.line}",
                "keep one of them.",
            )
        self._key = name, offset
        self.wants_key = False

    def scalar(self, value: Any, begin: int, end: int) -> None:
        """Store a value that contains no others."""
        self._put(value, begin, end)

    def open(self, container: dict[str, Any] | list[Any], begin: int) -> None:
        """Open an empty list or mapping, which receives everything until it is closed.

        Raises:
            Misplaced: too many containers are open.
        """
        if len(self._around) == MAX_DOCUMENT_DEPTH:
            raise Misplaced(
                begin,
                f"brackets or blocks are nested more than {MAX_DOCUMENT_DEPTH} deep",
                "flatten the file; a config needs no more than ten levels.",
            )
        path = self._put(container, begin, begin)
        self._around.append((self._container, self._path))
        self._container, self._path = container, path
        self.wants_key = isinstance(container, dict)

    def close(self, end: int) -> None:
        """Close the container that was opened last."""
        key, begin, _ = self.spans[self._path]
        self.spans[self._path] = key, begin, end
        self._container, self._path = self._around.pop()
        self.wants_key = isinstance(self._container, dict)

    def _put(self, value: Any, begin: int, end: int) -> Path:
        """Put the value into the open container, and return its path."""
        if len(self.spans) == MAX_DOCUMENT_VALUES:
            message = f"the file has more than {MAX_DOCUMENT_VALUES:,} values"
            raise Misplaced(begin, message, "split it into several files.")
        container, path, key = self._container, self._path, begin
        if container is None:
            self.value = value
        elif isinstance(container, list):
            path = (*path, len(container))
            container.append(value)
        else:
            name, key = self._key
            path = (*path, name)
            container[name] = value
            self.wants_key = True
        self.spans[path] = key, begin, end
        return path
