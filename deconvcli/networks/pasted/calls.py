"""Layers pasted as Python calls: `nn.Conv2d(64, 128, 3, padding=1)` becomes a kind and its keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import nearest
from deconvcli.frameworks.pasted.forms import LayerText
from deconvcli.frameworks.pasted.layer import Name, needs_number
from deconvcli.frameworks.pasted.python_call import PythonCall, Tensor, read_call
from deconvcli.frameworks.pasted.understand import name_arguments, understand_layer
from deconvcli.networks.operation import Call, KeyForm
from deconvcli.networks.operations import index_calls, take
from deconvcli.networks.pasted.choice import INERT, choose_call, find_family
from deconvcli.networks.pasted.layer import Arguments, PastedLayer

# A network repeats its layers, so the same few texts are read again and again: 1,000 configs of
# calls take 3.2 s instead of 5.6. A text beyond MAX_REMEMBERED characters is not kept, so that a
# hostile file cannot fill the memory.
REMEMBERED_CALLS = 1024
MAX_REMEMBERED = 200
AXES = re.compile(r"[A-Za-z_]([123])[dD](?![a-z])")
"""The number of axes in the name of a class: Conv2d, conv3d_transpose, Dropout1D."""
# What torch puts before the name of a class: channels left open, a normalization of the weights.
_ADDED = ("", "Lazy", "Parametrized")
_CONTAINERS = ("Sequential", "ModuleList", "ModuleDict", "Model")
# Frameworks with names of their own for forward layers, `Conv2D` or `Conv`. Such a layer is padded
# as its framework pads, whatever the network's dialect.
_CAPITAL = ("keras", "paddle", "mxnet", "flax")


def read_pasted_layer(text: str, dialect: str) -> PastedLayer:
    """Return the layer that a pasted call makes.

    Raises:
        UsageError: the text is not a call, or not one of a known layer.
    """
    return _remembered(text, dialect) if len(text) <= MAX_REMEMBERED else _read(text, dialect)


def _read(text: str, dialect: str) -> PastedLayer:
    return read_layer_call(read_call(text), dialect)


_remembered = lru_cache(REMEMBERED_CALLS)(_read)


def read_layer_call(read: PythonCall, dialect: str) -> PastedLayer:
    """Return the layer that a call makes.

    Raises:
        UsageError: it is not one of a known layer.
    """
    called = read.name.rpartition(".")[2]
    if _is_transposed(called):
        layer = _paste_transposed(read, dialect)
    else:
        plain, own = find_class(called), read
        if plain not in index_calls():
            raise _unknown(called)
        operation, call = choose_call(own, index_calls()[plain], dialect)
        if called.startswith("Lazy"):
            own = _fill_lazy(read, call)
        layer = _take_arguments(own, operation, call)
        framework, family = call.framework, find_family(dialect)
        # `Conv2d` is written in many frameworks as in torch, but not in these.
        is_foreign = framework in _CAPITAL or (called.endswith("d") and family in _CAPITAL)
        if is_foreign and framework != family:
            layer = layer._replace(dialect=framework)
    name, axes = read.keywords.get("name"), AXES.search(called)
    arguments = layer.arguments._replace(rank=int(axes[1]) if axes else None, call=read)
    layer = layer._replace(arguments=arguments, data_format=find_data_format(read))
    return layer._replace(name=name) if isinstance(name, str) else layer


def find_data_format(read: PythonCall) -> str:
    """Return the order of the axes that a call gives, by name or by Keras' words, or nothing."""
    words = ("channels_last", "channels_first")
    by_place = [value for value in read.positional if value in words]
    given = read.keywords.get("data_format", *by_place[:1])
    return given if isinstance(given, str) else ""


def is_layer(name: str) -> bool:
    """Return whether a call of this name makes a layer that is known here."""
    called = name.rpartition(".")[2]
    return find_class(called) in index_calls() or _is_transposed(called)


def _is_transposed(called: str) -> bool:
    lowered = called.lower()
    # A module called Transpose exchanges axes.
    return "deconv" in lowered or ("transpose" in lowered and lowered != "transpose")


def find_class(called: str) -> str:
    """Return the framework's class of a name, without what torch adds to it."""
    for start in _ADDED:
        plain = called.removeprefix(start)
        if plain in index_calls():
            return plain
    return called


def _fill_lazy(read: PythonCall, call: Call) -> PythonCall:
    """Return a lazy layer's call with its channels, which it prints as 0, left open."""
    [first, *_] = call.parameters or ("",)
    words = {name: value for name, value in read.keywords.items() if (name, value) != (first, 0)}
    given = read.positional[1:] if read.positional[:1] == (0,) else read.positional
    return PythonCall(read.name, (None, *given) if given or not words else (), words)


