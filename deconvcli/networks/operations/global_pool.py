"""Global pooling: one number a channel, no axes left."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Operation, Parameters, Shape


class GlobalPool(Operation):
    """The mean or the largest of all elements of each channel."""

    name = "global_pool"
    aliases = ("global_avg_pool", "global_max_pool", "global_average_pool")
    title = "one number a channel"

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """The channels, without axes."""
        return Shape(inputs[0].channels)


OPERATION: Operation = GlobalPool()
