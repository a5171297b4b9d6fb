"""A call of a framework without a dialect, and how it becomes a call of a dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten
from deconvcli.frameworks.pasted.layer import Name
from deconvcli.frameworks.pasted.python_call import PythonCall, Tensor
from deconvcli.frameworks.pasted.understand import name_arguments

Words = dict[str, Any]

TORCH = {
    name: name
    for name in (
        *("in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding"),
        *("dilation", "groups"),
    )
}
KERAS = {
    name: name
    for name in ("filters", "kernel_size", "strides", "padding", "data_format", "use_bias")
}
TF_LAYER = (
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "data_format",
    "activation",
    "use_bias",
)
INITIALIZERS = (
    *("kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer"),
    *("activity_regularizer", "kernel_constraint", "bias_constraint", "trainable"),
)
# What a layer whose padding is a word has in Keras, and the numbers that change nothing.
_TORCH_TO_KERAS = {
    "out_channels": "filters",
    "kernel_size": "kernel_size",
    "stride": "strides",
    "dilation": "dilation_rate",
    "bias": "use_bias",
}
_NEUTRAL = {"stride": 1, "dilation": 1, "groups": 1, "output_padding": 0}


class Borrowed(NamedTuple):
    """A call of another framework.

    title: the framework. paths: its dotted names; `{n}` stands for the number of axes. parameters:
    the call's own, in order. required: how many of them have no default. target: the call of the
    dialect that computes the same. means: the target's parameter for each of its own; one that is
    missing has no influence on the geometry. defaults: where they differ from the target's.
    change: what renaming alone does not express. remark: how the two differ. padding: its
    parameter that pads by numbers, or as Keras does by the words `same` and `valid`. flips: whether
    it stores the taps in the opposite order.
    """

    title: str
    paths: tuple[str, ...]
    parameters: tuple[str, ...]
    required: int
    target: str
    means: Mapping[str, str]
    defaults: Mapping[str, Any] = MappingProxyType({})
    change: Callable[[Words, int], Words] | None = None
    remark: str = "the same layer"
    padding: str = ""
    flips: bool = False

    def find_rank(self, dotted: str, *, whole: bool) -> int | None:
        """Return the number of axes of a call with one of the names; 0 for a name that has none.

        whole: whether the module has to be part of the name.
        """
        for path in self.paths:
            # A path without {n} is compared once, whatever the sign.
            for number in "123" if "{n}" in path else "-":
                name = path.replace("{n}", number)
                last = name.rpartition(".")[2]
                if dotted == name or (not whole and dotted.rpartition(".")[2] == last):
                    return next((int(sign) for sign in last if sign in "123"), 0)
        return None

    def fits(self, call: PythonCall) -> bool:
        """Return whether the call has these parameters, and all that are required."""
        named = dict(zip(self.parameters, call.positional, strict=False)) | dict(call.keywords)
        return (
            len(call.positional) <= len(self.parameters)
            and {*self.parameters[: self.required]} <= named.keys() <= {*self.parameters, "name"}
            and type(named.get("kernel")) is not int  # a tensor, wherever it has this name
        )

    def translate(self, call: PythonCall, rank: int) -> PythonCall:
        """Return the call of the dialect.

        rank: the number of axes, or 0 where an argument has it.
        """
        named = name_arguments(call, self.parameters)
        for name in named:
            if name not in self.parameters and name != "name":
                raise UsageError(
                    f"{call.name} of {self.title} has no parameter {name!r}",
                    help=f"its parameters are {', '.join(self.parameters)}.",
                    code="unknown-parameter",
                )
        if "num_spatial_dims" in self.parameters:
            rank = _read_rank(named)
        given = {**self.defaults, **named}
        if self.change:
            given = self.change(given, rank)
        # Where no parameter pads, this looks up the empty name, which no call has.
        if str(given.get(self.padding)).lower() in ("same", "valid"):
            return self._translate_to_keras(call.name, given, rank)
        words = {
            self.means[name]: value
            for name, value in given.items()
            if name in self.means and value is not None
        }
        data = next((value for value in named.values() if isinstance(value, Tensor)), call.data)
        return PythonCall(self.target.replace("{n}", str(rank)), (), words, data)

    def _translate_to_keras(self, name: str, given: Words, rank: int) -> PythonCall:
        """Return Keras' layer with channels first, where a word gives the padding.

        Raises:
            UsageError: Keras has no such layer.
        """
        roles = {self.means[own]: value for own, value in given.items() if own in self.means}
        many = {role for role, number in _NEUTRAL.items() if not is_all(roles.get(role), number)}
        # Keras' layer has no groups, takes a stride or a dilation, not both, and means another
        # size by output_padding beside a word.
        beyond = many & {"groups", "output_padding"} or many & {"dilation", "stride"}
        if beyond - {"stride"} and beyond != {"dilation"}:
            raise UsageError(
                f"{name} of {self.title} with {self.padding} {given[self.padding]!r} and"
                f" {' and '.join(sorted(beyond))} is not read",
                help="write its padding in numbers, or leave one of them out.",
                code="pasted-call",
            )
        words = {
            new: roles[role] for role, new in _TORCH_TO_KERAS.items() if roles.get(role) is not None
        }
        padding = {"padding": given[self.padding].lower(), "data_format": "channels_first"}
        return PythonCall(f"keras.layers.Conv{rank}DTranspose", (), words | padding)


def _read_rank(named: Words) -> int:
    rank = named.get("num_spatial_dims")
    if type(rank) is int and 1 <= rank <= 3:
        return rank
    raise UsageError(
        f"num_spatial_dims is {rank.text if isinstance(rank, Name) else shorten(rank)}",
        help="write 1, 2 or 3.",
        code="pasted-call",
    )


def is_all(given: Any, neutral: int) -> bool:
    """Return whether a parameter has its neutral number on every axis, or is not given."""
    values = given if isinstance(given, list) else [given]
    return all(value in (None, neutral) for value in values)


def join_ends(given: Words, pairs: list[Any], title: str) -> Words:
    """Return the parameters with one number per axis as padding, if there are pairs.

    Raises:
        UsageError: begin and end differ.
    """
    if not all(begin == end for begin, end in pairs):
        raise UsageError(
            f"{title}'s layer crops begin and end differently, which PyTorch does not",
            help="give options, with pairs: deconv shape -k 4 -s 2 -p 1:2,0:1.",
            code="pasted-call",
        )
    return {**given, "padding": [begin for begin, _ in pairs]} if pairs else given


def name_layout(given: Any) -> Any:
    if not isinstance(given, str) or not given.startswith("N"):
        return given if isinstance(given, str) else None
    return "channels_last" if given.endswith("C") else "channels_first"


def lower_words(given: Words) -> Words:
    padding = given.get("padding")
    return {**given, "padding": padding.lower()} if isinstance(padding, str) else given
