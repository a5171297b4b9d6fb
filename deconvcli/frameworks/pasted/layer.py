"""What a pasted call says: its dialect, the layer's parameters, and the shapes that it shows.

Apart from the code that reads calls, so that a layer from options loads no parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialect import Dialect

COMPUTED = ("int", "ceil", "floor", "round", "max", "min", "abs")
"""Functions of numbers whose value is computed where their arguments are known."""

FRAMEWORKS = ("torch", "keras", "tf_keras", "tf", "tensorflow", "jax", "flax", "paddle", "mxnet")
"""Modules that name a framework: a call in one of them is not another framework's."""


class Name(NamedTuple):
    """A variable, or an expression with one, whose value only the author's program has."""

    text: str


class Declared(NamedTuple):
    """The input's shape that a call has as the parameter `name`, without a batch.

    sizes: None where the call leaves a size open.
    """

    name: str
    sizes: tuple[int | None, ...]

    @property
    def known(self) -> tuple[int, ...] | None:
        """The sizes, if all are numbers."""
        known = tuple(size for size in self.sizes if size is not None)
        return known if len(known) == len(self.sizes) else None


class Pasted(NamedTuple):
    """A pasted call in its dialect.

    words: the layer's parameters. weight, data: shapes that the call shows. order: the names of
    the call's positional parameters. others: dialects whose call of this name takes the same
    arguments with another meaning. declared: the input's shape, if a parameter gives it. unknown:
    the expressions of the parameters whose numbers only the author's program has. why: the reason
    for this dialect. data_name: the expression of the input, which others may mention. flips:
    whether the call is of another framework, which stores the taps in the opposite order.
    """

    dialect: Dialect
    implementation: str
    words: dict[str, Any]
    rank: int | None
    weight: tuple[int, ...] | None
    data: tuple[int, ...] | None
    order: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    declared: Declared | None = None
    unknown: Mapping[str, str] = MappingProxyType({})
    why: str = ""
    data_name: str = ""
    flips: bool = False


class MissingValue(UsageError):
    """A parameter has a value that only the author's program has."""


def write_values(setter: str, variables: Iterable[str], value: str = "4") -> str:
    """Return `--set k=4,s=4`, or for Python `values={'k': 4, 's': 4}`."""
    if setter.startswith("-"):
        return f"{setter} {','.join(f'{variable}={value}' for variable in variables)}"
    return f"{setter}={{{', '.join(f'{variable!r}: {value}' for variable in variables)}}}"


def needs_number(name: str, expression: str, setter: str, value: str = "4") -> MissingValue:
    """Return the error for a parameter whose value only the author's program has.

    value: an example of the value of a variable.
    """
    # A name before a parenthesis is a function's; what most functions return is not computed.
    functions = re.findall(r"(\w+)\(", expression)
    variables = dict.fromkeys(re.findall(r"(?<![\w.])[A-Za-z_][\w.]*(?![\w.]|\s*\()", expression))
    has_help = setter and variables and {*functions} <= {*COMPUTED}
    option = f", or give variables their values with {write_values(setter, variables, value)}"
    shown = expression if len(expression) <= 60 else f"{expression[:57]}..."
    return MissingValue(
        f"{name} is {shown}, which has a value only in your program",
        help=f"write its value into the call{option if has_help else ''}.",
        code="pasted-call",
    )
