"""The reader of a file, by the end of its name, and for JSON and YAML by what stands in it."""

from __future__ import annotations

import os
import re
from functools import cache

from deconvcli.common.errors import Unreadable
from deconvcli.models.model import GivenSizes, Model, ModelSteps
from deconvcli.models.readers import READERS

_SUFFIXES = re.compile(r"^Suffixes: (.+)\.$", re.MULTILINE)
_MARKS = re.compile(r"^JSON with: (.+)\.$", re.MULTILINE)
_KEYS = re.compile(r"^YAML with: (.+)\.$", re.MULTILINE)
_OWN_KEY = re.compile(rb"^networks[ \t]*:", re.MULTILINE)
_YAML = (".yaml", ".yml")
MARKED_BYTES = 1 << 16
"""How far JSON and YAML are read for the marks of models; other files of theirs are configs."""


@cache
def list_suffixes() -> dict[str, str]:
    """Return the name of a reader for each suffix of a file; no reader is imported."""
    found: dict[str, str] = {}
    for name in READERS.names:
        if match := _SUFFIXES.search(READERS.docstring(name)):
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


@cache
def _list_keys() -> dict[str, re.Pattern[bytes]]:
    """Return, by the name of a reader, what finds a key that its YAML files have."""
    found: dict[str, re.Pattern[bytes]] = {}
    for name in READERS.names:
        if match := _KEYS.search(READERS.docstring(name)):
            keys = "|".join(map(re.escape, match[1].split(", ")))
            pattern = rf"""^[ \t]*["']?(?:{keys})["']?[ \t]*:"""
            found[name] = re.compile(pattern.encode(), re.MULTILINE)
    return found


def find_reader(path: str) -> str | None:
    """Return the name of the reader for a file; None for one that is no model."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in (".json", *_YAML):
        return list_suffixes().get(suffix)
    # Opening a pipe would wait for a writer, perhaps for ever.
    if not os.path.isfile(path):
        return None
    try:
        with open(path, "rb") as file:
            start = file.read(MARKED_BYTES)
    except OSError:
        return None  # and whoever reads it reports why
    if suffix in _YAML:
        # A config of ours may name a layer as it likes.
        if _OWN_KEY.search(start):
            return None
        return next((name for name, keys in _list_keys().items() if keys.search(start)), None)
    start = b"".join(start.split())
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
    chosen = READERS.take(reader or find_reader(path) or "")
    _require_regular(path)
    return chosen.read(path, sizes)


def list_steps(path: str, sizes: GivenSizes, reader: str | None = None) -> ModelSteps:
    """Return a model file as steps of a config. sizes, reader: as for `read_model`.

    Raises:
        Unreadable: the file cannot be read, or is no such model.
        UsageError: as `read_model`, or steps of such files are not known.
    """
    chosen = READERS.take(reader or find_reader(path) or "")
    _require_regular(path)
    return chosen.list_steps(path, sizes)


def _require_regular(path: str) -> None:
    """Refuse a pipe, which might wait for a writer for ever, a device without an end, and a folder.

    Raises:
        Unreadable: the path is one of these.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        raise Unreadable(
            "it is a folder, a pipe or a device, not a regular file", help="name a regular file."
        )
