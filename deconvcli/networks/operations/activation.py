"""Activation: a function of each element; the shape stays."""

from __future__ import annotations

from deconvcli.networks.operation import Call, Key, KeyForm, Operation
from deconvcli.networks.operations._kept import Kept


class Activation(Kept):
    """ReLU and its like."""

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
        Key("negative_slope", KeyForm.ANY, None, "of a leaky one", aliases=("alpha",)),
        Key("axis", KeyForm.ANY, None, "of a softmax", aliases=("dim",)),
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
