"""Roles to a dialect's own parameters: `kernel` becomes `kernel_size`, `ksize` or a weights' shape.

A role is what the command line and the configs share: one name for the same thing in every
dialect. They differ only in how they call a role, so messages take these names from the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.common.values import per_axis
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.parameters import Argument, Form
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.layers.axis import Axis
from deconvcli.layers.counts import Count, Unknown
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling

ROLES = (
    *("kernel", "stride", "padding", "output_padding", "dilation", "groups", "in_channels"),
    *("out_channels", "output_size", "auto_pad", "transpose_kernel", "data_format"),
)
# The weights' shape expresses these where a dialect has no parameter for them.
IN_WEIGHTS = ("kernel", "in_channels", "out_channels")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Names(NamedTuple):
    """How a user writes each role, the dialect, the input size and the batch."""

    roles: Mapping[str, str]
    dialect: str = "dialect"
    input_size: str = "input_size"
    batch: str = "batch"
    variables: str = ""

    def role(self, role: str) -> str:
        """Return the user's name of a role; the bias, for one, is no option of the command line."""
        return self.roles.get(role, role)


KEYS = Names(MappingProxyType({role: role for role in ROLES}))
"""The names in a config and in Python."""


def find_form(value: Any) -> Form:
    """Return how the value of a role was written."""
    if isinstance(value, bool):
        return Form.FLAG
    if isinstance(value, str):
        return Form.WORD
    return Form.PAIRS if value and isinstance(value[0], tuple) else Form.INTS


def can_express(dialect: Dialect, role: str, value: Any) -> bool:
    """Return whether the dialect has a parameter that takes this, or the weights' shape for it."""
    if role == "groups" and dialect.grouping is not None:
        return True
    return role in IN_WEIGHTS or _find_argument(dialect, role, find_form(value)) is not None


def word_role(
    dialect: Dialect,
    role: str,
    value: Any,
    rank: int,
    names: Names = KEYS,
    given: Mapping[str, Any] = _NOTHING,
) -> dict[str, Any]:
    """Return one role under the dialect's own names and in its own form.

    value: a word, a flag, or a tuple of numbers or of (begin, end), for one axis or for all.
    given: parameters that are there already.

    Raises:
        UsageError: the dialect has no such parameter, or not in this form (help names the dialects
            that have it), or it is given twice.
    """
    form = find_form(value)
    argument = _find_argument(dialect, role, form)
    if argument is None:
        if role in IN_WEIGHTS:
            return {}  # `find_weight_shape` expresses it
        if role == "groups" and dialect.grouping is not None:
            return dict(dialect.grouping) if value != (1,) else {}
        raise _foreign_parameter(dialect, role, value, names)
    if argument.name in given:
        raise UsageError(
            f"{names.role(role)} gives {argument.name} a second time",
            help="give it once.",
            code="given-twice",
        )
    return argument.phrase(form, value, rank)


def word_roles(
    dialect: Dialect,
    roles: Mapping[str, Any],
    rank: int,
    names: Names = KEYS,
    given: Mapping[str, Any] = _NOTHING,
) -> dict[str, Any]:
    """Return the parameters `given` and all roles, under the dialect's own names.

    Raises:
        UsageError: as for `word_role`.
    """
    words = dict(given)
    for role, value in roles.items():
        words |= word_role(dialect, role, _as_typed(value), rank, names, words)
    return words


def find_weight_shape(
    dialect: Dialect,
    words: Mapping[str, Any],
    sizes: Sizes,
    kernel: Any,
    out_channels: int | None,
    groups: int,
) -> tuple[int, ...] | None:
    """Return the weights' shape where the dialect expresses kernel or channels only by it."""
    if dialect.argument("kernel") and dialect.argument("out_channels"):
        return None
    rank = len(sizes.spatial)
    # Channels that nobody gave are as few as the groups allow.
    into = groups if sizes.channels is None else sizes.channels
    out = groups if out_channels is None else out_channels
    # Refused here: the weights' shape would silently round the channels of a group down.
    dialect.split_evenly(into, out, groups)
    spread = kernel * rank if isinstance(kernel, tuple) and len(kernel) == 1 else kernel
    axes = tuple(Axis(size) for size in per_axis(spread, rank, "kernel"))
    return Layer(axes, into, out, groups).weight_shape(dialect.weight_layout(words, rank))


