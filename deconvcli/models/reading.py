"""The reader of a file, by the end of its name."""

from __future__ import annotations

import os
import re
from functools import cache

from deconvcli.models.model import GivenSizes, Model
from deconvcli.models.readers import READERS

_SUFFIXES = re.compile(r"^Suffixes: (.+)\.$", re.MULTILINE)


@cache
def list_suffixes() -> dict[str, str]:
    """Return the name of a reader for each suffix of a file; no reader is imported."""
    found: dict[str, str] = {}
    for name in READERS.names:
        match = _SUFFIXES.search(READERS.docstring(name))
        assert match is not None, f"the reader {name} names no suffixes"
        found |= dict.fromkeys(match[1].split(", "), name)
    return found


def find_reader(path: str) -> str | None:
    """Return the name of the reader for a file, by the end of its name; None for no model."""
    return list_suffixes().get(os.path.splitext(path)[1].lower())


def read_model(path: str, sizes: GivenSizes, reader: str | None = None) -> Model:
    """Return what is in a model file. sizes: of its inputs. reader: by default as its name ends.

    Raises:
        Unreadable: the file cannot be read, or is no such model.
        UsageError: no reader has this name, or an input or a number of axes does not exist.
    """
    return READERS.take(reader or find_reader(path) or "").read(path, sizes)
