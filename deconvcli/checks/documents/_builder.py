"""What every format hands its parts to: the value grows here, and the place of each part."""

from __future__ import annotations

from typing import Any

from deconvcli.checks.documents._places import Lines, Path, Span
from deconvcli.common.errors import DeconvError

DEEPEST = 32
MOST = 20_000
"""Values of one document."""
LONGEST = 60
"""Characters of a name in a message."""


class Misplaced(DeconvError):
    """Something that makes a document unreadable stands at this offset of its text."""

    def __init__(self, offset: int, message: str, help: str) -> None:
        super().__init__(message, help=help)
        self.offset = offset


class Builder:
    """Values in the order in which they are written: open, key, scalar, close.

    wants_key: whether the next scalar is a key. All places are offsets in the text.
    """

    def __init__(self, lines: Lines) -> None:
        self.value: Any = None
        self.spans: dict[Path, Span] = {}
        self.wants_key = False
        self._lines = lines
        self._container: Any = None
        self._path: Path = ()
        self._key: tuple[str, int] = ("", 0)
        self._around: list[tuple[Any, Path]] = []

    def anew(self) -> Builder:
        """An empty one for the same text."""
        return Builder(self._lines)

    def key(self, name: str, offset: int) -> None:
        """The next value stands under this name.

        Raises:
            Misplaced: the name is taken.
        """
        if name in self._container:
            first = self._lines.mark(self.spans[(*self._path, name)][0])
            raise Misplaced(
                offset,
                f"the key {name[:LONGEST]!r} stands here twice, first on line {first.line}",
                "keep one of them.",
            )
        self._key = name, offset
        self.wants_key = False

    def scalar(self, value: Any, begin: int, end: int) -> None:
        """A value that holds no others."""
        self._put(value, begin, end)

    def open(self, container: dict[str, Any] | list[Any], begin: int) -> None:
        """An empty list or mapping, which all that follows goes into until it is closed.

        Raises:
            Misplaced: too many are open.
        """
        if len(self._around) == DEEPEST:
            raise Misplaced(
                begin,
                f"brackets or blocks are nested more than {DEEPEST} deep",
                "a config needs no more than ten levels.",
            )
        path = self._put(container, begin, begin)
        self._around.append((self._container, self._path))
        self._container, self._path = container, path
        self.wants_key = isinstance(container, dict)

    def close(self, end: int) -> None:
        """What was opened last is complete."""
        key, begin, _ = self.spans[self._path]
        self.spans[self._path] = key, begin, end
        self._container, self._path = self._around.pop()
        self.wants_key = isinstance(self._container, dict)

    def _put(self, value: Any, begin: int, end: int) -> Path:
        """The value brought to where it belongs: its path."""
        if len(self.spans) == MOST:
            raise Misplaced(begin, f"the file holds more than {MOST:,} values", "divide it.")
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