def complete_output_shape(
    dialect: Dialect, words: Mapping[str, Any], sizes: Sizes, groups: int
) -> Mapping[str, Any]:
    """Return the parameters with the whole shape of the output in place of its spatial sizes.

    sizes: with the weights, whose channels are also put in place of None in a whole shape.
    """
    argument, rank = dialect.argument("output_size"), len(sizes.spatial)
    requested = words.get(argument.name) if argument else None
    if not dialect.requests_tensor or argument is None or sizes.weight is None:
        return words
    if not isinstance(requested, list) or len(requested) not in (rank, rank + 2):
        return words
    weight = dialect.weight_layout(words, rank).split(sizes.weight, rank)
    out = weight["GO"] if "GO" in weight else (weight["O"][0] * groups,)
    layout = dialect.data_layout(words, rank)
    if len(requested) == rank:
        requested = layout.shape({"N": sizes.batch, "C": out}, tuple(requested))
    return {**words, argument.name: [out[0] if size is None else size for size in requested]}


def write_unknown(reading: Reading, unknown: Mapping[str, Count]) -> Spelling:
    """Return the parameters with expressions in place of counts that are no numbers.

    unknown: by role, and as `batch` that of the output's shape.
    """
    spelling, rank = reading.spelling, len(reading.spatial)
    dialect, arguments = take(spelling.dialect)[0], dict(spelling.arguments)
    for role, count in unknown.items():
        own = dialect.argument(role)
        # A count that nobody gave is no parameter.
        if own and isinstance(count, Unknown) and (count.parameter or own.name in arguments):
            arguments[own.name] = count
    requested = dialect.argument("output_size")
    given = arguments.get(requested.name) if requested else None
    if requested and isinstance(given, list) and len(given) == len(reading.output_shape):
        places = reading.output_layout.split(tuple(range(len(given))), rank)
        shown = {places["N"][0]: unknown.get("batch"), places["C"][0]: unknown.get("out_channels")}
        arguments[requested.name] = [shown.get(at) or size for at, size in enumerate(given)]
    # Every framework takes the channels first, and parameters without a number came last.
    channels = [dialect.argument(role) for role in ("in_channels", "out_channels")]
    first = [own.name for own in channels if own and own.name in arguments]
    return spelling._replace(arguments={name: arguments[name] for name in first} | arguments)


def read_roles(name: str, roles: Mapping[str, Any], sizes: Sizes, names: Names = KEYS) -> Reading:
    """Return the layer that roles mean to a dialect, or to `dialect@implementation`.

    Raises:
        Refused: the framework would refuse it.
        UsageError: the dialect has no such parameter, or a value is not of its form.
    """
    dialect, implementation = take(name)
    # Where the framework's function has no bias, the network adds it to the output.
    adds_bias = "bias" in roles and dialect.argument("bias") is None
    own = {role: value for role, value in roles.items() if role != "bias" or not adds_bias}
    rank = len(sizes.spatial)
    words = dialect.complete(word_roles(dialect, own, rank, names), rank)
    [groups] = _as_typed(roles.get("groups", 1))
    [out_channels] = _as_typed(roles.get("out_channels"))
    kernel = roles.get("kernel", 1)
    weight = find_weight_shape(dialect, words, sizes, kernel, out_channels, groups)
    sizes = sizes._replace(weight=weight)
    arguments = complete_output_shape(dialect, words, sizes, groups)
    reading = dialect.read(Spelling(dialect.name, arguments, implementation), sizes)
    if not adds_bias:
        return reading
    return reading._replace(layer=reading.layer._replace(has_bias=bool(roles["bias"])))


def _as_typed(value: Any) -> Any:
    """Return a value in the form in which roles reach a dialect: numbers in tuples."""
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (list, tuple)):
        return tuple(tuple(item) if isinstance(item, (list, tuple)) else item for item in value)
    return (value,)


# Cached: a config asks for every role of every layer.
@cache
def _find_argument(dialect: Dialect, role: str, form: Form) -> Argument | None:
    return next((found for found in dialect.arguments if found.takes(role, form)), None)


def _foreign_parameter(dialect: Dialect, role: str, value: Any, names: Names) -> UsageError:
    """Return the error for a parameter, or a form of it, that only other dialects have."""
    others = [name for name in in_order() if can_express(take(name)[0], role, value)]
    own = dialect.argument(role)
    if own is None:
        message = f"{dialect.name} has no {names.role(role)}"
    else:
        forms = " or ".join(form.value for form in own.forms)
        given = find_form(value).value
        message = f"{names.role(role)} of {dialect.name} is {forms}, not {given}"
    has = "has" if len(others) == 1 else "have"
    help = f"{', '.join(others)} {has} it: choose one with {names.dialect}, or leave it out."
    return UsageError(message, help=help if others else "leave it out.", code="foreign-parameter")
