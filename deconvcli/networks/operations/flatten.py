"""Flatten: all elements become channels, and no axes are left."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._elements import count_elements
from deconvcli.networks.operations._sizes import refuse


class Flatten(Operation):
    """A layer that turns [channels, height, width] into channels * height * width channels."""

    name = "flatten"
    title = "all elements as channels"
    keys = (
        Key("start_dim", KeyForm.INTEGER, 1, "first axis that is joined; the batch is axis 0"),
        Key("end_dim", KeyForm.INTEGER, -1, "last axis that is joined"),
    )
    # A call of torch and of Keras, whose only parameter does not change the number of elements.
    calls = (Call("torch", ("Flatten",), ("start_dim", "end_dim")),)
    mixes_axes = True

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return as many channels as there were elements, or the joined axes among the others."""
        values, sizes = self.values(parameters), inputs[0].sizes
        count = len(sizes) + 1
        begin, end = values["start_dim"] % count, values["end_dim"] % count
        if not 1 <= begin <= end or not all(-count <= values[n] < count for n in values):
            refuse(
                "bad-value",
                f"axes {values['start_dim']} to {values['end_dim']} of an input with {count} axes"
                " cannot be joined",
                "join axes 1 to -1, which are all but the batch.",
            )
        joined = count_elements(Shape(sizes[begin - 1], sizes[begin:end]))
        merged = (*sizes[: begin - 1], joined, *sizes[end:])
        return Shape(merged[0], merged[1:])


OPERATION: Operation = Flatten()
