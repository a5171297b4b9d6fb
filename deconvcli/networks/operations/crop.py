"""Crop: elements cut from the ends of each axis."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import at_least, existing, sides, some_axes


class Crop(Operation):
    """As many elements as are asked for, from each end."""

    name = "crop"
    aliases = ("trim", "cropping", "slice")
    title = "elements cut from the ends"
    keys = (
        Key(
            "amount", KeyForm.SIDES, None, "how many", required=True, aliases=("cropping", "crops")
        ),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Each axis shorter by its two ends."""
        [given] = inputs
        ends = sides(self.values(parameters)["amount"], some_axes(given), "amount")
        at_least([end for pair in ends for end in pair], 0, "amount")
        pairs = zip(given.spatial, ends, strict=True)
        left = [n - begin - end for n, (begin, end) in pairs]
        return given._replace(spatial=existing(left, "the output"))


OPERATION: Operation = Crop()
