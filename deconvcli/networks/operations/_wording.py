"""A layer's keys in the words of a dialect, and who else has a key that it has not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import per_axis
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.parameters import Argument, Form
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer, Sizes

# The weights' shape says these where a dialect has no parameter for them.
IN_WEIGHTS = ("kernel", "in_channels", "out_channels")


def words_of(dialect: Dialect, roles: Mapping[str, Any], rank: int) -> dict[str, Any]:
    """The dialect's own parameters for these keys.

    Raises:
        UsageError: it has no such parameter, or not in this form; who has it is named.
    """
    words: dict[str, Any] = {}
    for role, given in roles.items():
        words |= _phrase(dialect, role, _typed(given), rank)
    return words


def weighted(
    dialect: Dialect, roles: Mapping[str, Any], words: Mapping[str, Any], sizes: Sizes
) -> Sizes:
    """The sizes with the weights' shape, where a dialect says kernel or channels only by it."""
    if dialect.argument("kernel") and dialect.argument("out_channels"):
        return sizes
    rank = len(sizes.spatial)
    groups = roles.get("groups", 1)
    into = groups if sizes.channels is None else sizes.channels
    dialect.split_evenly(into, roles["out_channels"], groups)
    axes = tuple(Axis(kernel) for kernel in per_axis(roles["kernel"], rank, "kernel"))
    layer = Layer(axes, into, roles["out_channels"], groups)
    return sizes._replace(weight=layer.weight_shape(dialect.weight_layout(words, rank)))


def _typed(given: Any) -> Any:
    """A value in the form in which options reach a dialect: numbers as tuples."""
    if isinstance(given, (bool, str)):
        return given
    if isinstance(given, (list, tuple)):
        return tuple(tuple(item) if isinstance(item, (list, tuple)) else item for item in given)
    return (given,)


def _form(value: Any) -> Form:
    if isinstance(value, bool):
        return Form.FLAG
    if isinstance(value, str):
        return Form.WORD
    return Form.PAIRS if value and isinstance(value[0], tuple) else Form.INTS


def _phrase(dialect: Dialect, role: str, value: Any, rank: int) -> dict[str, Any]:
    argument = _argument(dialect, role, _form(value))
    if argument is not None:
        return argument.phrase(_form(value), value, rank)
    if role in IN_WEIGHTS:
        return {}
    if role == "groups" and dialect.grouping is not None:
        return dict(dialect.grouping) if value != (1,) else {}
    raise _foreign(dialect, role, value)


def _argument(dialect: Dialect, role: str, form: Form) -> Argument | None:
    """The parameter for this key; ONNX and OpenVINO have one of its own for a word as padding."""
    roles = (role, "auto_pad") if (role, form) == ("padding", Form.WORD) else (role,)
    takers = (a for role in roles for a in dialect.arguments if a.takes(role, form))
    return next(takers, None)


def _foreign(dialect: Dialect, role: str, value: Any) -> UsageError:
    form = _form(value)
    others = [name for name in in_order() if _argument(take(name)[0], role, form)]
    own = dialect.argument(role)
    if own is None:
        what = f"{dialect.name} has no {role}"
    else:
        forms = " or ".join(known.value for known in own.forms)
        what = f"{role} of {dialect.name} is {forms}, not {form.value}"
    who = f"{', '.join(others)} {'has' if len(others) == 1 else 'have'} it; or leave it out."
    return UsageError(what, help=who if others else "leave it out.", code="foreign-parameter")
