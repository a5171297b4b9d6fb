"""Global pooling: one number per channel, and no axes are left."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Operation, Parameters, Shape


class GlobalPool(Operation):
    """A pooling that takes the mean or the maximum of each channel."""

    name = "global_pool"
    aliases = ("global_avg_pool", "global_max_pool", "global_average_pool")
    title = "one number per channel"

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the channels, without axes."""
        return Shape(inputs[0].channels)


OPERATION: Operation = GlobalPool()
