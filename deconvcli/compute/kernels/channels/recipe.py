"""The ways in which a layer of small images may be cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from deconvcli.compute.kernels.channels import meetings
from deconvcli.compute.kernels.channels.plan import MEETINGS, OUTPUTS, RATES, Shape, Tile
from deconvcli.compute.kernels.channels.work import Layer
from deconvcli.compute.kernels.machine import Machine
from deconvcli.compute.kernels.reference import AxisNumbers
from deconvcli.compute.kernels.tiled.plan import Sizes


class Recipe(NamedTuple):
    """How to cut a layer, whatever its sizes; every tile makes the same sums in the same order."""

    tile: Tile

    def cycles(self, sizes: Sizes, spatial: Sequence[int], axes: Sequence[AxisNumbers]) -> float:
        """Cycles of the whole layer, all of whose outputs exist."""
        counts = meetings.counts(spatial, axes)
        shape = Shape(sizes, counts, prod(spatial), meetings.outputs(spatial, axes), 4)
        piece = next(shape.pieces(self.tile))
        blocks = shape.units(self.tile) * shape.blocks(piece)
        return blocks * shape.cycles(self.tile, piece)

    def layer(
        self,
        sizes: Sizes,
        spatial: Sequence[int],
        axes: Sequence[AxisNumbers],
        dtype: np.dtype[Any],
        threads: int,
    ) -> Layer:
        """The layer cut like this, its tasks and tables."""
        return Layer(self.tile, sizes, spatial, axes, dtype, threads)


def recipes(
    sizes: Sizes,
    spatial: Sequence[int],
    axes: Sequence[AxisNumbers],
    known: Machine,
    itemsize: int,
) -> Iterator[Recipe]:
    """One for each tile, for a layer of small images: none for another."""
    met, lanes = prod(axis[0] for axis in axes) * prod(spatial), known.lanes(itemsize)
    if met <= MEETINGS and meetings.outputs(spatial, axes) <= OUTPUTS:
        for rows, vectors in RATES[known.registers]:
            yield Recipe(Tile(rows, vectors, lanes))
