"""Activation: a function of each element, which keeps the shape."""

from __future__ import annotations

from deconvcli.networks.operation import Call, Key, KeyForm, Operation
from deconvcli.networks.operations._same_shape import SameShape


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
        Key("axis", KeyForm.ANY, None, "axis of a softmax", aliases=("dim",)),
        Key("inplace", KeyForm.ANY, None, "whether the input is overwritten"),
    )
    calls = (
        Call(
            "torch",
            (
                "ReLU",
                "ReLU6",
                "LeakyReLU",
                "PReLU",
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
            ),
        ),
        Call("keras", ("Activation",)),
    )


OPERATION: Operation = Activation()
