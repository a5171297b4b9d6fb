"""Gated linear unit: one half of an axis is multiplied by a function of the other half."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten
from deconvcli.frameworks.dialects import take
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import check_not_empty, refuse


class GatedLinearUnit(Operation):
    """A layer that halves the channels or another axis."""

    name = "glu"
    title = "one half of an axis gated by the other"
    keys = (
        Key(
            "dim",
            KeyForm.INTEGER,
            -1,
            "the axis that is halved, in the framework's order with the batch as 0",
            aliases=("axis",),
        ),
    )
    calls = (
        Call("torch", ("GLU",), ("dim",)),
        Call("paddle", ("GLU",), ("axis",)),
        Call("mlx", ("GLU",), ("axis",)),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the shape with half the axis, which has to be even.

        Source: measured with torch 2.13.0, which refuses odd sizes.
        """
        [given] = inputs
        rank, dim = len(given.spatial), self.values(parameters)["dim"]
        # A matrix has its channels after the batch in every framework.
        layout = take(dialect)[0].data_layout({}, rank) if rank else None
        is_last = layout is not None and layout.axes[-1] == "C"
        places = [*range(1, rank + 1), 0] if is_last else [*range(rank + 1)]
        # Type, not isinstance: True is no axis.
        if type(dim) is not int or dim == 0 or not -rank - 1 <= dim <= rank + 1:
            raise UsageError(
                f"dim is {shorten(dim)}, and the input has {rank + 1} axes after its batch",
                help=f"use 1 to {rank + 1}, or -1 for the last.",
                code="bad-value",
            )
        place = places[dim - 1 if dim > 0 else dim]
        sizes = list(given.sizes)
        half = sizes[place] // 2
        if half * 2 != sizes[place]:
            refuse("size", f"2 does not divide {sizes[place]}", "use an even size on this axis.")
        [sizes[place]] = check_not_empty([half], "the output")
        return Shape(sizes[0], tuple(sizes[1:]))


OPERATION: Operation = GatedLinearUnit()
