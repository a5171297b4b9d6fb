"""Which way a layer is computed: by vectors of positions or of channels, and how it is cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from deconvcli.compute.kernels.channels import recipe as channels
from deconvcli.compute.kernels.machine import machine
from deconvcli.compute.kernels.reference import Array, AxisNumbers
from deconvcli.compute.kernels.tiled import recipe as tiled
from deconvcli.compute.kernels.tiled.plan import Sizes

GAIN = 2e4
"""Cycles that a layer must gain for a kernel to be compiled for it: some microseconds."""

Axes = Sequence[AxisNumbers]


class Layer(Protocol):
    """A layer on one size of input, as tasks that share nothing."""

    @property
    def tasks(self) -> Sequence[Any]:
        """What `work` is to be called with, in any order."""

    @property
    def order(self) -> object:
        """Equal for layers that take the same packed weights."""

    def packed(self, w: Array, bias: Array, most: float) -> Any:
        """w and bias in the order of their use; by each task anew if that takes more bytes."""

    def work(self, task: Any, x: Array, weights: Any, y: Array) -> None:
        """Do a task: x and y flat, of the layer's size."""


class Recipe(Protocol):
    """How to cut a layer, whatever its sizes: so that all blocks of it are summed in one order."""

    def __hash__(self) -> int: ...

    def cycles(self, sizes: Sizes, spatial: Sequence[int], axes: Axes) -> float:
        """Cycles of the whole layer, by a model: only their order matters."""

    def layer(
        self,
        sizes: Sizes,
        spatial: Sequence[int],
        axes: Axes,
        dtype: np.dtype[Any],
        threads: int,
    ) -> Layer:
        """The layer cut like this."""


def choose(sizes: Sizes, spatial: Sequence[int], axes: Axes, itemsize: int) -> Recipe:
    """The cheapest recipe for a layer all of whose outputs exist.

    Layers that gain little take the same one, whatever their stride: compiling costs more.
    """

    def cycles(recipe: Recipe) -> float:
        return recipe.cycles(sizes, spatial, axes)

    layer = (sizes, spatial, axes, machine(), itemsize)
    tiles = list(tiled.recipes(*layer))
    common = tiles[0]._replace(copied=False, woven=False)
    every: list[Recipe] = [*tiles, *channels.recipes(*layer)]
    best = min(every, key=cycles)
    return common if cycles(common) - cycles(best) < GAIN else best
