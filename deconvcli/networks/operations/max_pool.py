"""Max pooling: the largest element under a window."""

from __future__ import annotations

from deconvcli.networks.operation import Operation
from deconvcli.networks.operations._pool import Pool


class MaxPool(Pool):
    """The largest element under each position of the window."""

    name = "max_pool"
    aliases = ("maxpool", "max_pool1d", "max_pool2d", "max_pool3d", "max_pooling")
    title = "max pooling"


OPERATION: Operation = MaxPool()
