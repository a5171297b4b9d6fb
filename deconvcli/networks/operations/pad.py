"""Pad: elements added at the ends of each axis."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import Sides, check_minimum, read_sides, require_axes


class Pad(Operation):
    """A pad by the same or another number of elements at each end."""

    name = "pad"
    aliases = ("zero_pad", "reflection_pad", "replication_pad")
    title = "elements added at the ends"
    keys = (
        Key(
            "amount",
            KeyForm.SIDES,
            None,
            "how many elements; for one axis two numbers are begin and end",
            required=True,
            aliases=("padding", "pads"),
        ),
        Key(
            "mode", KeyForm.ANY, None, "values of the added elements: zeros, reflect, replicate ..."
        ),
    )
    calls = (
        Call("keras", ("ZeroPadding{n}D",), ("padding", "data_format"), implies={"padding": 1}),
        Call(
            "torch",
            ("ZeroPad{n}d", "ReflectionPad{n}d", "ReplicationPad{n}d", "CircularPad{n}d"),
            ("padding",),
            last_axis_first=("padding",),
        ),
        Call(
            "torch",
            ("ConstantPad{n}d",),
            ("padding", "value"),
            {"value": "mode"},
            last_axis_first=("padding",),
        ),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the input's shape, each axis longer by its two ends."""
        [given] = inputs
        pairs = zip(given.spatial, self._ends(parameters, given), strict=True)
        return given._replace(spatial=tuple([n + begin + end for n, (begin, end) in pairs]))

    def crop_begin(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[Size, ...]:
        """Return the amounts at the start, which are added."""
        return tuple([-begin for begin, _ in self._ends(parameters, inputs[0])])

    def _ends(self, parameters: Parameters, given: Shape) -> Sides:
        ends = read_sides(self.values(parameters)["amount"], require_axes(given), "amount")
        check_minimum([end for pair in ends for end in pair], 0, "amount")
        return ends


OPERATION: Operation = Pad()
