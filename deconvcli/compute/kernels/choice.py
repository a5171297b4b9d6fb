"""The choice of a recipe: vectors of positions or of channels, and the shape of the tile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from deconvcli.compute.kernels.channels import recipe as channels
from deconvcli.compute.kernels.machine import machine
from deconvcli.compute.kernels.packing import Weights
from deconvcli.compute.kernels.reference import Array, AxisNumbers
from deconvcli.compute.kernels.tiled import recipe as tiled
from deconvcli.compute.kernels.tiled.plan import LayerSizes

MIN_GAIN_CYCLES = 2e4
"""Cycles that a layer must gain before a kernel of its own is worth compiling: microseconds."""

Axes = Sequence[AxisNumbers]


class Work(Protocol):
    """A layer on inputs of one size, divided into tasks.

    Tasks write disjoint outputs and only read what they share, so they may run in any order and on
    any thread.
    """

    @property
    def tasks(self) -> Sequence[Any]:
        """The tasks that `do` must be called with, in any order."""

    @property
    def order(self) -> object:
        """A key that is equal for layers that use the same packed weights."""

    def pack(self, w: Array, bias: Array, most: float) -> Weights:
        """Return w and bias in the order of their use; beyond `most` bytes, task by task."""

    def do(self, task: Any, x: Array, weights: Weights, y: Array) -> None:
        """Do one task; x and y are flat and have the layer's size."""


class Recipe(Protocol):
    """A way to cut a layer that does not depend on the input's size.

    All blocks of a layer share one recipe, so that each output is summed in the same order in any
    block. Recipes are keys of a cache, hence hashable.
    """

    def __hash__(self) -> int: ...

    def cycles(self, sizes: LayerSizes, spatial: Sequence[int], axes: Axes) -> float:
        """Return the modelled cycles of the whole layer; only their order matters."""

    def cut(
        self,
        sizes: LayerSizes,
        spatial: Sequence[int],
        axes: Axes,
        dtype: np.dtype[Any],
        threads: int,
    ) -> Work:
        """Return the layer cut in this way."""


def choose(sizes: LayerSizes, spatial: Sequence[int], axes: Axes, itemsize: int) -> Recipe:
    """Return the cheapest recipe for a layer that has at least one output along each axis.

    Layers that gain little share one recipe for any stride, because compiling would cost more.
    """

    def cycles(recipe: Recipe) -> float:
        return recipe.cycles(sizes, spatial, axes)

    layer = (sizes, spatial, axes, machine(), itemsize)
    tiles = list(tiled.recipes(*layer))
    # The first tile serves any layer: no copies, and no code for a particular stride.
    common = tiles[0]._replace(copied=False, woven=False)
    every: list[Recipe] = [*tiles, *channels.recipes(*layer)]
    best = min(every, key=cycles)
    # Worth it even for 28x28x32 to one channel: 21 us in a tile of its own, 45 in the common one.
    return common if cycles(common) - cycles(best) < MIN_GAIN_CYCLES else best
