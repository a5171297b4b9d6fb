"""What every format hands its parts to: the value grows here, and the place of each part."""

from __future__ import annotations

from typing import Any, NamedTuple

from deconvcli.diagnostics import Where
from deconvcli.errors import Unreadable

DEEPEST = 32
MOST = 20_000
"""Values of one document."""
LONGEST = 60
"""Characters of a name in a message."""

Path = tuple[str | int, ...]


class Mark(NamedTuple):
    """A line and a column, both from 1."""

    line: int
    column: int


class Place(NamedTuple):
    """Where a value begins and ends, and where its key stands; in a list, the value itself."""

    key: Mark
    begin: Mark
    end: Mark


def unreadable(mark: Mark, message: str, help: str) -> Unreadable:
    """The error for this place of a document whose name the caller knows."""
    return Unreadable(message, help=help, where=Where("", *mark))


class Builder:
    """Values in the order in which they are written: open, key, scalar, close."""

    def __init__(self) -> None:
        self.value: Any = None
        self.places: dict[Path, Place] = {}
        self._open: list[tuple[Any, Path, Place]] = []
        self._key: tuple[str, Mark] | None = None

    @property
    def wants_key(self) -> bool:
        """Whether the next scalar is a key."""
        return bool(self._open) and isinstance(self._open[-1][0], dict) and self._key is None

    def key(self, name: str, mark: Mark) -> None:
        """The next value stands under this name.

        Raises:
            Unreadable: the name is taken.
        """
        container, path, _ = self._open[-1]
        if name in container:
            first = self.places[(*path, name)].key
            raise unreadable(
                mark,
                f"the key {name[:LONGEST]!r} stands here twice, first on line {first.line}",
                "keep one of them.",
            )
        self._key = name, mark

    def scalar(self, value: Any, begin: Mark, end: Mark) -> None:
        """A value that holds no others."""
        self._put(value, begin, end)

    def open(self, container: dict[str, Any] | list[Any], begin: Mark) -> None:
        """An empty list or mapping, which all that follows goes into until it is closed.

        Raises:
            Unreadable: too many are open.
        """
        if len(self._open) == DEEPEST:
            raise unreadable(
                begin,
                f"brackets or blocks are nested more than {DEEPEST} deep",
                "a config needs no more than ten levels.",
            )
        path, place = self._put(container, begin, begin)
        self._open.append((container, path, place))

    def close(self, end: Mark) -> None:
        """What was opened last is complete."""
        _, path, place = self._open.pop()
        self.places[path] = place._replace(end=end)

    def _put(self, value: Any, begin: Mark, end: Mark) -> tuple[Path, Place]:
        if len(self.places) == MOST:
            raise unreadable(begin, f"the file holds more than {MOST:,} values", "divide it.")
        path, key = self._joined(value, begin)
        place = self.places[path] = Place(key, begin, end)
        return path, place

    def _joined(self, value: Any, begin: Mark) -> tuple[Path, Mark]:
        """The value brought to where it belongs: (its path, where its key stands)."""
        if not self._open:
            self.value = value
            return (), begin
        container, path, _ = self._open[-1]
        if self._key is None:
            container.append(value)
            return (*path, len(container) - 1), begin
        (name, mark), self._key = self._key, None
        container[name] = value
        return (*path, name), mark
