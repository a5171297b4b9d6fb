"""Arguments of Python functions: integers of any library, and a sentence for all that is wrong."""

from __future__ import annotations

import os
from collections.abc import Sequence
from operator import index
from typing import Any, TypeVar

from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64, shorten

T = TypeVar("T")

_AS_THEY_ARE = (type(None), bool, int, float, complex, str, bytes, range)


def to_plain_numbers(value: Any) -> Any:
    """Return a value with Python's numbers for those of NumPy, also inside lists and arrays."""
    if type(value) in _AS_THEY_ARE:
        return value
    if type(value) in (list, tuple):
        return type(value)(map(to_plain_numbers, value))
    try:
        if callable(to_list := getattr(value, "tolist", None)):
            found = to_list()
            return tuple(found) if isinstance(found, list) else found
        return index(value)
    # A class has methods too, and a library's own number raises errors of its own.
    except Exception:
        return value


def require_kind(value: Any, kind: type[T], name: str, what: str) -> T:
    """Return the value, an object of this class.

    what: the value that is wanted, as `the text of a layer`.

    Raises:
        UsageError: it is of another class.
    """
    if isinstance(value, kind):
        return value
    raise UsageError(f"{name} is {shorten(value)}", help=f"give {what}.", code="bad-value")


def require_text(value: Any, name: str, what: str) -> str:
    """Return the value, a text; see `require_kind`."""
    return require_kind(value, str, name, what)


def require_optional_text(value: Any, name: str, what: str) -> str | None:
    """Return the value, a text or None; see `require_kind`."""
    return None if value is None else require_kind(value, str, name, f"{what}, or None")


def require_dialect(name: Any) -> str:
    """Return the name of a dialect, a text; whether there is one is found out later."""
    return require_kind(name, str, "dialect", "the name of a dialect: torch, keras ...")


def require_flag(value: Any, name: str) -> bool:
    """Return the value, True or False, which NumPy may have made; see `require_kind`."""
    return require_kind(to_plain_numbers(value), bool, name, "True or False")


def require_path(value: Any, name: str) -> str:
    """Return the path of a file or folder as text.

    Raises:
        UsageError: it is no path.
    """
    if isinstance(value, str | os.PathLike):
        path = os.fspath(value)
        if isinstance(path, str):
            return path
    raise UsageError(
        f"{name} is {shorten(value)}",
        help="give the path of a file or a folder, as text or as a pathlib.Path.",
        code="bad-value",
    )


def require_count(
    value: Any,
    name: str,
    *,
    smallest: int = 1,
    largest: int = MAX_INT64,
    code: str = "bad-value",
    otherwise: str = "",
) -> int:
    """Return the value, an integer from `smallest` to `largest`; a bool is none.

    otherwise: what else may be given, for the help, as `, or None for all CPUs`.

    Raises:
        UsageError: it is something else.
    """
    number = to_plain_numbers(value)
    if type(number) is int and smallest <= number <= largest:
        return number
    raise UsageError(
        f"{name} is {shorten(value)}; the minimum is {smallest}",
        help=f"give one integer from {smallest}"
        f"{' within 64 bits' if largest == MAX_INT64 else f' to {largest:,}'}{otherwise}.",
        code=code,
    )


def require_sizes(value: Any, name: str) -> Sequence[int]:
    """Return the value, sizes of 0 or more within 64 bits.

    Raises:
        UsageError: it is something else.
    """
    sizes = to_plain_numbers(value)
    if isinstance(sizes, list | tuple) and all(
        type(size) is int and 0 <= size <= MAX_INT64 for size in sizes
    ):
        return sizes
    raise UsageError(
        f"{name} is {shorten(value)}",
        help="give integers of 0 or more, within 64 bits.",
        code="bad-size",
    )
