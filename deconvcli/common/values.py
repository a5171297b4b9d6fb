"""Values from outside: one number or a list, checked once where they come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.common.errors import UsageError

MAX_INT64 = 2**63 - 1  # every framework stores sizes as int64
MAX_NAMED = 3


AXIS_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def axis_name(place: int, rank: int) -> str:
    """Return `height` for the first of two axes, or `axis 2` if there are more than three."""
    return AXIS_NAMES[rank][place] if rank in AXIS_NAMES else f"axis {place}"


def per_axis(value: Any, rank: int, name: str) -> tuple[int, ...]:
    """Return one integer per axis, from one integer or a sequence of `rank` of them.

    Raises:
        UsageError: anything else, or an integer beyond int64.
    """
    if type(value) is int and -MAX_INT64 <= value <= MAX_INT64:
        return (value,) * rank
    if isinstance(value, (list, tuple)) and len(value) == rank and _are_within(value, -MAX_INT64):
        return tuple(value)
    is_list = isinstance(value, (list, tuple)) and _are_within(value, -MAX_INT64)
    axes = "1 axis" if rank == 1 else f"{rank} axes"
    raise UsageError(
        f"{name} is {shorten(value)}" + (f", and the layer has {axes}" if is_list else ""),
        help=f"give one integer, or a list of {rank} (one per axis), each within 64 bits.",
        code="bad-value",
    )


def read_optional_count(value: Any, name: str) -> int | None:
    """Return one integer, or None if nothing was given."""
    return None if value is None else read_count(value, name)


def _are_within(values: list[Any] | tuple[Any, ...], smallest: int) -> bool:
    """Return whether all are integers (a bool is not) from `smallest` to int64's maximum."""
    for value in values:  # a generator in all() would take twice the time
        if type(value) is not int or not smallest <= value <= MAX_INT64:
            return False
    return True


def read_count(value: Any, name: str) -> int:
    """Return one integer.

    Raises:
        UsageError: anything else.
    """
    if type(value) is int and -MAX_INT64 <= value <= MAX_INT64:
        return value
    raise UsageError(
        f"{name} is {shorten(value)}", help="give one integer within 64 bits.", code="bad-value"
    )


def compact(value: Any) -> Any:
    """Return a list of equal numbers as that one number."""
    if isinstance(value, (list, tuple)) and value and all(item == value[0] for item in value):
        return value[0]
    return tuple(value) if isinstance(value, list) else value


def check_tensor_shape(shape: Any, axes: int, name: str, *, most: int = 64) -> None:
    """Refuse a shape with fewer or more axes, or with anything that is no size.

    Raises:
        UsageError: it is not such a shape.
    """
    if (
        axes >= 2
        and isinstance(shape, (list, tuple))
        and axes <= len(shape) <= most
        and _are_within(shape, 0)
    ):
        return
    if axes < 2 or not isinstance(shape, (list, tuple)) or not axes <= len(shape) <= most:
        few = axes < 2 or not isinstance(shape, (list, tuple)) or len(shape) < axes
        raise UsageError(
            f"{name} {shorten(shape)} has too {'few' if few else 'many'} axes",
            help=f"give {max(axes, 3)} sizes"
            + (": channels and 1 to 3 spatial axes, with or without a batch." if few else "."),
            code="rank",
        )
    check_sizes(shape, name)


def check_sizes(shape: Any, name: str) -> None:
    """Refuse a list with a value that is not a size.

    Raises:
        UsageError: a value is no integer from 0 to int64's largest.
    """
    if _are_within(shape, 0):
        return
    raise UsageError(
        f"{name} {shorten(shape)} has a value that is not a size",
        help="give integers of 0 or more, within 64 bits.",
        code="bad-size",
    )


def shorten(value: Any, limit: int = 60) -> str:
    """Return a value from outside in one short line."""
    try:
        text = repr(value)
    except ValueError:  # an integer too long to be written in decimal
        text = "an integer of thousands of digits"
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def shorten_list(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are: `a, b, c and 4 more`."""
    more = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def freeze(value: Any) -> Any:
    """Return the value with tuples in place of lists, so that it can be hashed."""
    return tuple(map(freeze, value)) if isinstance(value, list) else value


def format_count(number: int, what: str) -> str:
    """Return a number with its noun: `1 file`, `2 files`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
