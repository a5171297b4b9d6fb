"""What several kinds of layers share: values per axis, sides, and the refusals about sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from deconvcli.common.errors import Refused, UsageError
from deconvcli.common.values import axis_name, per_axis, shorten
from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.operation import Shape

Sides = tuple[tuple[int, int], ...]


def read_sides(value: Any, rank: int, name: str) -> Sides:
    """Return (begin, end) per axis from one integer, one per axis, or a pair per axis.

    Two integers for one axis are its begin and end: without a second axis they mean nothing else.

    Raises:
        UsageError: it is none of them.
    """
    if _are_pairs(value):
        if len(value) not in (1, rank):
            raise UsageError(
                f"{name} has {len(value)} pairs, the layer {rank} axes",
                help=f"give one pair, or {rank}.",
                code="rank",
            )
        pairs = [per_axis(pair, 2, name) for pair in value]
        return tuple((begin, end) for begin, end in pairs * (rank // len(pairs)))
    if rank == 1 and isinstance(value, (list, tuple)) and len(value) == 2:
        begin, end = per_axis(value, 2, name)
        return ((begin, end),)
    try:
        return tuple((each, each) for each in per_axis(value, rank, name))
    except UsageError as error:
        single = f", a list of {rank} (one per axis)" if rank > 1 else ""
        sides = "[begin, end] per axis" if rank > 1 else "[begin, end]"
        raise UsageError(
            error.message, help=f"give one integer{single} or {sides}.", code=error.code
        ) from error


def _are_pairs(value: Any) -> bool:
    return (
        isinstance(value, (list, tuple))
        and bool(value)
        and all(isinstance(item, (list, tuple)) and len(item) == 2 for item in value)
    )


def check_minimum(values: Sequence[Size], least: int, name: str) -> None:
    """Refuse sizes below a minimum."""
    # Not their minimum: sizes in two letters have no order.
    low = next((value for value in values if value < least), None)
    if low is not None:
        raise UsageError(
            f"{name} is {low}; the minimum is {least}",
            help=f"use {least} or more.",
            code="bad-value",
        )


def check_not_empty(spatial: Sequence[Size], subject: str) -> tuple[Size, ...]:
    """Return the sizes, each of which is at least 1.

    subject: what has them, for the message.

    Raises:
        Refused: one is smaller.
    """
    for place, size in enumerate(spatial):
        if size < 1:
            axis = f"{axis_name(place, len(spatial))}: " if len(spatial) > 1 else ""
            raise Refused(
                f"{axis}{subject} would have size {size}",
                help="use a larger input, or crop less.",
                code="empty-output",
            )
    return tuple(spatial)


def require_axes(given: Shape) -> int:
    """Return the number of spatial axes, at least one of which a window needs.

    Raises:
        Refused: there is none.
    """
    if not given.spatial:
        refuse(
            "rank",
            f"the input {given} has no spatial axes",
            "add a reshape before this layer, or take the input from a layer above the flatten.",
        )
    return len(given.spatial)


def refuse(code: str, message: str, help: str) -> NoReturn:
    """Refuse the layer with a reason."""
    raise Refused(message, help=help, code=code)


def read_channels(value: Any, name: str) -> int:
    """Return a number of channels, or of groups of them."""
    # Not isinstance: True is an int, and `groups: true` is a mistake.
    if type(value) is not int or value < 1:
        raise UsageError(
            f"{name} is {shorten(value)}", help="give one integer, 1 or more.", code="bad-value"
        )
    return value


def require_equal_channels(inputs: Sequence[Shape]) -> Size:
    """Return the channels that all inputs have.

    Raises:
        Refused: they differ.
    """
    [first, *others] = inputs
    for other in others:
        if other.channels != first.channels:
            refuse(
                "unequal-channels",
                f"the inputs have {' and '.join(str(shape.channels) for shape in inputs)} channels",
                "give them equal channels with a convolution of kernel 1.",
            )
    return first.channels


def require_equal_sizes(inputs: Sequence[Shape]) -> tuple[Size, ...]:
    """Return the spatial sizes that all inputs have.

    Raises:
        Refused: they differ, in number or on an axis.
    """
    [first, *others] = inputs
    for other in others:
        if len(other.spatial) != len(first.spatial) or other.spatial != first.spatial:
            refuse(
                "unequal-sizes",
                f"the inputs have unequal sizes: {' and '.join(map(str, inputs))}",
                "pad or crop one of them, or choose an input size for which they agree.",
            )
    return first.spatial


def format_factor(size: Size) -> str:
    """Return a size as it stands beside a multiplication sign: `5`, `H/2`, `(H+1)`."""
    text = str(size)
    is_sum = isinstance(size, Linear) and not text.startswith("(") and set("+-") & {*text[1:]}
    return f"({text})" if is_sum else text
