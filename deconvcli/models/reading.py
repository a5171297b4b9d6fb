"""The reader of a file, by the end of its name, and for JSON by what stands in it."""

from __future__ import annotations

import os
import re
from functools import cache

from deconvcli.models.model import GivenSizes, Model
from deconvcli.models.readers import READERS

_SUFFIXES = re.compile(r"^Suffixes: (.+)\.$", re.MULTILINE)
_MARKS = re.compile(r"^JSON with: (.+)\.$", re.MULTILINE)
MARKED_BYTES = 1 << 16
"""How far a JSON file is read for the marks of models; other JSON is a config."""


@cache
def list_suffixes() -> dict[str, str]:
    """Return the name of a reader for each suffix of a file; no reader is imported."""
    found: dict[str, str] = {}
    for name in READERS.names:
        match = _SUFFIXES.search(READERS.docstring(name))
        assert match is not None, f"the reader {name} names no suffixes"
        found |= dict.fromkeys(match[1].split(", "), name)
    return found


@cache
def _list_marks() -> dict[bytes, str]:
    """Return the name of a reader for each text that its JSON files have, without spaces."""
    found: dict[bytes, str] = {}
    for name in READERS.names:
        if match := _MARKS.search(READERS.docstring(name)):
            found |= {mark.encode(): name for mark in match[1].split(", ")}
    return found


def find_reader(path: str) -> str | None:
    """Return the name of the reader for a file; None for one that is no model."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix != ".json":
        return list_suffixes().get(suffix)
    # Opening a pipe would wait for a writer, perhaps for ever.
    if not os.path.isfile(path):
        return None
    try:
        with open(path, "rb") as file:
            start = b"".join(file.read(MARKED_BYTES).split())
    except OSError:
        return None  # and whoever reads it reports why
    return next((name for mark, name in _list_marks().items() if mark in start), None)


def finds_working(path: str, reader: str | None = None) -> bool:
    """Return whether the reader of a model file finds the input sizes that work.

    Raises:
        UsageError: no reader has this name.
    """
    return READERS.take(reader or find_reader(path) or "").finds_working


def read_model(path: str, sizes: GivenSizes, reader: str | None = None) -> Model:
    """Return what is in a model file. sizes: of its inputs. reader: by default as its name ends.

    Raises:
        Unreadable: the file cannot be read, or is no such model.
        UsageError: no reader has this name, or an input or a number of axes does not exist.
    """
    return READERS.take(reader or find_reader(path) or "").read(path, sizes)
