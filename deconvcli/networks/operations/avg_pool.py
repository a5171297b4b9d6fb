"""Average pooling: the mean of the elements under a window."""

from __future__ import annotations

from deconvcli.networks.operation import Call, Key, KeyForm, Operation
from deconvcli.networks.operations._pool import KERAS_PARAMETERS, Pool


class AveragePool(Pool):
    """A pooling that takes the mean under each position of the window."""

    name = "avg_pool"
    aliases = ("avgpool", "avg_pool1d", "avg_pool2d", "avg_pool3d", "average_pool", "mean_pool")
    title = "average pooling"
    keys = (
        *Pool.keys,
        Key("count_include_pad", KeyForm.ANY, None, "whether padding counts in the mean"),
    )
    calls = (
        Call(
            "torch",
            ("AvgPool{n}d",),
            (
                "kernel_size",
                "stride",
                "padding",
                "ceil_mode",
                "count_include_pad",
                "divisor_override",
            ),
        ),
        Call(
            "keras",
            ("AveragePooling{n}D", "AvgPool{n}D"),
            KERAS_PARAMETERS,
            # The default of Keras 2; Keras 3 requires a size here, though not for a max pooling.
            implies={"pool_size": 2},
        ),
        Call(
            "paddle",
            ("AvgPool{n}D",),
            (
                "kernel_size",
                "stride",
                "padding",
                "ceil_mode",
                "exclusive",
                "divisor_override",
            ),
            required=1,
        ),
        Call(
            "mxnet",
            ("AvgPool{n}D",),
            ("pool_size", "strides", "padding", "ceil_mode", "layout"),
            implies={"pool_size": 2},
        ),
    )


OPERATION: Operation = AveragePool()
