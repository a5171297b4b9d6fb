"""Max pooling: the largest element under a window."""

from __future__ import annotations

from deconvcli.networks.operation import Call, Operation
from deconvcli.networks.operations._pool import KERAS_PARAMETERS, Pool


class MaxPool(Pool):
    """A pooling that takes the largest element under each position of the window."""

    name = "max_pool"
    aliases = ("maxpool", "max_pool1d", "max_pool2d", "max_pool3d", "max_pooling")
    title = "max pooling"
    calls = (
        Call(
            "torch",
            ("MaxPool{n}d",),
            ("kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"),
        ),
        Call(
            "keras",
            ("MaxPooling{n}D", "MaxPool{n}D"),
            KERAS_PARAMETERS,
            # Keras and MXNet have this default; the others require a size.
            implies={"pool_size": 2},
        ),
        Call(
            "paddle",
            ("MaxPool{n}D",),
            (
                "kernel_size",
                "stride",
                "padding",
                "return_mask",
                "ceil_mode",
                "data_format",
            ),
            required=1,
        ),
        Call(
            "mxnet",
            ("MaxPool{n}D",),
            ("pool_size", "strides", "padding", "layout", "ceil_mode"),
            implies={"pool_size": 2},
        ),
    )


OPERATION: Operation = MaxPool()
