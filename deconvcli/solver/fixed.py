"""What a pasted call fixes: its numbers are bounds, and what it leaves out is searched."""

from __future__ import annotations

from typing import Any, NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten
from deconvcli.frameworks.pasted.layer import Pasted
from deconvcli.solver.question import Bounds

_RANGED = ("kernel", "stride", "dilation", "output_padding")


class Fixed(NamedTuple):
    """The dialect of a call, the bounds that it leaves, and the roles that are no bounds."""

    dialect: str
    bounds: Bounds
    roles: dict[str, Any]


def read_fixed(pasted: Pasted) -> Fixed:
    """Return what a pasted call leaves to search.

    Raises:
        UsageError: its padding is written in a way that fits no axis.
    """
    bounds: dict[str, Any] = {}
    roles: dict[str, Any] = {}
    for argument in pasted.dialect.arguments:
        value = pasted.words.get(argument.name)
        if value is None or not argument.role:
            continue
        if argument.role in _RANGED:
            bounds[argument.role] = tuple((one, one) for one in _as_list(value))
        elif argument.role in ("padding", "auto_pad"):
            bounds["padding"] = _read_padding(argument.name, value)
        elif argument.role != "output_size":
            roles[argument.role] = value if isinstance(value, bool | str) else (value,)
    if pasted.weight is not None and "kernel" not in bounds:
        sizes = pasted.dialect.weight_layout(pasted.words, len(pasted.weight) - 2)
        kernel = sizes.split(pasted.weight, len(pasted.weight) - 2)["*"]
        bounds["kernel"] = tuple((one, one) for one in kernel)
    name = pasted.dialect.name
    dialect = f"{name}@{pasted.implementation}" if pasted.implementation else name
    return Fixed(dialect, Bounds(**bounds), roles)


def _as_list(value: Any) -> list[int]:
    return [value] if isinstance(value, int) else list(value)


def _read_padding(name: str, value: Any) -> Any:
    """Return a word, or the ranges of each axis."""
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, int):
        return ((value, value),)
    if all(isinstance(one, int) for one in value) and len(value) <= 3:
        return tuple((one, one) for one in value)
    pairs = [one for one in value if isinstance(one, list | tuple) and len(one) == 2]
    if len(pairs) == len(value) and len(value) <= 3:
        return tuple(((begin, begin), (end, end)) for begin, end in pairs)
    raise UsageError(
        f"{name} is {shorten(value)}, of which the axes are not known here",
        help="leave it out of the call, and give --padding 1:2,0:1 (begin:end per axis).",
        code="pasted-call",
    )
