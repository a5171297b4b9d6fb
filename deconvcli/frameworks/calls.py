"""A layer as the call that a program makes, in one line: the way back of `pasted`.

A dialect's signatures give the name of the call, its tensors and the order of its parameters.
Parameters with their default are left out, and so are those that do not change the layer. What
else is special about a framework's calls is in `Dialect.join_call`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.common.values import compact
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, plain
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Linear
from deconvcli.layers.counts import Unknown
from deconvcli.layers.layer import Reading, Spelling, has_pairs, write_value

_NO_CALL = Signature(("",), ())
# A layer's call has these parameters first, and a function's weights have them.
_IN_WEIGHTS = ("in_channels", "out_channels", "kernel")
_TENSORS = {"data": "x", "weight": "w", "bias": "b"}


def write_call(reading: Reading, signature: Signature | None = None) -> str:
    """Return the call that makes this layer, or that computes it.

    Tensors are x, w and b. Channels that nobody gave are variables with their parameter's name.
    signature: the call of the dialect; by default the one that has the layer's parameters.
    """
    spelling = reading.spelling
    dialect, given = take(spelling.dialect)[0], spelling.arguments
    arguments = {argument.name: argument for argument in dialect.arguments}
    signature = signature or _find_signature(dialect, arguments, spelling, len(reading.layer.axes))
    positional, named = _write_first(dialect, arguments, signature, reading)
    written = {*signature.parameters[: len(positional)], *named}
    applied: dict[str, str] = {}
    order = [name for name in signature.parameters if name in given]
    for name in dict.fromkeys([*order, *given]):
        argument = arguments[name]
        if name in written or not _is_shown(dialect, signature, argument, given[name]):
            continue
        if argument.role == "output_size" and _is_applied(signature):
            # Only the spatial sizes count there.
            applied[name] = _write(dialect, signature, argument, reading.output_sizes)
        else:
            named[name] = _write(dialect, signature, argument, given[name])
    call = dialect.join_call(reading, _write_name(dialect, signature), positional, named)
    more = ", ".join(f"{name}={value}" for name, value in applied.items())
    return f"{call}(x, {more})" if more else call


def _find_signature(
    dialect: Dialect, arguments: Mapping[str, Argument], spelling: Spelling, rank: int
) -> Signature:
    """Return the first call of the entry point that lacks the fewest of the parameters."""
    entry = spelling.arguments.get(dialect.entry_point)
    found = [one for one in dialect.signatures if one.rank in (None, rank)]
    if entry is not None:
        named = [one for one in found if one.implies.get(dialect.entry_point) == entry]
        found = named or [one for one in found if dialect.entry_point not in one.implies]
    given = [
        arguments[name]
        for name, value in spelling.arguments.items()
        if not _is_default(arguments[name], value)
    ]

    def count_lacking(signature: Signature) -> int:
        # Of a function's layer the weights have some, and its caller adds the bias.
        elsewhere = (*_IN_WEIGHTS, "bias") if signature.weight else ()
        own = [argument for argument in given if argument.role not in elsewhere]
        return sum(_is_foreign(dialect, signature, argument) for argument in own)

    return min(found, key=count_lacking, default=_NO_CALL)


def _is_applied(signature: Signature) -> bool:
    """Return whether the call makes a layer, which takes an output size where it is applied."""
    return bool(signature.parameters) and not signature.data


def _is_foreign(dialect: Dialect, signature: Signature, argument: Argument) -> bool:
    """Return whether another call of the dialect has this parameter, and this one has not."""
    own = (*signature.parameters, *signature.by_name)
    if argument.name in own or argument.role == "output_size":
        return False
    return any(argument.name in other.parameters for other in dialect.signatures)


def _write_first(
    dialect: Dialect, arguments: Mapping[str, Argument], signature: Signature, reading: Reading
) -> tuple[list[str], dict[str, str]]:
    """Return the tensors, channels and kernel of a call, by position and by name."""
    positional: list[str] = []
    named: dict[str, str] = {}
    tensors = {getattr(signature, kind): _TENSORS[kind] for kind in ("data", "weight")}
    tensors.pop("", None)
    for name in signature.parameters:
        if name in tensors:
            positional.append(tensors.pop(name))
        elif name in arguments and arguments[name].role in _IN_WEIGHTS:
            value = reading.spelling.arguments.get(name)
            if value is None:
                value = _find_count(arguments[name], reading)
            positional.append(_write(dialect, signature, arguments[name], value))
        else:
            break
    if dialect.names_first:
        named = dict(zip(signature.parameters, positional, strict=False))
        positional = []
    if signature.parameters[:1] == ("self",):
        positional = positional[1:]  # the tensor whose method it is
    return positional, named | tensors


def _find_count(argument: Argument, reading: Reading) -> Any:
    """Return the kernel or the channels of a layer whose parameters do not have them."""
    layer, sizes = reading.layer, reading.sizes
    if argument.role == "kernel":
        return list(layer.kernel)
    is_known = sizes.weight is not None or (
        argument.role == "in_channels" and sizes.channels is not None
    )
    return getattr(layer, argument.role) if is_known else Unknown(argument.name)


def _is_shown(dialect: Dialect, signature: Signature, argument: Argument, value: Any) -> bool:
    """Return whether a parameter of this call is written: it has no default, and matters."""
    if argument.name == dialect.entry_point or _is_foreign(dialect, signature, argument):
        return False
    if _is_bias(signature, argument):
        # The default may be that of the dialect's layers.
        return bool(value)
    # Without a role or a default it is the author's own affair: a name, an initializer.
    is_inert = argument.role == "" and argument.default is None
    is_required = argument.name in (*dialect.required, *signature.needs)
    return not is_inert and (is_required or not _is_default(argument, value))


def _is_bias(signature: Signature, argument: Argument) -> bool:
    """Return whether a function takes the bias itself as this parameter, and no flag for it."""
    is_flag = argument.forms.get(Form.FLAG, plain)(True, 1) is not True
    return bool(signature.weight) and argument.role == "bias" and not is_flag


def _is_default(argument: Argument, value: Any) -> bool:
    """Return whether a parameter has its default; for strides and dilations, None means 1."""
    number = compact(value)
    if argument.default is None and argument.role in ("stride", "dilation"):
        return number is None or number == 1
    return bool(number == argument.default)


def _write(dialect: Dialect, signature: Signature, argument: Argument, value: Any) -> str:
    """Return the value of a parameter as code: one number for all axes, where it is accepted."""
    if _is_bias(signature, argument):
        return _TENSORS["bias"]
    if argument.name not in dialect.sequences and not has_pairs(value):
        value = compact(value)
    is_shape = argument.role == "output_size"
    return write_value(_to_code(value, is_shape), dialect.brackets, '"')


def _to_code(value: Any, is_shape: bool) -> Any:
    """Return a value with tuples for lists, unless they are shapes, and `2*N` for the size 2N."""
    if isinstance(value, list | tuple):
        return (list if is_shape else tuple)([_to_code(item, is_shape) for item in value])
    if not isinstance(value, Linear):
        return value
    factor = "" if value.factor == 1 else f"{value.factor}*"
    offset = f" {'+' if value.offset > 0 else '-'} {abs(value.offset)}" if value.offset else ""
    return Unknown(f"{factor}{value.letter}{offset}")


def _write_name(dialect: Dialect, signature: Signature) -> str:
    """Return the name of a call in a program, which imports a module under another name."""
    [name, *_] = signature.paths
    for module, own in dialect.modules.items():
        if name.startswith(f"{module}."):
            return own + name.removeprefix(module)
    return name
