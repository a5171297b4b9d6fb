"""Layers that give a tensor the spatial size of another tensor, or a size in numbers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from deconvcli.common.values import axis_name
from deconvcli.layers.axis import Size, read_sizes
from deconvcli.networks.operation import Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import check_minimum, refuse, require_axes

SIZE = Key(
    "size",
    KeyForm.OUTPUT_SIZES,
    None,
    "the output size, if no second input gives it",
    at_least=1,
)


def read_size_of(like: Shape, given: Shape) -> tuple[Size, ...]:
    """Return the spatial size of a second input.

    Raises:
        Refused: it has other axes than the first.
    """
    if len(like.spatial) != require_axes(given):
        refuse(
            "rank",
            f"{given} cannot have the size of {like}: their numbers of axes differ",
            "use a second input with as many spatial axes as the first.",
        )
    return like.spatial


class Like(Operation):
    """The first input at the spatial size of the second, or of `size`."""

    keys: ClassVar[tuple[Key, ...]] = (SIZE,)
    inputs = (1, 2)

    @abstractmethod
    def check_size(self, current: Size, wanted: Size, removed: int, axis: str) -> None:
        """Refuse a change of size that this layer cannot make.

        removed: the elements removed at the start. axis: the start of the message, `height: `, or
        empty.
        """

    def removed_at_start(self, parameters: Parameters, inputs: Sequence[Shape]) -> tuple[int, ...]:
        """Return the elements that the author removes at the start of each axis."""
        return (0,) * len(inputs[0].spatial)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the first input's channels with the wanted size."""
        [given, *_] = inputs
        wanted = self.wanted_size(parameters, inputs)
        rank = require_axes(given)
        removed = self.removed_at_start(parameters, inputs)
        changes = zip(given.spatial, wanted, removed, strict=True)
        for place, (have, want, start) in enumerate(changes):
            self.check_size(have, want, start, f"{axis_name(place, rank)}: " if rank > 1 else "")
        return given._replace(spatial=wanted)

    def wanted_size(self, parameters: Parameters, inputs: Sequence[Shape]) -> tuple[Size, ...]:
        """Return the size of the second input, or the one given; exactly one of them is there."""
        size = self.values(parameters)["size"]
        if (size is None) == (len(inputs) == 1):
            refuse(
                "inputs",
                f"{self.name} needs a second input or a size, not both",
                "list the layer whose size it takes as the second input.",
            )
        if size is None:
            return read_size_of(inputs[1], inputs[0])
        sizes = read_sizes(size, require_axes(inputs[0]), "size")
        check_minimum(sizes, 1, "size")
        return sizes
