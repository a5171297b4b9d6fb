"""Pieces of code: layers of a module with their names, lines, and calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from keyword import iskeyword
from math import isinf
from typing import Any, NamedTuple

from deconvcli.common.values import compact
from deconvcli.conversion.wrapping import TAB, wrap
from deconvcli.networks.porting.step import Ported, Step

# A pad before a window is no layer that people ask for by name.
_PAD = re.compile("Pad")
Apply = Callable[..., str]


class Code(NamedTuple):
    """A piece of code: what makes a layer, if it is one, and the expression of the tensors.

    apply: takes the names of tensors; None where the layer is applied to them. part: what is added
    to the layer's name. parts: the number of equal layers side by side.
    """

    layer: str = ""
    apply: Apply | None = None
    part: str = ""
    parts: int = 1


class Names:
    """Names for layers that a program can use, each of them once."""

    def __init__(self, reserved: Iterable[str]) -> None:
        self._used = set(reserved)

    def add(self, name: str) -> str:
        """Return an identifier that is like this name."""
        plain = re.sub(r"\W", "_", name, flags=re.ASCII)
        plain = f"_{plain}" if not plain or plain[0].isdecimal() else plain
        found, number = plain, 1
        while found in self._used or iskeyword(found):
            found, number = f"{plain}_{number}", number + 1
        self._used.add(found)
        return found


class Raw(str):
    """Text that is code, and no string."""

    __slots__ = ()


class Placed(NamedTuple):
    """A piece of code of a layer, in the module.

    name: its variable. title: the name that the author gave the layer; another piece of it has
    `name`, as that is of no other layer. made: a name for the tensor that it makes, which is the
    layer's at the end of the layer.
    """

    name: str
    title: str
    ported: Ported
    step: Step
    code: Code
    made: str


class Line(NamedTuple):
    """A line of the module: `name = expression`, or an error. layer: the one that it applies."""

    text: str
    layer: Placed | None = None


class Written(NamedTuple):
    """The call of a layer, and the code before and after it."""

    call: str
    before: Sequence[str] = ()
    after: Sequence[str] = ()


def find_main(codes: Sequence[Code]) -> int:
    """Return the place of the code that has the layer's name: the first layer that is no pad.

    Without one it is the last code that is no part of its own.
    """
    layers = [place for place, code in enumerate(codes) if code.layer]
    plain = [place for place in layers if not _PAD.search(codes[place].layer)]
    whole = [place for place, code in enumerate(codes) if not code.part]
    return next(iter([*plain, *layers, *reversed(whole)]), len(codes) - 1)


def name_parts(codes: Sequence[tuple[Step, Code]]) -> list[tuple[Step, Code]]:
    """Return the code in which only one layer has the name, and others a part of their own."""
    main = find_main([code for _, code in codes])
    return [
        (step, code if code.part or place == main else code._replace(part=step.op))
        for place, (step, code) in enumerate(codes)
    ]


def name_class(name: str) -> str:
    """Return the name of a class for a network: UnetSmall for unet_small."""
    words = re.sub(r"\W", "_", name, flags=re.ASCII).split("_")
    joined = "".join([word[:1].upper() + word[1:] for word in words])
    return f"Net{joined}" if not joined or joined[0].isdecimal() else joined


def write_call(name: str, /, *positional: Any, **named: Any) -> str:
    """Return a call; values are written as one number where all axes have it, None is left out."""
    given = [_write_value(value) for value in positional if value is not None]
    given += [f"{key}={_write_value(value)}" for key, value in named.items() if value is not None]
    return f"{name}({', '.join(given)})"


def unless(value: Any, default: Any) -> Any:
    """Return a value, or None where it is the default, which a call leaves out."""
    return None if compact(value) == default else value


def _write_value(value: Any) -> str:
    if isinstance(value, tuple) and value and not isinstance(value[0], tuple):
        value = compact(value)
    if isinstance(value, Raw):
        return value
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, float) and isinf(value):
        return f'float("{value}")'
    return repr(value)


def add_argument(call: str, argument: str) -> str:
    """Return a call with one more argument."""
    more = "" if call.endswith("()") else ", "
    return f"{call[:-1]}{more}{argument})"


def write_sum(kind: str, given: Sequence[str], maximum: str) -> str:
    """Return a function of several tensors. maximum: the name of that of two."""
    signs = {"add": " + ", "multiply": " * ", "subtract": " - "}
    if kind in signs:
        return signs[kind].join(given)
    if kind == "average":
        return f"({' + '.join(given)}) / {len(given)}"
    largest, *others = given
    for other in others:
        largest = f"{maximum}({largest}, {other})"
    return largest


def indent(lines: Iterable[str], depth: int) -> list[str]:
    """Return lines of code at a depth, each of at most the usual width."""
    return [one for line in lines for one in wrap(line and TAB * depth + line)]
