"""A pasted call, found in a dialect: the layer's parameters and the shapes of tensors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.parameters import Form, Signature
from deconvcli.frameworks.pasted.forms import LayerText, read_layer
from deconvcli.frameworks.pasted.layer import Declared, Name, Pasted, needs_number
from deconvcli.frameworks.pasted.python_call import PythonCall, Tensor
from deconvcli.frameworks.pasted.search import Match, find_match, unbind

# Classes that add a normalization to the weights and pass everything else on, by what they have
# before the name of the framework's own: WNConvTranspose1d.
_WRAPPERS = ("WN", "SN", "Norm", "WeightNorm", "SpectralNorm", "Parametrized", "Quantized", "Quant")
_WRAPPER_WORDS = re.compile(
    r"causal|norm|norm_kwargs|norm_type|(?:weight|bias|input|output)_(?:bit|quant|scaling|float)\w*"
)
# A variable may stand for these: the output size does not need their values.
_FREE_ROLES = {"", "bias", "groups", "in_channels", "out_channels"}


# Keras layers take the shape of their input, with or without its batch; None is an open size.
_DECLARATIONS = {"input_shape": 0, "batch_input_shape": 1, "batch_shape": 1}


def understand(
    text: str,
    dialect_name: str | None,
    preferred: str | None = None,
    variables: Mapping[str, Any] = MappingProxyType({}),
    setter: str = "",
) -> Pasted:
    """Return the layer in the named dialect, or else in the one that its name and arguments fit.

    preferred: the dialect that is tried first, where none is named. variables: values of the
    variables in the text. setter: the user's option for them.

    Raises:
        UsageError: no dialect has this call, or its arguments do not fit.
    """
    written = read_layer(text, variables)
    # In the order of the user, so that one mistake has one message.
    for name in [name for name in variables if name not in written.used]:
        given = (*written.call.positional, *written.call.keywords.values())
        others = dict.fromkeys(filter(None, map(_open_value, given)))
        has = f"; it has {', '.join(others)}" if others else ""
        raise UsageError(
            f"the pasted {written.kind} has no variable {name}{has}",
            help="leave it out, or write it as the text does.",
            code="unused-variable",
        )
    return understand_layer(written, dialect_name, preferred, setter)


def understand_layer(
    written: LayerText, dialect_name: str | None, preferred: str | None = None, setter: str = ""
) -> Pasted:
    """Return the same of a text that has been read.

    Raises: as `understand`.
    """
    match = find_match(_strip_wrapper(written.call), dialect_name, preferred)
    dialect, signature = match.dialect, unbind(match.signature, match.call.name)
    named = name_arguments(match.call, signature.parameters)
    if written.kind == "configuration":
        named = _drop_inert(dialect, named)
    _require_tensors(match.call.name, signature, named)
    data_name = _open_value(named.get(signature.data)) or ""
    shapes = {name: _shape(named.pop(name, None)) for name in (signature.weight, signature.data)}
    declared = _take_declaration(dialect, named)
    # A function takes the bias itself, as an initializer does; a layer takes whether it has one.
    words, unknown = _sort_parameters(dialect, named, setter, has_tensors=bool(signature.data))
    words = {**signature.implies, **words}
    weight = shapes[signature.weight]
    return Pasted(
        dialect,
        match.implementation,
        words,
        signature.rank or _find_rank(dialect, words, weight),
        weight,
        shapes[signature.data] or _shape(match.call.data),
        signature.parameters,
        match.others,
        declared,
        unknown,
        _explain_dialect(match, written),
        data_name,
        bool(match.origin and match.origin.flips),
    )


def _require_tensors(call: str, signature: Signature, named: Mapping[str, Any]) -> None:
    """Refuse a number or a word in the place of a tensor."""
    for name in (signature.weight, signature.data):
        if type(given := named.get(name)) in (int, str):
            raise UsageError(
                f"{name} is {given!r}, and {call} takes a tensor there",
                help="paste the call of a layer, such as nn.ConvTranspose2d(64, 32, 4), or the"
                " function with its tensors.",
                code="pasted-call",
            )


def _sort_parameters(
    dialect: Dialect, named: Mapping[str, Any], setter: str, *, has_tensors: bool
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the parameters with a value, and the expressions of those without.

    Raises:
        UsageError: a size depends on a value that only the author's program has.
    """
    words: dict[str, Any] = {}
    unknown: dict[str, str] = {}
    for name, value in named.items():
        role = _find_role(dialect, name)
        if role == "output_size" and isinstance(value, list) and len(value) > 3:
            # Keras' backend takes None for the batch, as a variable would stand there.
            value = [Name("batch") if size is None else size for size in value]
        expression = _open_value(value)
        if role == "":
            words[name] = _to_json_value(value)
        elif expression is None or role == "unknown":
            words[name] = value  # the dialect refuses a parameter that does not exist
        elif role == "bias" and (has_tensors or "(" in expression):
            words[name] = True
        elif role == "data_format" and expression.isupper():
            words[name] = expression  # Paddle prints it without quotes
        elif role in _FREE_ROLES:
            unknown[name] = expression
        elif role == "output_size" and isinstance(value, list) and not _has_lists(value):
            words[name] = value  # its expressions may be the input's sizes
        else:
            raise needs_number(name, expression, setter, _find_example(dialect, name, role))
    return words, unknown


