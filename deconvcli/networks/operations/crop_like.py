"""Crop to the size of another layer, or to a size in numbers."""

from __future__ import annotations

from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Operation
from deconvcli.networks.operations._like import Like
from deconvcli.networks.operations._sizes import refuse


class CropLike(Like):
    """The first input, cropped to the spatial size of the second."""

    name = "crop_like"
    aliases = ("center_crop", "center_trim", "crop_to")
    title = "cropped to the size of another layer"

    def check_size(self, current: Size, wanted: Size, axis: str) -> None:
        """Refuse a size that is too small to be cropped."""
        if current < wanted:
            refuse(
                "too-small",
                f"{axis}{current} elements cannot be cropped to {wanted}",
                "crop the other layer to this one, or pad this one with pad_to.",
            )


OPERATION: Operation = CropLike()
