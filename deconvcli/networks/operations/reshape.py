"""Reshape: the same elements in another shape."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten
from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._elements import count_elements
from deconvcli.networks.operations._sizes import refuse


class Reshape(Operation):
    """All elements, in order, in another shape."""

    name = "reshape"
    aliases = ("view", "unflatten")
    title = "the same elements in another shape"
    mixes_axes = True
    keys = (
        Key(
            "shape",
            KeyForm.SHAPE,
            None,
            "channels and spatial sizes; -1 for one that follows from the others",
            required=True,
            aliases=("target_shape", "unflattened_size"),
        ),
        Key("dim", KeyForm.INTEGER, None, "the only axis that changes; 1 is the channels"),
    )
    calls = (
        Call("keras", ("Reshape",), ("target_shape",), channels_last=("target_shape",)),
        Call("torch", ("Unflatten",), ("dim", "unflattened_size")),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the given shape, which must have as many elements as the input."""
        [given] = inputs
        values = self.values(parameters)
        wanted = _read_shape(values["shape"])
        kept: tuple[Size, ...] = ()
        if values["dim"] is not None:
            if values["dim"] != 1:
                refuse("bad-value", f"dim is {values['dim']}", "use 1, the axis of the channels.")
            given, kept = Shape(given.channels), given.spatial
        count = count_elements(given)
        known = prod(size for size in wanted if size != -1)
        follows = count // known if -1 in wanted else 1
        # Covers both a wrong total and a -1 that does not come out whole.
        if follows * known != count:
            refuse(
                "elements",
                f"{given} has {count} elements, which do not fill {wanted}",
                "change the shape, or the layer above.",
            )
        channels, *spatial = [follows if size == -1 else size for size in wanted]
        return Shape(channels, (*spatial, *kept))


def _read_shape(value: Any) -> list[int]:
    """Return a list of sizes of 1 or more, in which -1 may occur once.

    Raises:
        UsageError: the value is no such list.
    """
    listed = list(value) if isinstance(value, (list, tuple)) else []
    sizes = [size for size in listed if type(size) is int and size >= 1]
    if listed and len(listed) - len(sizes) == listed.count(-1) <= 1:
        return listed
    raise UsageError(
        f"shape is {shorten(value)}",
        help="give channels and spatial sizes, such as [256, 7, 7], with at most one -1.",
        code="bad-value",
    )


OPERATION: Operation = Reshape()
