"""Layers pasted as Python calls: `nn.Conv2d(64, 128, 3, padding=1)` as a kind and its keys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import nearest
from deconvcli.frameworks.pasted.python_call import Name, PythonCall, Tensor, read_call
from deconvcli.frameworks.pasted.understand import by_name, understand
from deconvcli.networks.operations import take

CALLS = 1024
"""Texts that are remembered: the layers of networks are alike. None longer than LONGEST is."""
LONGEST = 200

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Arguments(NamedTuple):
    """The arguments of a call as its author wrote them.

    order: the parameters that it takes. positional: how many came without a name. named: the
    others.
    """

    order: tuple[str, ...] = ()
    positional: int = 0
    named: tuple[str, ...] = ()

    def place(self, names: Sequence[str]) -> str | int:
        """Where the parameter stands that has one of these names: its position, else its name."""
        place = next((i for i, name in enumerate(self.order) if name in names), None)
        if place is not None and place < self.positional:
            return place
        written = next((name for name in self.named if name in names), None)
        return written or (names[0] if place is None else self.order[place])


class Call(NamedTuple):
    """A kind of layer, its keys, and the dialect whose call it is; empty for the network's."""

    operation: str
    parameters: Mapping[str, Any]
    dialect: str = ""
    arguments: Arguments = Arguments()


class _Kind(NamedTuple):
    """A call other than transposed convolution. order: the framework's parameters as they come.

    means: those that share their name with another key of ours.
    """

    operation: str
    order: tuple[str, ...]
    means: Mapping[str, str] = _NOTHING


_CONV = (
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "bias",
    "padding_mode",
    "device",
    "dtype",
)
_POOL = ("kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode")
_MEAN = (
    "kernel_size",
    "stride",
    "padding",
    "ceil_mode",
    "count_include_pad",
    "divisor_override",
)
_KERAS_CONV = (
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "data_format",
    "dilation_rate",
    "groups",
    "activation",
    "use_bias",
)
_KERAS_POOL = ("pool_size", "strides", "padding", "data_format")
_KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        r"Conv[123]d": _Kind("conv", _CONV),
        r"MaxPool[123]d": _Kind("max_pool", _POOL),
        r"AvgPool[123]d": _Kind("avg_pool", _MEAN),
        r"Upsample": _Kind("upsample", ("size", "scale_factor", "mode", "align_corners")),
        r"PixelShuffle": _Kind("pixel_shuffle", ("upscale_factor",)),
        r"Linear": _Kind("dense", ("in_features", "out_features", "bias", "device", "dtype")),
        r"Conv[123]D": _Kind("conv", _KERAS_CONV),
        r"MaxPool(ing)?[123]D": _Kind("max_pool", _KERAS_POOL),
        r"(AvgPool|AveragePooling)[123]D": _Kind("avg_pool", _KERAS_POOL),
        r"UpSampling[123]D": _Kind(
            "upsample", ("size", "data_format", "interpolation"), {"size": "scale"}
        ),
        r"Dense": _Kind("dense", ("units", "activation", "use_bias")),
        r"Flatten": _Kind("flatten", ()),
    }
)
# Their arguments touch no size, so nobody has to read them.
_KEPT = re.compile(
    r"(Leaky|P|R|C)?ReLU6?|S?ELU|GELU|SiLU|Mish|Hardswish|Sigmoid|Tanh|Soft(max|plus)|Activation|"
    r"(Batch|Instance|Layer|Group)(Norm(alization)?)([123]d)?|(Spatial)?Dropout([123][dD])?|Identity"
)
_INERT = re.compile(
    r"activation|name|dtype|device|trainable|input_shape|data_format|padding_mode|api|\w+_"
    r"(initializer|regularizer|constraint)|return_indices|count_include_pad|divisor_override"
)


def call(text: str, dialect: str) -> Call:
    """The layer that a pasted call means.

    Raises:
        UsageError: it is no call, or one of nothing that is known here.
    """
    return _remembered(text, dialect) if len(text) <= LONGEST else _call(text, dialect)


def _call(text: str, dialect: str) -> Call:
    read = read_call(text)
    short = read.name.rpartition(".")[2]
    if _KEPT.fullmatch(short):
        return Call("activation", {})
    for pattern, kind in _KINDS.items():
        if re.fullmatch(pattern, short):
            return _plain(read, kind)
    if "transpose" not in short.lower():
        raise _unknown(short)
    return _transposed(text, read, dialect)


_remembered = lru_cache(CALLS)(_call)


def _plain(read: PythonCall, kind: _Kind) -> Call:
    own = {name: kind.means.get(name, name) for name in kind.order}
    _refuse_foreign(read, kind.operation, own)
    given = _sized(by_name(read, kind.order))
    parameters = {own.get(name, name): _value(name, value) for name, value in given.items()}
    return Call(kind.operation, parameters, "", _arguments(read, kind.order))


def _refuse_foreign(read: PythonCall, operation: str, own: Mapping[str, str]) -> None:
    """Refuse another framework's word for what this call has a word for.

    own: the key that each parameter of the call is for.
    """
    for key in take(operation).keys:
        names = {key.name, *key.aliases}
        here = next((name for name, meant in own.items() if meant in names), None)
        foreign = names & read.keywords.keys() - own.keys()
        if here and foreign:
            raise UsageError(
                f"{read.name} has no argument {min(foreign)!r}",
                help=f"write {here}, as its framework does.",
                code="unknown-key",
            )


def _arguments(read: PythonCall, order: tuple[str, ...]) -> Arguments:
    return Arguments(order, len(read.positional), tuple(read.keywords))


def _sized(given: Mapping[str, Any]) -> dict[str, Any]:
    """Without the words that touch no size."""
    return {name: value for name, value in given.items() if not _INERT.fullmatch(name)}


def _value(name: str, given: Any) -> Any:
    if isinstance(given, (Name, Tensor)):
        raise UsageError(
            f"{name} is {getattr(given, 'text', 'a tensor')}, which has a value only in a program",
            help="write its number into the call.",
            code="pasted-call",
        )
    return given


def _transposed(text: str, read: PythonCall, dialect: str) -> Call:
    """A transposed convolution, in the network's dialect if that has this call."""
    try:
        pasted = understand(text, dialect)
    except UsageError:
        pasted = understand(text, None)
    roles = {a.name: a.role for a in pasted.dialect.arguments}
    _refuse_foreign(read, "conv_transpose", roles)
    known = {name: value for name, value in pasted.words.items() if roles.get(name, name)}
    parameters = _sized({roles.get(name, name): value for name, value in known.items()})
    at = f"@{pasted.implementation}" if pasted.implementation else ""
    arguments = _arguments(read, pasted.order)
    return Call("conv_transpose", parameters, pasted.dialect.name + at, arguments)


def _unknown(name: str) -> UsageError:
    known = ["Conv2d", "ConvTranspose2d", "MaxPool2d", "AvgPool2d", "Upsample", "PixelShuffle"]
    close = nearest(name, [*known, "Conv2D", "Conv2DTranspose", "Linear", "Dense", "Flatten"])
    return UsageError(
        f"the pasted call {name!r} is no layer that is known here",
        help=f"did you mean {close!r}? or write its op and keys."
        if close
        else "write op and keys.",
        code="pasted-call",
    )
