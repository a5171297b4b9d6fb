"""Pad to the size of another layer, to a size given, or to a multiple."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.common.values import per_axis
from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._like import SIZE, Like
from deconvcli.networks.operations._sizes import at_least, refuse, some_axes


class PadTo(Like):
    """The first input, extended to the spatial size of the second."""

    name = "pad_to"
    aliases = ("pad_like",)
    title = "extended to the size of another layer"
    keys = (
        SIZE,
        Key("multiple", KeyForm.SIZES, None, "up to the next multiple of this", at_least=1),
        Key("mode", KeyForm.ANY, None, "what is added: zeros, reflect, replicate ..."),
    )

    def wanted(self, parameters: Parameters, inputs: Sequence[Shape]) -> tuple[Size, ...]:
        """As for every such layer, or the next multiple."""
        multiple = self.values(parameters)["multiple"]
        if multiple is None or len(inputs) > 1:
            return super().wanted(parameters, inputs)
        [given] = inputs
        multiples = per_axis(multiple, some_axes(given), "multiple")
        at_least(multiples, 1, "multiple")
        pairs = zip(given.spatial, multiples, strict=True)
        return tuple([(n + by - 1) // by * by for n, by in pairs])

    def hold(self, have: Size, want: Size, place: str) -> None:
        """Padding adds elements and takes none away."""
        if have > want:
            refuse(
                "too-large",
                f"{place}{have} elements cannot be padded to {want}",
                "pad the other layer to this one, or cut this one with crop_like.",
            )


OPERATION: Operation = PadTo()
