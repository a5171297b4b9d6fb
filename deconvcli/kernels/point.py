"""Layers whose inputs have one position: every product is an output of its own kernel tap.

The layer is then a matrix product, y (N, Cout*k) = x (N, Cin) w (Cin, Cout*k), and the weights are
the long side: cut into pieces of a tile's width they are images, and x takes the place of weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

from deconvcli.kernels import pool
from deconvcli.kernels.direct import Progress
from deconvcli.kernels.reference import Array, AxisNumbers, output_size
from deconvcli.kernels.tiled.choice import pointwise
from deconvcli.kernels.tiled.plan import Sizes
from deconvcli.kernels.tiled.work import Layer, Packed, Weights

AXIS = (1, 1, 1, 0, 0)
"""One tap that crops nothing."""


class Point:
    """The product for so many images, with the weights in pieces."""

    def __init__(
        self, w: Array, dtype: np.dtype[Any], groups: int, batch: int, threads: int
    ) -> None:
        """w: (Cin, Cout/groups, *k), computed with in `dtype`."""
        recipe = pointwise(batch, dtype.itemsize)
        width, length = recipe.vectors * recipe.lanes, prod(w.shape[1:])
        pieces = -(-length // width)
        self._shape, self._length, self._threads = (pieces, groups, batch, width), length, threads
        self._images = _in_pieces(w.reshape(len(w), length), pieces, width, dtype).reshape(-1)
        sizes = Sizes(pieces, groups, len(w) // groups, batch)
        self._layer = Layer(recipe.plan(sizes, (width,), [AXIS]), dtype, threads)
        self._bias = np.zeros(groups * batch, dtype)

    def __call__(self, x: Array, progress: Progress | None) -> Array:
        """x (N, Cin, 1 ...) of that dtype -> products (N, groups, Cout/groups * k)."""
        pieces, groups, batch, width = self._shape
        y = np.empty(self._shape, x.dtype)
        rows = self._rows(np.ascontiguousarray(x.reshape(batch, -1).T))
        work = partial(self._layer.work, x=self._images, weights=rows, y=y.reshape(-1))
        pool.share(work, self._layer.tasks, self._threads, progress)
        return y.transpose(2, 1, 0, 3).reshape(batch, groups, pieces * width)[..., : self._length]

    def _rows(self, x: Array) -> Weights | Packed:
        """x (Cin, N) as weights; one block of channels uses them as they lie."""
        if self._layer.plan.channel_blocks == 1:
            return Packed(x.reshape(-1), self._bias)
        return Weights(self._layer, x[..., None], self._bias)


def placed(products: Array, y: Array, bias: Array, axes: Sequence[AxisNumbers]) -> None:
    """Put the products (N, groups, Cout/groups * k) where each tap lies in y (N, Cout, *out)."""
    kernel = tuple(axis[0] for axis in axes)
    sources, targets = zip(*(_kept(axis) for axis in axes), strict=True)
    y[...] = bias.reshape(-1, *[1] * len(axes))
    y[..., *targets] += products.reshape(*y.shape[:2], *kernel)[..., *sources]


def _kept(axis: AxisNumbers) -> tuple[slice, slice]:
    """The taps whose product survives the crops, and the outputs where they lie."""
    kernel, _, dilation, crop_begin, _ = axis
    out = output_size(1, axis)
    first = max(0, -(-crop_begin // dilation))
    count = max(0, min(kernel - 1, (out - 1 + crop_begin) // dilation) + 1 - first)
    begin = first * dilation - crop_begin
    return slice(first, first + count), slice(begin, begin + count * dilation, dilation)


def _in_pieces(rows: Array, pieces: int, width: int, dtype: np.dtype[Any]) -> Array:
    """(pieces, rows, width) of rows (rows, length), zeros behind the end of the last piece."""
    images = np.zeros((pieces, len(rows), width), dtype)
    whole, rest = divmod(rows.shape[1], width)
    end = whole * width
    images[:whole] = rows[:, :end].reshape(len(rows), whole, width).swapaxes(0, 1)
    images[whole:, :, :rest] = rows[:, end:]
    return images
