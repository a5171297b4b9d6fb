"""The Numba engine: register tiles of positions (folder tiled) or of channels (folder channels).

Each output is summed in an order that depends on the layer alone, so every block, thread count and
run gives the same bits. The only products that the definition does not have are weights times the
zeros around the input; layers with weights that are not finite go to the NumPy engine.
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
from deconvcli.compute.kernels.choice import Recipe, Work, choose
from deconvcli.compute.kernels.direct import Progress
from deconvcli.compute.kernels.packing import Weights
from deconvcli.compute.kernels.reference import (
    Array,
    AxisNumbers,
    accumulator,
    output_shape,
    output_size,
)
from deconvcli.compute.kernels.stream import Budget, stream
from deconvcli.compute.kernels.tiled.plan import LayerSizes

MAX_KEPT_LAYERS = 8
"""Sizes of input for which a step keeps its tables, and layers whose tables later steps share."""
MAX_ONCE_PACKED_BYTES = 48 << 20
"""Bytes of weights that a step for one use packs at once; above that, each task packs its own."""
MAX_PHASES = 4096
"""Combinations of phases that are worth a tile each; with more, most of them have no tap."""
FLOAT16_BUDGET = Budget(total=32 << 20, per_input=4, per_output=4)
"""The size of a block of a float16 layer in float32."""

Axes = Sequence[AxisNumbers]
Compute = Callable[[Array, Progress | None], Array]
"""Computes y from x, and reports progress if asked to."""


def transposed_convolution(
    x: Array, w: Array, bias: Array | None, axes: Axes, groups: int, threads: int = 1
) -> Array:
    """Compute a transposed convolution of any rank; shapes, dtypes and errors as in reference.py.

    Memory in addition to y: the packed weights, and for each thread a workspace of about half of
    its second-level cache.
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
    """Return a step with packed weights, planned for inputs of `shape` but able to take others.

    Large weights of a step that is used `once` are packed task by task, which takes less memory.
    """
    return Step(w, bias, axes, groups, shape, threads, once)


