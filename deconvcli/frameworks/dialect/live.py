"""Layer objects of frameworks, known by the names of their classes and read by their attributes.

No framework is imported, and no layer is called: whoever has a layer object has its framework.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import index
from typing import Any, NamedTuple


class LiveLayer(NamedTuple):
    """The statements of a layer object about itself, in its dialect's own parameters.

    weight: the shape of its weights, None before they exist; None for a number in it that is the
    input's channels. implementation: the backend of the object, where its classes name one.
    batch_axes: how many its input may have, None for as many as its dialect takes. circular:
    whether its input is first repeated at its opposite ends, which leaves no other trace.
    """

    words: Mapping[str, Any]
    rank: int
    weight: tuple[int | None, ...] | None = None
    implementation: str = ""
    batch_axes: range | None = None
    circular: bool = False


Describe = Callable[[Any], LiveLayer | None]


class LiveClass(NamedTuple):
    """A class of layer objects: its package and name, and how its objects are read.

    package: the first part of its module's name. name: a regular expression for the whole name.
    describe: returns None for an object that only has the name.
    """

    package: str
    name: str
    describe: Describe

    def owns(self, module: object) -> bool:
        """Return whether this class, or a parent of the object's class, is the one described."""
        pattern = re.compile(self.name)
        return any(
            package == self.package and pattern.fullmatch(name)
            for package, name in list_classes(module)
        )


def list_classes(module: object) -> list[tuple[str, str]]:
    """Return (package, name) of an object's class and of all its parents."""
    own = [(one.__module__.partition(".")[0], one.__name__) for one in type(module).__mro__]
    # TorchScript compiles every layer into this one class, and keeps the name of the layer's.
    if ("torch", "ScriptModule") in own:
        return [("torch", str(getattr(module, "original_name", ""))), *own]
    return own


def find_rank(module: object, name: str) -> int:
    """Return the number in the class's name: a pattern with one group matches 2 in `Conv2d`."""
    found = (re.fullmatch(name, own) for _, own in list_classes(module))
    return next(int(match[1]) for match in found if match)


def find_shape(array: Any) -> tuple[int, ...] | None:
    """Return the shape of an array, None where there is no array or it has no size yet."""
    try:
        return tuple(map(index, array.shape))
    # Lazy parameters raise errors of their own when asked for a shape; None has no shape at all.
    except Exception:
        return None


def read_values(module: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """Return attributes as plain numbers, words and lists. names: of parameters, by attribute."""
    return {name: to_plain(getattr(module, attribute)) for attribute, name in names.items()}


def to_plain(value: Any) -> Any:
    """Return a value with lists for any sequence and Python's integers for any integer."""
    # A flag stays a flag, although `index` would make 1 of True.
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    try:
        return index(value)
    except TypeError:
        return value


def to_shape(value: Any) -> Any:
    """Return a shape of any framework as a list; what is no shape stays, to be refused."""
    if value is None or isinstance(value, str):
        return value
    try:
        return [to_plain(size) for size in value]
    except TypeError:
        return value
