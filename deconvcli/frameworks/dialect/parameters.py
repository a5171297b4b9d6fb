"""A framework's parameters and calls: their names, what they mean, how options become them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple


class Form(Enum):
    """How an option's value was written, before a dialect gives it its own form."""

    INTS = "one number, or one per axis"
    PAIRS = "begin:end per axis"
    WORD = "a word"
    FLAG = "on or off"


Writer = Callable[[Any, int], Any]


def plain(value: Any, rank: int) -> Any:
    """One number stays one, several become a list; words and flags stay."""
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else list(value)
    return value


def each(value: tuple[int, ...], rank: int) -> list[int]:
    """One number per axis, in a list."""
    return list(value * rank) if len(value) == 1 else list(value)


def each_pair(pairs: tuple[tuple[int, int], ...], rank: int) -> tuple[tuple[int, int], ...]:
    """(begin, end) for every axis, where one pair stands for all."""
    return pairs * rank if len(pairs) == 1 else pairs


_AS_NUMBERS: Mapping[Form, Writer] = MappingProxyType({Form.INTS: plain})
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Argument(NamedTuple):
    """One parameter under the framework's own name.

    role: the command-line option that means it (kernel, stride, padding ...); empty for one that
    does not touch the geometry. forms: how that option may be written here, and the function
    that writes it the framework's way; a dict where that takes several parameters. also: further
    roles that it answers.
    """

    name: str
    role: str = ""
    default: Any = None
    meaning: str = ""
    forms: Mapping[Form, Writer] = _AS_NUMBERS
    also: tuple[str, ...] = ()

    def takes(self, role: str, form: Form) -> bool:
        """Whether an option of this role, written in this form, can be said with it."""
        return form in self.forms and (role == self.role or role in self.also)

    def phrase(self, form: Form, value: Any, rank: int) -> dict[str, Any]:
        """An option's value as this parameter, or as all the parameters that it takes here."""
        written = self.forms[form](value, rank)
        return written if isinstance(written, dict) else {self.name: written}


class Signature(NamedTuple):
    """A call people paste: full dotted names, positional parameters in order, what it implies.

    data, weight: the parameters that are tensors, whose shapes may be written in the call.
    """

    paths: tuple[str, ...]
    parameters: tuple[str, ...]
    rank: int | None = None
    implies: Mapping[str, Any] = _NOTHING
    data: str = ""
    weight: str = ""

    def answers(self, dotted: str) -> bool:
        """Whether `dotted` is one of the names, or the end of one: `nn.ConvTranspose2d`.

        A method may be called on any variable: `x.conv_transpose2d` for `Tensor.conv_transpose2d`.
        """
        if self.names(dotted):
            return True
        method = dotted.rpartition(".")[2]
        return self.parameters[:1] == ("self",) and self.names(method) and method != dotted

    def names(self, dotted: str) -> bool:
        """Whether `dotted` is one of the names, or the end of one."""
        return any(path == dotted or path.endswith("." + dotted) for path in self.paths)
