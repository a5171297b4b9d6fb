"""Concatenation: the channels of all inputs, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import refuse, require_equal_sizes


class Concat(Operation):
    """A concatenation of inputs that all have one spatial size."""

    name = "concat"
    aliases = ("concatenate", "cat")
    title = "the channels of all inputs"
    inputs = (2, None)
    keys = (Key("axis", KeyForm.INTEGER, None, "the framework's own axis of the channels"),)
    calls = (Call("keras", ("Concatenate",), ("axis",)),)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the sum of the channels, at the common size."""
        axis, last = self.values(parameters)["axis"], len(inputs[0].spatial) + 1
        if axis not in (None, -1, last):
            refuse("bad-value", f"axis is {axis}", f"use {last} or -1, the axis of the channels.")
        channels = inputs[0].channels
        for other in inputs[1:]:
            channels = channels + other.channels
        return Shape(channels, require_equal_sizes(inputs))


OPERATION: Operation = Concat()