def _explain_dialect(match: Match, written: LayerText) -> str:
    """Return the reason for the dialect, with the defaults that the text gives its variables."""
    origin = match.origin
    why = f"the pasted {written.kind} is {origin.title if origin else match.dialect.title}'s"
    if written.defaults:
        listed = ", ".join(f"{name}={shorten(value)}" for name, value in written.defaults.items())
        why += f", with {listed} by default"
    return f"{why}; {match.dialect.title} has {origin.remark}" if origin else why


def _strip_wrapper(call: PythonCall) -> PythonCall:
    """Return the framework's call in place of one with a normalization: WNConvTranspose1d."""
    last = call.name.rpartition(".")[2]
    if last.startswith("Lazy") and call.positional[:1] == (0,) and "kernel_size" in call.keywords:
        # Printed, it has input channels: 0, as they are not known yet.
        return PythonCall(call.name, call.positional[1:], call.keywords)
    start = last.partition("Conv")[0]
    if start not in _WRAPPERS or "Transpose" not in last:
        return call
    words = {
        name: value for name, value in call.keywords.items() if not _WRAPPER_WORDS.fullmatch(name)
    }
    return call._replace(name=last.removeprefix(start), keywords=words)


def _drop_inert(dialect: Dialect, named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that matter: a configuration has every other one as well."""
    # The shape of the input is inert in the layer, but gives the size that is asked about.
    inert = {a.name for a in dialect.arguments if a.role == "" and a.name != "input_shape"}
    return {name: value for name, value in named.items() if name not in inert}


def _take_declaration(dialect: Dialect, named: dict[str, Any]) -> Declared | None:
    """Remove the shape of the input from a call's arguments and return it."""
    if all(argument.name != "input_shape" for argument in dialect.arguments):
        return None
    declared = find_declaration(named)
    if declared is not None:
        del named[declared.name]
    return declared


def _find_rank(
    dialect: Dialect, words: dict[str, Any], weight: tuple[int, ...] | None
) -> int | None:
    """Return the number of spatial axes that the weights or a kernel in a list show."""
    if weight is not None:
        return dialect.weight_rank(words, weight)
    kernels = [words.get(a.name) for a in dialect.arguments if a.role == "kernel"]
    return next((len(kernel) for kernel in kernels if isinstance(kernel, list) and kernel), None)


def find_declaration(named: Mapping[str, Any]) -> Declared | None:
    """Return the shape of the input that arguments declare; a variable leaves its size open."""
    for name, leading in _DECLARATIONS.items():
        given = named.get(name)
        if isinstance(given, list) and given[leading:]:
            sizes = [None if isinstance(size, Name) else size for size in given[leading:]]
            if all(size is None or (type(size) is int and size >= 0) for size in sizes):
                return Declared(name, tuple(sizes))
    return None


def name_arguments(call: PythonCall, order: Sequence[str]) -> dict[str, Any]:
    """Return the call's arguments by name; `order` has the names of positional ones.

    Raises:
        UsageError: there are too many arguments, or one is given twice.
    """
    if len(call.positional) > len(order):
        raise UsageError(
            f"{call.name} takes {len(order)} positional arguments, not {len(call.positional)}",
            help=f"in order: {', '.join(order)}." if order else "write all of them as name=value.",
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


def _has_lists(values: Sequence[Any]) -> bool:
    return any(isinstance(value, list) for value in values)


def _find_example(dialect: Dialect, name: str, role: str) -> str:
    """Return a value that a parameter may have."""
    [forms] = [argument.forms for argument in dialect.arguments if argument.name == name]
    if role == "padding" and Form.WORD in forms and Form.INTS not in forms:
        return str(forms[Form.WORD]("same", 2))
    return {"output_size": "10x10", "data_format": "channels_last"}.get(role, "4")


def _find_role(dialect: Dialect, name: str) -> str:
    return next((a.role for a in dialect.arguments if a.name == name), "unknown")


def _open_value(value: Any) -> str | None:
    """Return the first part of a value that only the author's program has, if any."""
    if isinstance(value, Name):
        return value.text
    if isinstance(value, Tensor):
        return "a tensor"
    return next(filter(None, map(_open_value, value)), None) if isinstance(value, list) else None


def _to_json_value(value: Any) -> Any:
    """Return a value that does not change the shape, in a form that JSON can hold."""
    if isinstance(value, list):
        return [_to_json_value(item) for item in value]
    if isinstance(value, bool | int | str | None):
        return value
    return _open_value(value) or repr(value)
