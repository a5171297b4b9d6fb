"""Activation: a function of each element; the shape stays."""

from __future__ import annotations

from deconvcli.networks.operation import Form, Key, Operation
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
        Key("kind", Form.WORD, None, "which function"),
        Key("negative_slope", Form.ANY, None, "of a leaky one", aliases=("alpha",)),
        Key("axis", Form.ANY, None, "of a softmax", aliases=("dim",)),
        Key("inplace", Form.ANY, None, "whether the input is overwritten"),
    )


OPERATION: Operation = Activation()
