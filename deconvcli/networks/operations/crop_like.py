"""Crop to the size of another layer, or to a size in numbers."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.common.values import per_axis
from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._like import SIZE, Like
from deconvcli.networks.operations._sizes import check_minimum, refuse, require_axes


class CropLike(Like):
    """The first input, cropped to the spatial size of the second.

    Source for the offset: Caffe, src/caffe/layers/crop_layer.cpp, CropLayer::Reshape, which
    refuses an offset that leaves less than the wanted size.
    """

    name = "crop_like"
    aliases = ("center_crop", "center_trim", "crop_to")
    title = "cropped to the size of another layer"
    keys = (
        SIZE,
        Key(
            "offset",
            KeyForm.SIZES,
            None,
            "how many elements the crop removes at the start of each axis; default: the centre",
            aliases=("offsets",),
            at_least=0,
        ),
    )

    def removed_at_start(self, parameters: Parameters, inputs: Sequence[Shape]) -> tuple[int, ...]:
        """Return the elements removed at the start of each axis, whatever the size."""
        offset = self.values(parameters)["offset"]
        offsets = per_axis(0 if offset is None else offset, require_axes(inputs[0]), "offset")
        check_minimum(offsets, 0, "offset")
        return offsets

    def crop_begin(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[Size, ...]:
        """Return the offset, or half of what is removed, rounded down."""
        if self.values(parameters)["offset"] is not None:
            return self.removed_at_start(parameters, inputs)
        pairs = zip(inputs[0].spatial, self.wanted_size(parameters, inputs), strict=True)
        return tuple([(have - wanted) // 2 for have, wanted in pairs])

    def check_size(self, current: Size, wanted: Size, removed: int, axis: str) -> None:
        """Refuse a size that is too small to be cropped."""
        if current - removed < wanted:
            after = f" after the first {removed}" if removed else ""
            refuse(
                "too-small",
                f"{axis}{current} elements cannot be cropped to {wanted}{after}",
                "use a smaller offset, or give the other layer a smaller size."
                if removed
                else "crop the other layer to this one, or pad this one with pad_to.",
            )


OPERATION: Operation = CropLike()
