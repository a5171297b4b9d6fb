"""Where an array is: a file, and its name there."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.common.files import format_path

_NAMED = re.compile(r"(.+\.(?:npy|npz|safetensors)):(.*)", re.IGNORECASE | re.DOTALL)


class Place(NamedTuple):
    """A file, and the name of an array in it; empty where none is given."""

    path: str
    name: str = ""

    def __str__(self) -> str:
        return format_path(f"{self.path}:{self.name}" if self.name else self.path)


def read_place(text: str) -> Place:
    """Return the place that `model.safetensors:up1.weight` or `w.npy` means.

    Raises:
        UsageError: no name is after the colon.
    """
    named = _NAMED.fullmatch(text)
    if named is None or os.path.exists(text):
        return Place(text)
    path, name = named.groups()
    if not name:
        raise UsageError(
            f"{format_path(text)} has no name after its colon",
            help=f"write the name of an array, as {format_path(path)}:weight, or no colon.",
            code="array-name",
        )
    return Place(path, name)