class Step:
    """A layer with packed weights: step(x) -> y, from any number of threads at once."""

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
        """Pack the weights.

        w: (Cin, Cout/groups, *k); bias: (Cout,) or None; shape: (N, Cin, *n) of the first inputs.
        """
        # Packing reads w as a flat array.
        self._w, self._wide = np.ascontiguousarray(w), accumulator(w.dtype)
        self._bias = np.zeros(w.shape[1] * groups, self._wide)
        # Added to zeros: -0 becomes the 0 from which the definition starts.
        self._bias += 0 if bias is None else bias
        self._axes, self._groups, self._threads = tuple(axes), groups, threads
        self._most_packed = MAX_ONCE_PACKED_BYTES if once else inf
        # Two passes over w, not numpy.isfinite, which would take an array of its size.
        ends = (self._w.min(), self._w.max()) if self._w.size else ()
        self._finite = all(map(isfinite, ends))  # a NaN makes both min() and max() NaN
        self._points = [_meets_once(*pair) for pair in zip(shape[2:], axes, strict=True)]
        self._recipe: Recipe | None = None
        # Kept for later calls: one that finds all this again takes 38 us, and not 6.
        self._ways: OrderedDict[object, Compute] = OrderedDict()
        self._packed: dict[object, Weights] = {}
        # Planned and packed now, so that the first call costs no more than the others.
        self._way(tuple(shape), self._axes)

    def __call__(
        self, x: Array, axes: Axes | None = None, progress: Progress | None = None
    ) -> Array:
        """Compute y (N, Cout, *out) of x.dtype from x (N, Cin, *n).

        axes: those of a block, if x is one. progress(done, total) is called on this thread between
        tasks, which take some milliseconds each.
        """
        axes = self._axes if axes is None else tuple(axes)
        if x.dtype == np.float16:
            return self._compute_float16(x, axes, progress)
        return self._way(x.shape, axes)(x, progress)

    def _way(self, shape: tuple[int, ...], axes: tuple[AxisNumbers, ...]) -> Compute:
        """Return the function that computes inputs of this shape, kept for the next call."""
        # Without a lock: threads that race make the same way twice, and either of them is right.
        way = self._ways.get((shape, axes))
        if way is None:
            way = self._prepare_way(shape, axes)
            if len(self._ways) >= MAX_KEPT_LAYERS:
                self._ways.popitem(last=False)
            self._ways[shape, axes] = way
        return way

    def _prepare_way(self, shape: tuple[int, ...], axes: tuple[AxisNumbers, ...]) -> Compute:
        if not self._can_tile(shape, axes):
            return partial(_run_scatter, self._w, self._bias, axes, self._groups)
        results = Results(output_shape(shape, self._w.shape, axes, self._groups), self._wide)
        return partial(_run_tasks, results, *self._plan(shape, axes), self._threads)

    def _can_tile(self, shape: tuple[int, ...], axes: Axes) -> bool:
        """Whether the tiles serve this layer.

        There must be outputs and products. Weights must be finite, because tiles also multiply
        them by the zeros around the input, which must give 0. Dilation 0 puts several taps on one
        shift, where a phase's table has room for one.
        """
        outputs = (output_size(n, axis) for n, axis in zip(shape[2:], axes, strict=True))
        phases = prod(axis[1] for axis in axes)
        exist = min(*shape, *self._w.shape, *outputs) > 0
        return exist and self._finite and phases <= MAX_PHASES and min(axis[2] for axis in axes) > 0

    def _compute_float16(self, x: Array, axes: Axes, progress: Progress | None) -> Array:
        """Compute float16 in float32, block by block, so that each output is rounded once."""
        y = np.empty(output_shape(x.shape, self._w.shape, axes, self._groups), x.dtype)
        # Blocks arrive here as float32, and so take the usual way.
        stream(self, x, y, axes, FLOAT16_BUDGET, np.float32, progress)
        return y

    def _without_points(
        self, spatial: tuple[int, ...], axes: tuple[AxisNumbers, ...]
    ) -> tuple[tuple[int, ...], tuple[AxisNumbers, ...]]:
        """Return the layer without axes on which one input meets one tap; at least one stays."""
        pairs = list(zip(spatial, axes, strict=True))
        kept = [
            pair
            for pair, is_whole in zip(pairs, self._points, strict=True)
            # A point in this block only must stay: its neighbours are summed in another order.
            if not (is_whole and _meets_once(*pair))
        ]
        sizes, numbers = zip(*(kept or pairs[:1]), strict=True)
        return sizes, numbers

    def _plan(self, shape: tuple[int, ...], axes: tuple[AxisNumbers, ...]) -> tuple[Work, Weights]:
        sizes = LayerSizes(
            shape[0], self._groups, self._w.shape[0] // self._groups, self._w.shape[1]
        )
        # A 1-D layer that is written with a last axis of 1 took 9.4 ms with it, 1.2 without.
        spatial, axes = self._without_points(shape[2:], axes)
        # The first block decides for all: the order of every sum depends on the recipe.
        if self._recipe is None:
            self._recipe = _choose(sizes, spatial, axes, self._wide.itemsize)
        layer = _cut(self._recipe, sizes, spatial, axes, self._wide, self._threads)
        # By order, not by size: most blocks of a layer share one copy of the weights.
        if layer.order not in self._packed:
            self._packed[layer.order] = layer.pack(self._w, self._bias, self._most_packed)
        return layer, self._packed[layer.order]


def _run_scatter(
    w: Array, bias: Array, axes: Axes, groups: int, x: Array, progress: Progress | None
) -> Array:
    """Compute a layer with the NumPy engine."""
    wide = w.astype(bias.dtype, copy=False)
    return scatter.transposed_convolution(x, wide, bias, axes, groups)


def _run_tasks(
    results: Results,
    work: Work,
    weights: Weights,
    threads: int,
    x: Array,
    progress: Progress | None,
) -> Array:
    """Compute a layer by doing all its tasks."""
    made = results.take()
    given = np.ascontiguousarray(x, made.dtype)
    do = partial(work.do, x=given.reshape(-1), weights=weights, y=made.reshape(-1))
    pool.share(do, work.tasks, threads, progress)
    return made


def _meets_once(n: int, axis: AxisNumbers) -> bool:
    """Whether an axis has one input and one tap, and nothing is cropped or appended."""
    kernel, _, _, crop_begin, crop_end = axis
    return (n, kernel, crop_begin, crop_end) == (1, 1, 0, 0)


# Kept across steps, because nothing in them depends on weights: each call of `run` makes a step,
# which then takes 0.2 ms instead of 3.6.
_choose = lru_cache(MAX_KEPT_LAYERS)(choose)


@lru_cache(MAX_KEPT_LAYERS)
def _cut(
    recipe: Recipe,
    sizes: LayerSizes,
    spatial: tuple[int, ...],
    axes: tuple[AxisNumbers, ...],
    dtype: np.dtype[Any],
    threads: int,
) -> Work:
    return recipe.cut(sizes, spatial, axes, dtype, threads)
