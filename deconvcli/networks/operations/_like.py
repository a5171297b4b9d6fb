"""Layers that bring a tensor to the spatial size of another, or to one that is given."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from deconvcli.common.values import axis_name, per_axis
from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import at_least, refuse, some_axes

SIZE = Key("size", KeyForm.SIZES, None, "the size, where no second input gives it", at_least=1)


class Like(Operation):
    """The first input at the spatial size of the second, or of `size`."""

    keys: ClassVar[tuple[Key, ...]] = (SIZE,)
    inputs = (1, 2)

    @abstractmethod
    def hold(self, have: Size, want: Size, place: str) -> None:
        """Refuse a size that this layer cannot bring about."""

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """The first input's channels, the wanted size."""
        [given, *_] = inputs
        wanted = self.wanted(parameters, inputs)
        rank = some_axes(given)
        if len(wanted) != rank:
            refuse(
                "rank",
                f"{given} cannot take the size of {inputs[-1]}, which has other axes",
                "name a layer with as many spatial axes as the second input.",
            )
        for place, (have, want) in enumerate(zip(given.spatial, wanted, strict=True)):
            self.hold(have, want, f"{axis_name(place, rank)}: " if rank > 1 else "")
        return given._replace(spatial=wanted)

    def wanted(self, parameters: Parameters, inputs: Sequence[Shape]) -> tuple[Size, ...]:
        """The size of the second input, or the one given: one of them, not both."""
        size = self.values(parameters)["size"]
        if (size is None) == (len(inputs) == 1):
            refuse(
                "inputs",
                f"{self.name} needs a second input or a size, and not both",
                "name the layer whose size it is to have as the second input.",
            )
        if size is None:
            return inputs[1].spatial
        sizes = per_axis(size, some_axes(inputs[0]), "size")
        at_least(sizes, 1, "size")
        return sizes
