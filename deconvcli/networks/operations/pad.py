"""Pad: elements added at the ends of each axis."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import at_least, sides, some_axes


class Pad(Operation):
    """As many elements as are asked for, at each end."""

    name = "pad"
    aliases = ("zero_pad", "reflection_pad", "replication_pad")
    title = "elements added at the ends"
    keys = (
        Key("amount", KeyForm.SIDES, None, "how many", required=True, aliases=("padding", "pads")),
        Key("mode", KeyForm.ANY, None, "what is added: zeros, reflect, replicate ..."),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Each axis longer by its two ends."""
        [given] = inputs
        ends = sides(self.values(parameters)["amount"], some_axes(given), "amount")
        at_least([end for pair in ends for end in pair], 0, "amount")
        pairs = zip(given.spatial, ends, strict=True)
        return given._replace(spatial=tuple([n + begin + end for n, (begin, end) in pairs]))


OPERATION: Operation = Pad()
