"""Crop: elements removed from the ends of each axis."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import (
    Sides,
    check_minimum,
    check_not_empty,
    read_sides,
    require_axes,
)


class Crop(Operation):
    """A crop by the same or another number of elements at each end."""

    name = "crop"
    aliases = ("trim", "cropping", "slice")
    title = "elements removed from the ends"
    keys = (
        Key(
            "amount",
            KeyForm.SIDES,
            None,
            "how many elements; for one axis two numbers are begin and end",
            required=True,
            aliases=("cropping", "crops"),
        ),
    )
    calls = (Call("keras", ("Cropping{n}D",), ("cropping", "data_format")),)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the input's shape, each axis shorter by its two ends."""
        [given] = inputs
        pairs = zip(given.spatial, self._ends(parameters, given), strict=True)
        left = [n - begin - end for n, (begin, end) in pairs]
        return given._replace(spatial=check_not_empty(left, "the output"))

    def crop_begin(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[Size, ...]:
        """Return the amounts at the start."""
        return tuple([begin for begin, _ in self._ends(parameters, inputs[0])])

    def _ends(self, parameters: Parameters, given: Shape) -> Sides:
        ends = read_sides(self.values(parameters)["amount"], require_axes(given), "amount")
        check_minimum([end for pair in ends for end in pair], 0, "amount")
        return ends


OPERATION: Operation = Crop()
