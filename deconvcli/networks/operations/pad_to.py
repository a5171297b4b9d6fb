"""Pad to the size of another layer, to a size in numbers, or to a multiple."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.common.values import per_axis
from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._like import SIZE, Like
from deconvcli.networks.operations._sizes import check_minimum, refuse, require_axes


class PadTo(Like):
    """The first input, padded to the spatial size of the second."""

    name = "pad_to"
    aliases = ("pad_like",)
    title = "padded to the size of another layer"
    keys = (
        SIZE,
        Key("multiple", KeyForm.SIZES, None, "pad up to the next multiple of this", at_least=1),
        Key(
            "mode", KeyForm.ANY, None, "values of the added elements: zeros, reflect, replicate ..."
        ),
    )

    def wanted_size(self, parameters: Parameters, inputs: Sequence[Shape]) -> tuple[Size, ...]:
        """Return the next multiple where one is given, else the size as for `crop_like`."""
        multiple = self.values(parameters)["multiple"]
        if multiple is None or len(inputs) > 1:
            return super().wanted_size(parameters, inputs)
        [given] = inputs
        multiples = per_axis(multiple, require_axes(given), "multiple")
        check_minimum(multiples, 1, "multiple")
        # Rounded up by a floor of sums, which symbols and runs of sizes can do as well.
        pairs = zip(given.spatial, multiples, strict=True)
        return tuple([(n + by - 1) // by * by for n, by in pairs])

    def check_size(self, current: Size, wanted: Size, removed: int, axis: str) -> None:
        """Refuse a size that is larger than the wanted one."""
        # Not `current > wanted`: that holds for the size of an axis that is not under study.
        if not current <= wanted:
            refuse(
                "too-large",
                f"{axis}{current} elements cannot be padded to {wanted}",
                "pad the other layer to this one, or crop this one with crop_like.",
            )


OPERATION: Operation = PadTo()
