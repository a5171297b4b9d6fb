"""A layer as the call that a program makes, in one line: the way back of `pasted`.

A dialect's signatures give the name of the call, its tensors and the order of its parameters.
Parameters with their default are left out, and so are those that do not change the layer. What
else is special about a framework's calls is in `Dialect.join_call`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from deconvcli.common.values import compact
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, plain
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.wording import write_unknown
from deconvcli.layers.axis import Linear
from deconvcli.layers.counts import Count, Unknown
from deconvcli.layers.layer import Reading, Spelling, has_pairs, write_value

_NO_CALL = Signature(("",), ())
# A layer's call has these parameters first, and a function's weights have them.
_IN_WEIGHTS = ("in_channels", "out_channels", "kernel")
_INPUT, _WEIGHT, _BIAS = "x", "w", "b"


def write_call(
    reading: Reading,
    unknown: Mapping[str, Count] = MappingProxyType({}),
    signature: Signature | None = None,
) -> str:
    """Return the call that makes this layer, or that computes it.

    Tensors are x, w and b. Channels that nobody gave are variables with their parameter's name.
    unknown: the counts that are no numbers, by role, and as `batch` that of the output's shape.
    signature: the call of the dialect; by default the one that has the layer's parameters.
    """
    if unknown:
        reading = reading._replace(spelling=write_unknown(reading, unknown))
    dialect = take(reading.spelling.dialect)[0]
    rank = len(reading.layer.axes)
    return _Call(
        reading, dialect, signature or _find_signature(dialect, reading.spelling, rank)
    ).write()


def _find_signature(dialect: Dialect, spelling: Spelling, rank: int) -> Signature:
    """Return the first call of the entry point that lacks the fewest of the parameters."""
    entry = spelling.arguments.get(dialect.entry_point)
    found = [one for one in dialect.signatures if one.rank in (None, rank)]
    if entry is not None:
        named = [one for one in found if one.implies.get(dialect.entry_point) == entry]
        found = named or [one for one in found if dialect.entry_point not in one.implies]
    given = [
        argument
        for argument in dialect.arguments
        if argument.name in spelling.arguments
        and not _is_default(argument, spelling.arguments[argument.name])
    ]

    def count_lacking(signature: Signature) -> int:
        # Of a function's layer the weights have some, and its caller adds the bias.
        elsewhere = (*_IN_WEIGHTS, "bias") if signature.weight else ()
        own = [argument for argument in given if argument.role not in elsewhere]
        return sum(_is_foreign(dialect, signature, argument) for argument in own)

    return min(found, key=count_lacking, default=_NO_CALL)


def _is_foreign(dialect: Dialect, signature: Signature, argument: Argument) -> bool:
    """Return whether another call of the dialect has this parameter, and this one has not."""
    own = (*signature.parameters, *signature.by_name)
    if argument.name in own or argument.role == "output_size":
        return False
    return any(argument.name in other.parameters for other in dialect.signatures)


def _is_default(argument: Argument, value: Any) -> bool:
    """Return whether a parameter has its default; for strides and dilations, None means 1."""
    number = compact(value)
    if argument.default is None and argument.role in ("stride", "dilation"):
        return number is None or number == 1
    return bool(number == argument.default)


class _Call:
    """One call of a dialect for a reading, and how its parameters are written there."""

    def __init__(self, reading: Reading, dialect: Dialect, signature: Signature) -> None:
        self._reading, self._dialect, self._signature = reading, dialect, signature
        self._arguments = {argument.name: argument for argument in dialect.arguments}
        # A layer takes the size of its output where it is applied.
        self._makes_layer = bool(signature.parameters) and not signature.data

    def write(self) -> str:
        """Return the call in one line."""
        given, parameters = self._reading.spelling.arguments, self._signature.parameters
        positional, named = self._write_first()
        written = {*parameters[: len(positional)], *named}
        applied: dict[str, str] = {}
        order = [name for name in parameters if name in given]
        for name in dict.fromkeys([*order, *given]):
            argument = self._arguments[name]
            if name in written or not self._is_shown(argument, given[name]):
                continue
            if argument.role == "output_size" and self._makes_layer:
                # Only the spatial sizes count there.
                applied[name] = self._write_value(argument, self._reading.output_sizes)
            else:
                named[name] = self._write_value(argument, given[name])
        call = self._dialect.join_call(self._reading, self._find_name(), positional, named)
        more = ", ".join(f"{name}={value}" for name, value in applied.items())
        return f"{call}(x, {more})" if more else call

    def _find_name(self) -> str:
        """Return the name in a program, which imports a module under another name."""
        [name, *_] = self._signature.paths
        for module, own in self._dialect.modules.items():
            if name.startswith(f"{module}."):
                return own + name.removeprefix(module)
        return name

    def _write_first(self) -> tuple[list[str], dict[str, str]]:
        """Return the tensors, channels and kernel, by position and by name."""
        signature = self._signature
        positional: list[str] = []
        tensors = {signature.data: _INPUT, signature.weight: _WEIGHT}
        tensors.pop("", None)
        for name in signature.parameters:
            argument = self._arguments.get(name)
            if name in tensors:
                positional.append(tensors.pop(name))
            elif argument and argument.role in _IN_WEIGHTS:
                given = self._reading.spelling.arguments.get(name)
                value = self._find_count(argument) if given is None else given
                positional.append(self._write_value(argument, value))
            else:
                break
        if self._dialect.names_first:
            return [], dict(zip(signature.parameters, positional, strict=False)) | tensors
        if signature.parameters[:1] == ("self",):
            positional = positional[1:]  # the tensor whose method it is
        return positional, tensors

    def _find_count(self, argument: Argument) -> Any:
        """Return the kernel or the channels of a layer whose parameters do not have them."""
        layer, sizes = self._reading.layer, self._reading.sizes
        if argument.role == "kernel":
            return list(layer.kernel)
        is_known = sizes.weight is not None or (
            argument.role == "in_channels" and sizes.channels is not None
        )
        return getattr(layer, argument.role) if is_known else Unknown(argument.name)

    def _is_shown(self, argument: Argument, value: Any) -> bool:
        """Return whether a parameter is written: it has no default, and matters to the layer."""
        dialect, signature = self._dialect, self._signature
        if argument.name == dialect.entry_point or _is_foreign(dialect, signature, argument):
            return False
        if self._is_bias(argument):
            # The default may be that of the dialect's layers.
            return bool(value)
        # Without a role or a default it is the author's own affair: a name, an initializer.
        is_inert = argument.role == "" and argument.default is None
        is_required = argument.name in (*dialect.required, *signature.needs)
        return not is_inert and (is_required or not _is_default(argument, value))

    def _is_bias(self, argument: Argument) -> bool:
        """Return whether a function takes the bias itself as this parameter, and no flag for it."""
        is_flag = argument.forms.get(Form.FLAG, plain)(True, 1) is not True
        return bool(self._signature.weight) and argument.role == "bias" and not is_flag

    def _write_value(self, argument: Argument, value: Any) -> str:
        """Return a parameter's value as code: one number for all axes, where it is accepted."""
        if self._is_bias(argument):
            return _BIAS
        if argument.name not in self._dialect.sequences and not has_pairs(value):
            value = compact(value)
        code = _to_code(value, list if argument.role == "output_size" else tuple)
        return write_value(code, self._dialect.brackets, '"')


def _to_code(value: Any, kind: type[list[Any]] | type[tuple[Any, ...]]) -> Any:
    """Return a value with all lists of this kind, and `2*N` for the size 2N."""
    if isinstance(value, list | tuple):
        return kind([_to_code(item, kind) for item in value])
    return Unknown(value.code) if isinstance(value, Linear) else value
