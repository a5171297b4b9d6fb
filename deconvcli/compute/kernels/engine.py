"""The Numba engine: register tiles of positions or of channels; see the folders tiled and channels.

Each output is summed in an order that depends on the layer alone, so every block, thread count and
run gives the same bits. Nothing is multiplied that the definition does not multiply, save weights
with the zeros around the input; where weights are not finite, the NumPy engine computes instead.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from math import inf, isfinite, prod
from typing import Any

import numpy as np

from deconvcli.compute.kernels import pool, scatter
from deconvcli.compute.kernels.arrays import Results
from deconvcli.compute.kernels.choice import Layer, Recipe, choose
from deconvcli.compute.kernels.direct import Progress
from deconvcli.compute.kernels.reference import (
    Array,
    AxisNumbers,
    accumulator,
    output_shape,
    output_size,
)
from deconvcli.compute.kernels.stream import Budget, stream
from deconvcli.compute.kernels.tiled.plan import Sizes

LAYERS = 8
"""Sizes of input for which a step keeps its tables, and geometries kept for other steps."""
PACKED = 48 << 20
"""Bytes of weights that a step is worth which is used once; of more, each task packs its own."""
PHASES = 4096
"""Combinations of phases that are still worth a tile each; of more, most have no tap at all."""
ROUNDED = Budget(total=32 << 20, per_input=4, per_output=4)
"""A block of a float16 layer in float32."""

Axes = Sequence[AxisNumbers]
Compute = Callable[[Array, Progress | None], Array]
"""y of x."""


def transposed_convolution(
    x: Array, w: Array, bias: Array | None, axes: Axes, groups: int, threads: int = 1
) -> Array:
    """Transposed convolution of any rank; shapes, dtypes and errors as in reference.py.

    Memory beyond y: the weights packed, and for each thread a workspace of about half its cache.
    """
    return Step(w, bias, axes, groups, x.shape, threads, once=True)(x)


def prepare(
    w: Array,
    bias: Array | None,
    axes: Axes,
    groups: int,
    shape: Sequence[int],
    threads: int,
    once: bool = False,
) -> Step:
    """A step with its weights packed, for inputs of `shape` above all.

    Large weights of a step that is used `once` are packed task by task, in less memory.
    """
    return Step(w, bias, axes, groups, shape, threads, once)


class Step:
    """A layer with its weights packed: step(x) -> y from any thread, any number of them at once."""

    def __init__(
        self,
        w: Array,
        bias: Array | None,
        axes: Axes,
        groups: int,
        shape: Sequence[int],
        threads: int,
        once: bool = False,
    ) -> None:
        """w: (Cin, Cout/groups, *k), bias: (Cout,) or None; for inputs of `shape`, (N, Cin, *n)."""
        self._w, self._wide = np.ascontiguousarray(w), accumulator(w.dtype)
        self._bias = np.zeros(w.shape[1] * groups, self._wide)
        self._bias += 0 if bias is None else bias
        self._axes, self._groups, self._threads = tuple(axes), groups, threads
        self._most_packed = PACKED if once else inf
        ends = (self._w.min(), self._w.max()) if self._w.size else ()
        self._finite = all(map(isfinite, ends))  # NaN is both the least and the largest
        self._points = [_meets_once(*pair) for pair in zip(shape[2:], axes, strict=True)]
        self._recipe: Recipe | None = None
        self._ways: OrderedDict[object, Compute] = OrderedDict()
        self._packed: dict[object, Any] = {}
        self._way(tuple(shape), self._axes)

    def __call__(
        self, x: Array, axes: Axes | None = None, progress: Progress | None = None
    ) -> Array:
        """x (N, Cin, *n) -> (N, Cout, *out), of x.dtype; `axes` for a block with crops of its own.

        progress(done, total) is called between tasks of some milliseconds, on this thread.
        """
        axes = self._axes if axes is None else tuple(axes)
        if x.dtype == np.float16:
            return self._rounded(x, axes, progress)
        return self._way(x.shape, axes)(x, progress)

    def _way(self, shape: tuple[int, ...], axes: tuple[AxisNumbers, ...]) -> Compute:
        """How inputs of this shape are computed, kept for the next time."""
        way = self._ways.get((shape, axes))
        if way is None:
            way = self._prepared(shape, axes)
            if len(self._ways) >= LAYERS:
                self._ways.popitem(last=False)
            self._ways[shape, axes] = way
        return way

    def _prepared(self, shape: tuple[int, ...], axes: tuple[AxisNumbers, ...]) -> Compute:
        if not self._can_tile(shape, axes):
            return partial(_scattered, self._w, self._bias, axes, self._groups)
        results = Results(output_shape(shape, self._w.shape, axes, self._groups), self._wide)
        return partial(_tiled, results, *self._planned(shape, axes), self._threads)

    def _can_tile(self, shape: tuple[int, ...], axes: Axes) -> bool:
        """Whether there are outputs, products to sum, and an order of taps in every phase."""
        outputs = (output_size(n, axis) for n, axis in zip(shape[2:], axes, strict=True))
        phases = prod(axis[1] for axis in axes)
        exist = min(*shape, *self._w.shape, *outputs) > 0
        return exist and self._finite and phases <= PHASES and min(axis[2] for axis in axes) > 0

    def _rounded(self, x: Array, axes: Axes, progress: Progress | None) -> Array:
        """float16, summed in float32 block by block and rounded once."""
        y = np.empty(output_shape(x.shape, self._w.shape, axes, self._groups), x.dtype)
        stream(self, x, y, axes, ROUNDED, np.float32, progress)
        return y

    def _without_points(
        self, spatial: tuple[int, ...], axes: tuple[AxisNumbers, ...]
    ) -> tuple[tuple[int, ...], tuple[AxisNumbers, ...]]:
        """The layer without axes on which one input meets one tap; at least one axis stays.

        Not where that is so in a block alone: its neighbours would be summed in another order.
        """
        pairs = list(zip(spatial, axes, strict=True))
        kept = [
            pair
            for pair, is_whole in zip(pairs, self._points, strict=True)
            if not (is_whole and _meets_once(*pair))
        ]
        sizes, numbers = zip(*(kept or pairs[:1]), strict=True)
        return sizes, numbers

    def _planned(self, shape: tuple[int, ...], axes: tuple[AxisNumbers, ...]) -> tuple[Layer, Any]:
        sizes = Sizes(shape[0], self._groups, self._w.shape[0] // self._groups, self._w.shape[1])
        spatial, axes = self._without_points(shape[2:], axes)
        if self._recipe is None:
            self._recipe = _chosen(sizes, spatial, axes, self._wide.itemsize)
        layer = _layer(self._recipe, sizes, spatial, axes, self._wide, self._threads)
        if layer.order not in self._packed:
            self._packed[layer.order] = layer.packed(self._w, self._bias, self._most_packed)
        return layer, self._packed[layer.order]


def _scattered(
    w: Array, bias: Array, axes: Axes, groups: int, x: Array, progress: Progress | None
) -> Array:
    """The layer as the NumPy engine has it."""
    wide = w.astype(bias.dtype, copy=False)
    return scatter.transposed_convolution(x, wide, bias, axes, groups)


def _tiled(
    results: Results,
    layer: Layer,
    weights: Any,
    threads: int,
    x: Array,
    progress: Progress | None,
) -> Array:
    """All tasks of a layer."""
    made = results.array()
    given = np.ascontiguousarray(x, made.dtype)
    work = partial(layer.work, x=given.reshape(-1), weights=weights, y=made.reshape(-1))
    pool.share(work, layer.tasks, threads, progress)
    return made


def _meets_once(n: int, axis: AxisNumbers) -> bool:
    """Whether one input meets one tap."""
    kernel, _, _, crop_begin, crop_end = axis
    return (n, kernel, crop_begin, crop_end) == (1, 1, 0, 0)


# What depends on no weights is kept for steps to come: a call of `run` is a step of its own.
_chosen = lru_cache(LAYERS)(choose)


@lru_cache(LAYERS)
def _layer(
    recipe: Recipe,
    sizes: Sizes,
    spatial: tuple[int, ...],
    axes: tuple[AxisNumbers, ...],
    dtype: np.dtype[Any],
    threads: int,
) -> Layer:
    return recipe.layer(sizes, spatial, axes, dtype, threads)
