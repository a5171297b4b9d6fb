"""Crop to the size of another layer, or to a size given."""

from __future__ import annotations

from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Operation
from deconvcli.networks.operations._like import Like
from deconvcli.networks.operations._sizes import refuse


class CropLike(Like):
    """The first input, cut to the spatial size of the second."""

    name = "crop_like"
    aliases = ("center_crop", "center_trim", "crop_to")
    title = "cut to the size of another layer"

    def hold(self, have: Size, want: Size, place: str) -> None:
        """Nothing can be cut from what is too small."""
        if have < want:
            refuse(
                "too-small",
                f"{place}{have} elements cannot be cropped to {want}",
                "crop the other layer to this one, or pad this one with pad_to.",
            )


OPERATION: Operation = CropLike()
