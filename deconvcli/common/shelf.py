"""A shelf is a folder whose file names are the names users type; a large file may be a folder.

Listing it imports nothing; taking a name imports that one file. A new dialect, renderer or
command is therefore one new file, and no table has to change.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property, lru_cache
from importlib import import_module
from typing import Generic, TypeVar

from deconvcli.common.errors import UsageError

Item = TypeVar("Item")

_QUOTES = '"""'


def nearest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that is most like `word`, if any is similar."""
    return _nearest(word, tuple(known))


# Cached: the message and its fix both look up the same word.
@lru_cache(maxsize=8)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches  # takes 3 ms, which only a mistake should cost

    lowered = {name.lower(): name for name in known}
    # A longer word has too few letters in common with any of them.
    if len(word) > 3 * max(map(len, lowered), default=0):
        return None
    close = get_close_matches(word.lower(), lowered, n=1)
    return lowered[close[0]] if close else None


def is_slip(word: str, name: str) -> bool:
    """Return whether a word is a name with at most one letter in five missing, wrong or swapped."""
    word, name = word.lower(), name.lower()
    # Another number is another thing: skip1 is not skip2.
    if list(filter(str.isdigit, word)) != list(filter(str.isdigit, name)):
        return False
    # The distance of Damerau and Levenshtein, row by row.
    last: list[int] = []
    above = list(range(len(name) + 1))
    for row in range(1, len(word) + 1):
        here = [row]
        for column in range(1, len(name) + 1):
            is_other = word[row - 1] != name[column - 1]
            costs = [above[column] + 1, here[-1] + 1, above[column - 1] + is_other]
            if last and column > 1 and word[row - 2 : row] == name[column - 2 : column][::-1]:
                costs.append(last[column - 2] + 1)
            here.append(min(costs))
        last, above = above, here
    return above[-1] <= max(1, len(name) // 5)


def suggestion(word: str, known: Sequence[str]) -> str:
    """Return one action for a wrong word: the nearest known one, and all if they are few.

    It is empty if no word is similar and a line cannot hold them all.
    """
    close = nearest(word, known)
    guess = [f"did you mean {close!r}?"] if close else []
    are_listed = len(known) < (9 if close else 50) and list(known) != [close]
    choices = [f"choose from: {', '.join(known)}."] if are_listed else []
    return " ".join([*guess, *choices])


class Shelf(Generic[Item]):
    """The files of `package`, each offering its object under the name `attribute`."""

    def __init__(self, package: str, attribute: str, kind: str) -> None:
        self.package = package
        self.attribute = attribute
        self.kind = kind
        self._taken: dict[str, Item] = {}

    @cached_property
    def names(self) -> list[str]:
        """The sorted names; a leading underscore keeps a file off the shelf."""
        # Not by pkgutil, whose import takes longer than the list.
        found = {
            entry.name.removesuffix(".py")
            for folder in import_module(self.package).__path__
            for entry in os.scandir(folder)
            if entry.name.endswith(".py") or os.path.isfile(f"{entry.path}/__init__.py")
        }
        return sorted(name for name in found if name.isidentifier() and name[0] != "_")

    def take(self, name: str) -> Item:
        """Return the object of one file.

        Raises:
            UsageError: no file has this name.
        """
        if name not in self._taken:
            if name not in self.names:
                raise UsageError(
                    f"{self.kind} {name!r} is not known",
                    help=suggestion(name, self.names),
                    code=f"unknown-{self.kind}",
                )
            module = import_module(f"{self.package}.{name}")
            self._taken[name] = getattr(module, self.attribute)
        return self._taken[name]

    def docstring(self, name: str) -> str:
        """Return the docstring at the top of a file, read without importing the file."""
        [folder, *_] = import_module(self.package).__path__
        path = f"{folder}/{name}"
        file = f"{path}/__init__.py" if os.path.isdir(path) else f"{path}.py"
        text = ""
        with open(file, encoding="utf-8") as lines:
            while text.count(_QUOTES) < 2 and (line := lines.readline()):
                text += line
        return text.replace(_QUOTES, "").strip()
