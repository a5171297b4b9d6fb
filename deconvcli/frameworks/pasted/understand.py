"""A pasted call, found in a dialect and taken apart: words for the layer, shapes of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.parameters import Signature
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.frameworks.pasted.python_call import Name, PythonCall, Tensor, read_call

# What a variable may stand for: the shape can do without its value.
_FREE_ROLES = {"", "bias", "in_channels", "out_channels"}


class Pasted(NamedTuple):
    """words: the layer's parameters. weight, data: shapes that the call wrote out.

    order: the parameters that the call takes, as they come.
    """

    dialect: Dialect
    implementation: str
    words: dict[str, Any]
    rank: int | None
    weight: tuple[int, ...] | None
    data: tuple[int, ...] | None
    order: tuple[str, ...] = ()


def understand(text: str, dialect_name: str | None) -> Pasted:
    """The call in the named dialect, else in the first that has it, in order of use.

    Raises:
        UsageError: nobody has this call, or its arguments do not fit.
    """
    call = read_call(text)
    while call.name.endswith(")"):  # Conv2DTranspose(...)(x): the layer is what is called
        call = read_call(call.name)
    dialect, implementation, signature = _find(call.name, dialect_name)
    signature = _unbound(signature, call.name)
    named = by_name(call, signature.parameters)
    shapes = {name: _shape(named.pop(name, None)) for name in (signature.weight, signature.data)}
    words = dict(signature.implies)
    for name, value in named.items():
        words |= _word(dialect, name, value)
    weight, data = shapes[signature.weight], shapes[signature.data]
    rank = signature.rank or _shown_rank(dialect, words, weight)
    return Pasted(dialect, implementation, words, rank, weight, data, signature.parameters)


def _shown_rank(
    dialect: Dialect, words: dict[str, Any], weight: tuple[int, ...] | None
) -> int | None:
    """Spatial axes of a call that has any number of them: by the weights, or a list as kernel."""
    if weight is not None:
        return dialect.weight_rank(words, weight)
    kernels = [words.get(a.name) for a in dialect.arguments if a.role == "kernel"]
    return next((len(kernel) for kernel in kernels if isinstance(kernel, list) and kernel), None)


def _unbound(signature: Signature, call: str) -> Signature:
    """The signature, without the tensor that a method is called on: x.conv_transpose2d(w)."""
    if signature.names(call):
        return signature
    return signature._replace(parameters=signature.parameters[1:])


def _find(call: str, dialect_name: str | None) -> tuple[Dialect, str, Signature]:
    for name in [dialect_name] if dialect_name else in_order():
        dialect, implementation = take(name)
        for signature in dialect.signatures:
            if signature.answers(call):
                return dialect, implementation, signature
    raise UsageError(
        f"{call!r} is no transposed convolution that {dialect_name or 'a dialect here'} has",
        help=f"it is {owner}'s: leave --dialect out, or name that one."
        if (owner := _owner(call))
        else "paste one such as nn.ConvTranspose2d(...), Conv2DTranspose(...) or"
        " tf.nn.conv2d_transpose(...), or give options.",
        code="pasted-call",
    )


def _owner(call: str) -> str | None:
    """The first dialect that has this call."""
    for name in in_order():
        if any(signature.answers(call) for signature in take(name)[0].signatures):
            return name
    return None


def by_name(call: PythonCall, order: Sequence[str]) -> dict[str, Any]:
    """The call's arguments under the names of its parameters, of which those without come in order.

    Raises:
        UsageError: there are too many, or one is given twice.
    """
    if len(call.positional) > len(order):
        raise UsageError(
            f"{call.name} takes {len(order)} positional arguments, not {len(call.positional)}",
            help=f"in order: {', '.join(order)}.",
            code="pasted-call",
        )
    named = dict(zip(order, call.positional, strict=False))
    twice = sorted(named.keys() & call.keywords.keys())
    if twice:
        raise UsageError(
            f"{call.name} gets {twice[0]} both by position and by name",
            help=f"positional arguments come in the order {', '.join(order)}.",
            code="pasted-call",
        )
    return named | dict(call.keywords)


def _shape(value: Any) -> tuple[int, ...] | None:
    return value.shape if isinstance(value, Tensor) else None


def _word(dialect: Dialect, name: str, value: Any) -> dict[str, Any]:
    """One parameter; a variable is dropped where the shape can do without it."""
    role = next((a.role for a in dialect.arguments if a.name == name), "unknown")
    if role == "":
        return {name: _inert(value)}
    open_value = _open_value(value)
    if open_value is None or role == "unknown":
        return {name: value}  # a parameter that does not exist is for the dialect to refuse
    if role == "bias":
        return {name: True}
    if role not in _FREE_ROLES:
        raise UsageError(
            f"{name} is {open_value}, which has a value only in your program",
            help="write its number into the call.",
            code="pasted-call",
        )
    return {}


def _open_value(value: Any) -> str | None:
    """The first part of a value that only the author's program can know."""
    if isinstance(value, Name):
        return value.text
    if isinstance(value, Tensor):
        return "a tensor"
    return next(filter(None, map(_open_value, value)), None) if isinstance(value, list) else None


def _inert(value: Any) -> Any:
    """A value that does not touch the shape, as JSON can hold it."""
    if isinstance(value, list):
        return [_inert(item) for item in value]
    if isinstance(value, bool | int | str | None):
        return value
    return _open_value(value) or repr(value)
