"""The line of the author's source that a file stores with an operation."""

from __future__ import annotations

import re
from typing import NamedTuple

_PLACE = re.compile(r'File "([^"]+)", line (\d+), in [^\n]*\n *([^\n]*)')
_INSTALLED = ("site-packages", "dist-packages")


class Place(NamedTuple):
    """A line of the author's source: the last part of its path, its number and its text."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def find_place(trace: str) -> Place | None:
    """Return the innermost line of a stack trace that is not of an installed package."""
    found = [
        # The folders of whoever exported it stay private.
        Place(path.replace("\\", "/").rpartition("/")[2], int(number[:9]), text)
        for path, number, text in _PLACE.findall(trace)
        if not any(folder in path for folder in _INSTALLED)
    ]
    return found[-1] if found else None
