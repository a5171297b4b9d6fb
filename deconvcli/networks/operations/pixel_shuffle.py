"""Pixel shuffle: channels become space."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import positive_channels, refuse, some_axes


class PixelShuffle(Operation):
    """factor**rank channels become one, `factor` times as long on each axis."""

    name = "pixel_shuffle"
    aliases = ("depth_to_space", "sub_pixel")
    title = "channels become space"
    keys = (
        Key(
            "factor",
            KeyForm.INTEGER,
            None,
            "how many times as long",
            required=True,
            aliases=("upscale_factor", "block_size", "blocksize"),
            at_least=1,
        ),
    )
    calls = (Call("torch", ("PixelShuffle",), ("upscale_factor",)),)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Source: Shi et al. 2016 (arXiv 1609.05158), equation 4."""
        [given] = inputs
        factor = positive_channels(self.values(parameters)["factor"], "factor")
        [channels] = require_numbers([given.channels])
        block = factor ** some_axes(given)
        if channels % block:
            refuse(
                "channels",
                f"{channels} channels cannot be shuffled into blocks of {block}",
                f"let the layer above have a multiple of {block} channels.",
            )
        return Shape(channels // block, tuple([n * factor for n in given.spatial]))


OPERATION: Operation = PixelShuffle()
