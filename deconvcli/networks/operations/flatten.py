"""Flatten: all elements as channels, no axes left."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Call, Operation, Parameters, Shape
from deconvcli.networks.operations._elements import elements


class Flatten(Operation):
    """channels * height * width channels, for a dense layer."""

    name = "flatten"
    title = "all elements as channels"
    calls = (Call("torch", ("Flatten",), ()),)
    mixes_axes = True

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """As many channels as there were elements."""
        return Shape(elements(inputs[0]))


OPERATION: Operation = Flatten()
