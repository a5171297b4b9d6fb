"""Concatenation: the channels of all inputs, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import require_equal_sizes


class Concat(Operation):
    """A concatenation of inputs that all have one spatial size."""

    name = "concat"
    aliases = ("concatenate", "cat")
    title = "the channels of all inputs"
    inputs = (2, None)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the sum of the channels, at the common size."""
        channels = inputs[0].channels
        for other in inputs[1:]:
            channels = channels + other.channels
        return Shape(channels, require_equal_sizes(inputs))


OPERATION: Operation = Concat()
