"""Flatten: all elements become channels, and no axes are left."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Call, Operation, Parameters, Shape
from deconvcli.networks.operations._elements import count_elements


class Flatten(Operation):
    """A layer that turns [channels, height, width] into channels * height * width channels."""

    name = "flatten"
    title = "all elements as channels"
    calls = (Call("torch", ("Flatten",), ()),)
    mixes_axes = True

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return as many channels as there were elements."""
        return Shape(count_elements(inputs[0]))


OPERATION: Operation = Flatten()
