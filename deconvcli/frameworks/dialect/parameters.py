"""A framework's parameters and calls: names, meanings, and how values of roles are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple


class Form(Enum):
    """The form in which the value of a role was written, before a dialect writes it its own way."""

    INTS = "one number, or one per axis"
    PAIRS = "begin:end per axis"
    WORD = "a word"
    FLAG = "on or off"


Writer = Callable[[Any, int], Any]


def plain(value: Any, rank: int) -> Any:
    """Return one number as it is and several as a list; words and flags are unchanged."""
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else list(value)
    return value


def each(value: tuple[int, ...], rank: int) -> list[int]:
    """Return a list with one number per axis."""
    return list(value * rank) if len(value) == 1 else list(value)


def each_pair(pairs: tuple[tuple[int, int], ...], rank: int) -> tuple[tuple[int, int], ...]:
    """Return (begin, end) for every axis; one pair stands for all."""
    return pairs * rank if len(pairs) == 1 else pairs


_AS_NUMBERS: Mapping[Form, Writer] = MappingProxyType({Form.INTS: plain})
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Argument(NamedTuple):
    """One parameter under the framework's own name.

    role: its role (kernel, stride, padding ...); empty if it does not change the geometry. forms:
    the forms of the role's value that it takes, each with the function that writes it the
    framework's way, as a dict if that takes several parameters. also: other roles that it takes.
    """

    name: str
    role: str = ""
    default: Any = None
    meaning: str = ""
    forms: Mapping[Form, Writer] = _AS_NUMBERS
    also: tuple[str, ...] = ()

    def takes(self, role: str, form: Form) -> bool:
        """Return whether it takes a value of this role, written in this form."""
        return form in self.forms and (role == self.role or role in self.also)

    def phrase(self, form: Form, value: Any, rank: int) -> dict[str, Any]:
        """Return a role's value as this parameter, or as all the parameters that it takes here."""
        written = self.forms[form](value, rank)
        return written if isinstance(written, dict) else {self.name: written}


class Signature(NamedTuple):
    """A call that people paste: its dotted names, its positional parameters, what it implies.

    data, weight: the parameters that are tensors; a call may show their shapes. example: the
    arguments of an example, where the parameters' roles make none. lacks: parameters of the dialect
    that another call of this name has, and this one has not. needs: parameters that are not None.
    by_name: parameters that it takes by name only, where another call of the dialect does not.
    """

    paths: tuple[str, ...]
    parameters: tuple[str, ...]
    rank: int | None = None
    implies: Mapping[str, Any] = _NOTHING
    data: str = ""
    weight: str = ""
    example: str = ""
    lacks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    by_name: tuple[str, ...] = ()

    def answers(self, dotted: str) -> bool:
        """Return whether `dotted` is one of the names, or the end of one: `nn.ConvTranspose2d`."""
        if self.names(dotted):
            return True
        # A method may be called on any variable: `x.conv_transpose2d`.
        method = dotted.rpartition(".")[2]
        return self.parameters[:1] == ("self",) and self.names(method) and method != dotted

    def names(self, dotted: str) -> bool:
        """Return whether `dotted` is one of the names, or the end of one."""
        return any(path == dotted or path.endswith("." + dotted) for path in self.paths)
