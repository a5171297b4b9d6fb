"""Pixel unshuffle: space becomes channels."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import (
    check_not_empty,
    read_channels,
    refuse,
    require_axes,
)


class PixelUnshuffle(Operation):
    """A layer that turns one channel into factor**rank, each axis divided by `factor`."""

    name = "pixel_unshuffle"
    aliases = ("space_to_depth",)
    title = "space becomes channels"
    keys = (
        Key(
            "factor",
            KeyForm.INTEGER,
            None,
            "by how much each axis becomes shorter",
            required=True,
            aliases=("downscale_factor", "block_size"),
            at_least=1,
        ),
    )
    calls = (Call("torch", ("PixelUnshuffle",), ("downscale_factor",)),)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return more channels on shorter axes, which the factor must divide."""
        [given] = inputs
        factor = read_channels(self.values(parameters)["factor"], "factor")
        spatial = [n // factor for n in given.spatial]
        for n, size in zip(given.spatial, spatial, strict=True):
            if size * factor != n:
                refuse("size", f"{factor} does not divide {n}", f"use a multiple of {factor}.")
        channels = given.channels * factor ** require_axes(given)
        return Shape(channels, check_not_empty(spatial, "the output"))


OPERATION: Operation = PixelUnshuffle()
