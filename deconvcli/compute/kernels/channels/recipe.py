"""The recipes with vectors of channels, for layers of small images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from deconvcli.compute.kernels.channels import meetings
from deconvcli.compute.kernels.channels.plan import (
    MAX_IMAGE_OUTPUTS,
    MAX_MEETINGS,
    RATES,
    ChannelTile,
    LayerShape,
)
from deconvcli.compute.kernels.channels.work import ChannelWork
from deconvcli.compute.kernels.machine import Machine
from deconvcli.compute.kernels.reference import AxisNumbers
from deconvcli.compute.kernels.tiled.plan import LayerSizes


class ChannelRecipe(NamedTuple):
    """A tile of channels, for inputs of any size; every tile sums in the same order."""

    tile: ChannelTile

    def cycles(
        self, sizes: LayerSizes, spatial: Sequence[int], axes: Sequence[AxisNumbers]
    ) -> float:
        """Return the modelled cycles of the whole layer; each axis must have outputs."""
        counts = meetings.counts(spatial, axes)
        # 4 bytes, as for float32: a recipe knows no number type, which only decides here which
        # blocks fit.
        shape = LayerShape(sizes, counts, prod(spatial), meetings.outputs(spatial, axes), 4)
        # The largest that fits: `divide` compares the others, but only once a recipe is chosen.
        block_size = next(shape.block_sizes(self.tile))
        blocks = shape.units(self.tile) * shape.blocks(block_size)
        return blocks * shape.cycles(self.tile, block_size)

    def cut(
        self,
        sizes: LayerSizes,
        spatial: Sequence[int],
        axes: Sequence[AxisNumbers],
        dtype: np.dtype[Any],
        threads: int,
    ) -> ChannelWork:
        """Return the layer cut in this way, with its tasks and tables."""
        return ChannelWork(self.tile, sizes, spatial, axes, dtype, threads)


def recipes(
    sizes: LayerSizes,
    spatial: Sequence[int],
    axes: Sequence[AxisNumbers],
    known: Machine,
    itemsize: int,
) -> Iterator[ChannelRecipe]:
    """Yield a recipe for each tile if the layer has small images, else nothing."""
    met, lanes = prod(axis[0] for axis in axes) * prod(spatial), known.lanes(itemsize)
    if met <= MAX_MEETINGS and meetings.outputs(spatial, axes) <= MAX_IMAGE_OUTPUTS:
        for rows, vectors in RATES[known.registers]:
            yield ChannelRecipe(ChannelTile(rows, vectors, lanes))
