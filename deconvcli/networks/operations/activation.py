"""Activation: a function of each element, which keeps the shape."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from types import MappingProxyType

from deconvcli.layers.axis import Size
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._same_shape import SameShape
from deconvcli.networks.operations._sizes import refuse
from deconvcli.networks.operations._trained import DATA_FORMAT, counts_as_keras, split_axes


class Activation(SameShape):
    """ReLU and similar functions."""

    name = "activation"
    aliases = (
        "relu",
        "relu6",
        "leaky_relu",
        "prelu",
        "elu",
        "selu",
        "gelu",
        "silu",
        "swish",
        "mish",
        "hardswish",
        "sigmoid",
        "tanh",
        "softmax",
        "softplus",
        "snake",
    )
    title = "a function of each element"
    keys = (
        Key("kind", KeyForm.WORD, None, "which function"),
        Key(
            "negative_slope",
            KeyForm.ANY,
            None,
            "slope of a leaky function for negative elements",
            aliases=("alpha",),
        ),
        Key("num_parameters", KeyForm.INTEGER, None, "slopes of a PReLU: 1, or one per channel"),
        Key("shared_axes", KeyForm.ANY, None, "axes of a Keras PReLU that share a slope"),
        DATA_FORMAT,
        Key("init", KeyForm.ANY, None, "first slope of a PReLU"),
        Key("axis", KeyForm.ANY, None, "axis of a softmax", aliases=("dim",)),
        Key("approximate", KeyForm.ANY, None, "whether a GELU is that of tanh: tanh or none"),
        Key("inplace", KeyForm.ANY, None, "whether the input is overwritten"),
    )
    calls = (
        Call(
            "torch",
            (
                "ReLU",
                "ReLU6",
                "LeakyReLU",
                "RReLU",
                "CReLU",
                "ELU",
                "SELU",
                "GELU",
                "SiLU",
                "Mish",
                "Hardswish",
                "Sigmoid",
                "Tanh",
                "Softmax",
                "Softplus",
                "CELU",
                "Hardshrink",
                "Hardsigmoid",
                "Hardtanh",
                "LogSigmoid",
                "LogSoftmax",
                "LocalResponseNorm",
                "Softmax2d",
                "Softmin",
                "Softshrink",
                "Softsign",
                "Tanhshrink",
                "Threshold",
            ),
        ),
        # A call of torch and of Keras: the parameters that are given say whose it is.
        Call("torch", ("PReLU",), ("num_parameters", "init"), implies={"kind": "prelu"}),
        Call("keras", ("Activation",)),
    )
    implies = MappingProxyType({"prelu": {"kind": "prelu"}, "snake": {"kind": "snake"}})

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the input's shape, whose channels a PReLU has slopes for."""
        values, [given] = self.values(parameters), inputs
        slopes = values["num_parameters"]
        if slopes not in (None, 1, given.channels) and isinstance(given.channels, int):
            refuse(
                "channels",
                f"the input has {given.channels} channels, the PReLU {slopes} slopes",
                f"use 1 slope or {given.channels}.",
            )
        self._read_slopes(parameters, given, dialect)
        return given

    def parameter_count(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """Return the slopes of a PReLU, or the frequencies of a snake; other functions have none.

        Source: measured with torch 2.13.0 (one slope by default) and Keras 3.15.1 (one per
        element, those of `shared_axes` together); Snake1d of the Descript Audio Codec 1.0.0.
        """
        return prod(require_numbers(self._read_slopes(parameters, inputs[0], dialect)))

    def _read_slopes(self, parameters: Parameters, given: Shape, dialect: str) -> list[Size]:
        """Return the sizes whose product is the number of parameters."""
        values = self.values(parameters)
        if values["kind"] == "snake":
            return [given.channels]
        if values["kind"] != "prelu":
            return [0]
        slopes, shared = values["num_parameters"], values["shared_axes"]
        if slopes is None and (shared is not None or counts_as_keras(dialect)):
            return split_axes(given, shared or [], "shared_axes", values["data_format"])[1]
        return [1 if slopes is None else int(slopes)]


OPERATION: Operation = Activation()