def _take_arguments(read: PythonCall, operation: str, call: Call) -> PastedLayer:
    order = call.parameters
    if order is None:
        return PastedLayer(operation, call.implies, framework=call.framework)
    own = {name: call.means.get(name, name) for name in order}
    _refuse_foreign(read, operation, own, call.framework)
    # Paddle's weight_attr and bias_attr are initializers, unless they are False.
    given = {
        name: value
        for name, value in name_arguments(read, order).items()
        if (name in call.means and value is False)
        or not (name.endswith("_attr") or INERT.fullmatch(name))
    }
    given = {name: _reorder(name, value, call) for name, value in given.items()}
    parameters = _read_values(
        {own.get(name, name): value for name, value in given.items()}, operation
    )
    arguments = _arguments(read, order)
    return PastedLayer(
        operation, {**call.implies, **parameters}, "", arguments, framework=call.framework
    )


def _reorder(name: str, value: Any, call: Call) -> Any:
    """Return a value in our order of axes: channels first, then each axis with its two ends."""
    if not isinstance(value, list):
        return value
    if name in call.channels_last:
        return [*value[-1:], *value[:-1]]
    if name in call.last_axis_first and len(value) > 2 and len(value) % 2 == 0:
        pairs = [value[place : place + 2] for place in range(0, len(value), 2)]
        return pairs[::-1]
    return value


def _refuse_foreign(
    read: PythonCall, operation: str, own: Mapping[str, str], framework: str
) -> None:
    """Refuse another framework's name for a parameter that this call has.

    own: our key for each parameter of the call.
    """
    # `Conv2D(..., stride=2)` mixes two frameworks. A program with that call fails, so a check that
    # accepts it would be wrong.
    for key in take(operation).keys:
        names = {key.name, *key.aliases}
        here = next((name for name, meant in own.items() if meant in names), None)
        foreign = names & read.keywords.keys() - own.keys()
        if here and foreign:
            raise UsageError(
                f"{read.name} has no argument {min(foreign)!r}",
                help=f"write {here}, as {framework} does.",
                code="unknown-key",
            )


def _arguments(read: PythonCall, order: tuple[str, ...]) -> Arguments:
    return Arguments(order, len(read.positional), tuple(read.keywords))


def _without_inert(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments without those that affect no size."""
    return {name: value for name, value in given.items() if not INERT.fullmatch(name)}


def _read_values(given: Mapping[str, Any], operation: str) -> dict[str, Any]:
    """Return the values, without the unknown ones of keys that touch no size."""
    free = {
        name
        for key in take(operation).keys
        if key.form is KeyForm.ANY
        for name in (key.name, *key.aliases)
    }
    return {
        name: _value(name, value)
        for name, value in given.items()
        if not (name in free and isinstance(value, (Name, Tensor)))
    }


def _value(name: str, given: Any) -> Any:
    if isinstance(given, float) and given.is_integer():
        return int(given)  # torch prints the factor of an upsampling as 2.0
    if isinstance(given, list):
        return [_value(name, item) for item in given]
    if isinstance(given, (Name, Tensor)):
        # In a network, the help lists the variables of all layers.
        raise needs_number(name, getattr(given, "text", "a tensor"), "")
    return given


def _paste_transposed(read: PythonCall, dialect: str) -> PastedLayer:
    """Return a transposed convolution, in the network's dialect if that has this call."""
    # nn.ConvTranspose2d in a Keras network is a torch call: name and arguments decide where the
    # network's dialect does not have them.
    pasted = understand_layer(LayerText(read, "call", frozenset()), None, preferred=dialect)
    roles = {a.name: a.role for a in pasted.dialect.arguments}
    for name, expression in pasted.unknown.items():
        if roles[name] != "bias":
            _value(name, Name(expression))
    _refuse_foreign(read, "conv_transpose", roles, pasted.dialect.name)
    known = {name: value for name, value in pasted.words.items() if roles.get(name, name)}
    parameters = _without_inert({roles.get(name, name): value for name, value in known.items()})
    at = f"@{pasted.implementation}" if pasted.implementation else ""
    arguments = _arguments(read, pasted.order)
    name = pasted.dialect.name
    return PastedLayer("conv_transpose", parameters, name + at, arguments, framework=name)


def _unknown(name: str) -> UsageError:
    calls = [*index_calls(), "ConvTranspose2d", "Conv2DTranspose"]
    rare = {"1", "3"} - {*name}
    known = [other for other in calls if not rare & {*other}]
    # Of names that differ in case alone `nearest` takes the last: torch's Conv2d, or Conv2D.
    known.sort(key=lambda other: other.endswith("D") == name.endswith("D"))
    close = nearest(name, known)
    help = "write its op and keys."
    if name in _CONTAINERS:
        help = "write the layers in it one by one."
    elif close:
        help = f"did you mean {close!r}? Otherwise write its op and keys."
    return UsageError(
        f"the pasted call {name!r} is not a known layer", help=help, code="pasted-call"
    )
