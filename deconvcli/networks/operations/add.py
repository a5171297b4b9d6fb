"""Addition: element by element, of inputs of one shape."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import equal_channels, equal_spatial


class Add(Operation):
    """All inputs, which must be of one shape: a size of 1 is not stretched in silence."""

    name = "add"
    aliases = ("sum", "multiply", "mul", "average")
    title = "element by element"
    inputs = (2, None)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """The shape of each input."""
        spatial = equal_spatial(inputs)
        return Shape(equal_channels(inputs), spatial)


OPERATION: Operation = Add()
