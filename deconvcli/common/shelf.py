"""A shelf is a folder whose file names are the names users type; a folder in it is a large file.

Listing it imports nothing; taking a name imports that one file. A new dialect, renderer or
command is therefore one new file, and no table has to learn of it.
"""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Sequence
from functools import cached_property, lru_cache
from importlib import import_module
from typing import Generic, TypeVar

from deconvcli.common.errors import UsageError

Item = TypeVar("Item")

_QUOTES = '"""'


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    return _nearest(word, tuple(known))


# A message and its fix ask for the same word.
@lru_cache(maxsize=8)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches  # 3 ms that only a mistake needs

    lowered = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), lowered, n=1, cutoff=0.5)
    return lowered[close[0]] if close else None


def suggestion(word: str, known: Sequence[str]) -> str:
    """One action for a wrong word: the nearest right one, and all if they are few.

    Empty where nothing is near and there are more than a line can hold.
    """
    close = nearest(word, known)
    meant = [f"did you mean {close!r}?"] if close else []
    are_listed = len(known) < (9 if close else 50)
    listed = [f"choose from: {', '.join(known)}."] if are_listed else []
    return " ".join([*meant, *listed])


class Shelf(Generic[Item]):
    """The files of `package`, each offering its object under the name `attribute`."""

    def __init__(self, package: str, attribute: str, kind: str) -> None:
        self.package = package
        self.attribute = attribute
        self.kind = kind
        self._taken: dict[str, Item] = {}

    @cached_property
    def names(self) -> list[str]:
        """Sorted names, a leading underscore keeping a file off the shelf."""
        found = (
            module.name for module in pkgutil.iter_modules(import_module(self.package).__path__)
        )
        return sorted(name for name in found if not name.startswith("_"))

    def take(self, name: str) -> Item:
        """The object of one file.

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
