"""The values of a config of another program, JSON or YAML, and the lines of its keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from deconvcli.common.errors import Unreadable
from deconvcli.common.files import open_regular_file
from deconvcli.common.findings import Where
from deconvcli.common.values import shorten
from deconvcli.models.model import OTHER_FILE

MAX_BYTES = 1 << 18
"""The largest config; those of the programs that are known take 10 KB."""
MAX_LAYERS = 32
MAX_NUMBER = 1 << 20
_MAX_DEPTH = 4

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")


def refuse(reason: str, code: str = "unreadable") -> Unreadable:
    """Return the error for a config that cannot be read."""
    return Unreadable(f"the config {reason}", help="correct it as its program needs it.", code=code)


class Settings:
    """The values of a config by their keys, at whatever depth the program keeps them."""

    def __init__(self, text: str, value: Any) -> None:
        self.text = text
        self.root = value if isinstance(value, dict) else {}

    def find(self, *keys: str) -> Any:
        """Return the value of the first of these keys that the config has, the outermost one."""
        return next((table[key] for key in keys for table in self._walk() if key in table), None)

    def name(self, *keys: str) -> str | None:
        """Return the first of these keys that the config has."""
        return next((key for key in keys for table in self._walk() if key in table), None)

    def _walk(self) -> Iterator[dict[str, Any]]:
        level = [self.root]
        for _ in range(_MAX_DEPTH):
            yield from level
            # Each table once: anchors of YAML may lead to the same one a million times.
            inner = {
                id(value): value
                for table in level
                for value in table.values()
                if isinstance(value, dict)
            }
            level = list(inner.values())

    def list_integers(self, key: str) -> list[int]:
        """Return a list of positive integers.

        Raises:
            Unreadable: it is something else, or longer or larger than any program's.
        """
        found = self.find(key)
        if not isinstance(found, list) or not found:
            raise refuse(f"needs a list of integers for {key}")
        if len(found) > MAX_LAYERS:
            raise refuse(f"has {len(found):,} numbers for {key}; at most {MAX_LAYERS} are read")
        return [_require_integer(value, key) for value in found]

    def read_integer(self, key: str, default: int) -> int:
        """Return a positive integer, the program's default where the config has none."""
        found = self.find(key)
        return default if found is None else _require_integer(found, key)

    def find_integer(self, key: str | None) -> int | None:
        """Return an integer that only comparisons need; None for anything else."""
        found = self.find(key) if key else None
        if isinstance(found, bool) or not isinstance(found, int):
            return None
        return found if 0 < found <= MAX_NUMBER else None

    def locate(self, key: str) -> Where:
        """Return the place of a key."""
        found = re.search(rf"""["']?(?<![\w]){re.escape(key)}["']?[ \t]*:""", self.text)
        offset = found.start() if found else 0
        before = self.text[:offset]
        return Where("", before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def _require_integer(value: Any, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MAX_NUMBER:
        shown = shorten(str(value) if not isinstance(value, int) or value < 10**12 else "10**12...")
        raise refuse(f"has {shown} for {key}; integers from 1 to {MAX_NUMBER:,} are read")
    return value


def pair(settings: Settings, first: str, second: str) -> tuple[list[int], list[int]]:
    """Return two lists of one length.

    Raises:
        Unreadable: they differ in length, or are none.
    """
    one, other = settings.list_integers(first), settings.list_integers(second)
    if len(one) != len(other):
        raise refuse(f"has {len(one)} numbers for {first} and {len(other)} for {second}")
    return one, other


def halve(channels: int, count: int) -> list[tuple[int, int]]:
    """Return the channels before and after each of `count` layers, which halve them.

    Raises:
        Unreadable: nothing is left of them.
    """
    if not channels >> count:
        raise refuse(f"halves {channels:,} channels {count} times, which leaves none")
    return [(channels >> step, channels >> step + 1) for step in range(count)]


def load_settings(path: str) -> Settings:
    """Return the values of a config; nothing in it is executed.

    Raises:
        Unreadable: the file cannot be read, or is neither JSON nor YAML.
    """
    try:
        with open_regular_file(path) as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(
            getattr(error, "strerror", None) or str(error), help="make the file readable."
        ) from error
    if len(data) > MAX_BYTES:
        raise refuse(f"has more than {MAX_BYTES >> 10} KiB", OTHER_FILE)
    text = data.decode("utf-8-sig", "replace")
    try:
        return Settings(text, json.loads(text) if path.lower().endswith(".json") else _load(text))
    # ValueError: also for integers of thousands of digits.
    except (ValueError, RecursionError) as error:
        raise refuse("is no JSON or YAML that can be read") from error


def _load(text: str) -> Any:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(text, loader)
    except yaml.YAMLError as error:
        raise ValueError from error
    # Not the loader's own values: merges of merges would take all memory.
    return _Values().read(node)


class _Values:
    """Plain values of YAML's nodes; an alias is the value that it names."""

    def __init__(self) -> None:
        self._known: dict[int, Any] = {}

    def read(self, node: Any) -> Any:
        if id(node) not in self._known:
            self._known[id(node)] = None  # what a node that holds itself is there
            self._known[id(node)] = self._make(node)
        return self._known[id(node)]

    def _make(self, node: Any) -> Any:
        value = getattr(node, "value", None)
        if isinstance(value, str):
            tag = node.tag.rpartition(":")[2]
            if tag == "bool":
                return value.lower() in ("true", "yes", "on")
            return int(value) if tag == "int" and _INTEGER.fullmatch(value) else value
        if not isinstance(value, list):
            return None
        if not all(isinstance(each, tuple) for each in value):
            return [self.read(each) for each in value]
        found: dict[str, Any] = {}
        for key, own in value:
            read = self.read(own)
            if key.value == "<<" and isinstance(read, dict):
                found = {**read, **found}
            else:
                found[str(key.value)[:200]] = read
        return found
