"""Addition, element by element, of inputs of one shape."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Call, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import require_equal_channels, require_equal_sizes


class Add(Operation):
    """An addition of inputs that all have one shape: a size of 1 is not broadcast silently."""

    name = "add"
    aliases = ("sum", "multiply", "mul", "average")
    title = "an addition, element by element"
    inputs = (2, None)
    calls = (Call("keras", ("Add", "Multiply", "Average", "Maximum", "Subtract")),)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the shape of each input."""
        # Sizes first: for unequal sizes there are fixes to suggest, for channels there are none.
        spatial = require_equal_sizes(inputs)
        return Shape(require_equal_channels(inputs), spatial)


OPERATION: Operation = Add()
