"""Pixel shuffle: channels become space."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import read_channels, refuse, require_axes


class PixelShuffle(Operation):
    """A layer that turns factor**rank channels into one, each axis `factor` times as long."""

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
        """Return fewer channels on longer axes.

        Source: Shi et al. 2016 (arXiv 1609.05158), equation 4.
        """
        [given] = inputs
        factor = read_channels(self.values(parameters)["factor"], "factor")
        [channels] = require_numbers([given.channels])
        block = factor ** require_axes(given)
        if channels % block:
            refuse(
                "channels",
                f"{channels} channels cannot be shuffled into blocks of {block}",
                f"give the layer above a multiple of {block} output channels.",
            )
        return Shape(channels // block, tuple([n * factor for n in given.spatial]))


OPERATION: Operation = PixelShuffle()
