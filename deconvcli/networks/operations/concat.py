"""Concatenation: the channels of all inputs, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import equal_spatial


class Concat(Operation):
    """All inputs, which must be of one spatial size."""

    name = "concat"
    aliases = ("concatenate", "cat")
    title = "the channels of all inputs"
    inputs = (2, None)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """The channels added up."""
        channels = inputs[0].channels
        for other in inputs[1:]:
            channels = channels + other.channels
        return Shape(channels, equal_spatial(inputs))


OPERATION: Operation = Concat()
