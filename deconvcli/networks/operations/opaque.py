"""A layer of which only the output's shape is known, such as attention."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.layers.axis import read_sizes
from deconvcli.networks.operation import Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import check_minimum


class Opaque(Operation):
    """Any layer: its author says what comes out of it."""

    name = "opaque"
    title = "any other layer, by the shape of its output"
    keys = (
        Key("channels", KeyForm.INTEGER, None, "output channels; else the input's", at_least=1),
        Key("size", KeyForm.OUTPUT_SIZES, None, "the output size; else the input's", at_least=1),
        Key("parameters", KeyForm.INTEGER, 0, "how many numbers are trained", at_least=0),
    )
    inputs = (1, None)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the shape that is stated; what is left out is that of the first input."""
        values, given = self.values(parameters), inputs[0]
        channels = given.channels if values["channels"] is None else values["channels"]
        size = values["size"]
        if size is None:
            return Shape(channels, given.spatial)
        rank = len(size) if isinstance(size, list | tuple) else len(given.spatial)
        sizes = read_sizes(size, rank, "size")
        check_minimum(sizes, 1, "size")
        return Shape(channels, sizes)

    def parameter_count(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """Return the number that is stated."""
        return int(self.values(parameters)["parameters"])


OPERATION: Operation = Opaque()
