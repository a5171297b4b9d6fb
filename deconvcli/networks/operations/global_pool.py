"""Global pooling: one number per channel, and no axes are left."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape


class GlobalPool(Operation):
    """A pooling that takes the mean or the maximum of each channel."""

    name = "global_pool"
    aliases = ("global_avg_pool", "global_max_pool", "global_average_pool")
    title = "one number per channel"
    keys = (
        Key("keepdims", KeyForm.FLAG, False, "whether axes of size 1 are left"),
        Key("data_format", KeyForm.ANY, None, "order of the framework's axes"),
    )
    calls = (
        Call(
            "keras",
            ("GlobalAveragePooling{n}D", "GlobalMaxPooling{n}D", "GlobalAvgPool{n}D"),
            ("data_format", "keepdims"),
        ),
        Call("keras", ("GlobalMaxPool{n}D",), ("data_format", "keepdims")),
        Call(
            "mxnet",
            ("GlobalAvgPool{n}D", "GlobalMaxPool{n}D"),
            ("layout",),
            implies={"keepdims": True},
        ),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the channels, without axes or with axes of size 1."""
        [given] = inputs
        kept = len(given.spatial) if self.values(parameters)["keepdims"] else 0
        return Shape(given.channels, (1,) * kept)


OPERATION: Operation = GlobalPool()
