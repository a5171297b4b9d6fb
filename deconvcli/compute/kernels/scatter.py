"""The plain NumPy engine: one matrix product for each kernel tap, added to the tap's outputs."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from deconvcli.compute.kernels.direct import Direct
from deconvcli.compute.kernels.reference import Array, AxisNumbers, accumulator, output_shape


def transposed_convolution(
    x: Array,
    w: Array,
    bias: Array | None,
    axes: Sequence[AxisNumbers],
    groups: int,
    threads: int = 1,
) -> Array:
    """Compute a transposed convolution of any rank; the BLAS library chooses its own threads.

    Shapes, dtypes and errors as in reference.py. Works in any float dtype, np.longdouble included.
    Memory in addition to y: about one product, (N, Cout, *n).
    """
    wide = accumulator(x.dtype)
    shape = output_shape(x.shape, w.shape, axes, groups)
    y = np.zeros(shape, wide)
    with np.errstate(all="ignore"):  # Inf and NaN are valid results
        if bias is not None:
            y += bias.astype(wide).reshape(-1, *[1] * len(axes))
        grouped = y.reshape(shape[0], groups, w.shape[1], *shape[2:])
        _add_taps(grouped, _grouped_input(x, groups, wide), w.astype(wide, copy=False), axes)
        return y.astype(x.dtype, copy=False)


def prepare(
    w: Array,
    bias: Array | None,
    axes: Sequence[AxisNumbers],
    groups: int,
    shape: Sequence[int],
    threads: int,
    once: bool = False,
) -> Direct:
    """Return a step for inputs of any shape; there is nothing to prepare."""
    return Direct(transposed_convolution, w, bias, axes, groups, threads)


def _grouped_input(x: Array, groups: int, wide: np.dtype[np.generic]) -> Array:
    """Return x as (N, groups, Cin/groups, *n) of dtype `wide`."""
    contiguous = np.ascontiguousarray(x, dtype=wide)
    return contiguous.reshape(x.shape[0], groups, x.shape[1] // groups, *x.shape[2:])


def _add_taps(y: Array, x: Array, w: Array, axes: Sequence[AxisNumbers]) -> None:
    """Add every tap's product to y (N, groups, Cout/groups, *out); x is grouped in the same way."""
    batch, groups, inputs, *n = x.shape
    columns = x.reshape(batch, groups, inputs, prod(n))
    taps = w.reshape(groups, inputs, *w.shape[1:])
    for j in np.ndindex(w.shape[2:]):
        # A tap without meetings is skipped: a slice that ends below 0 would mean another place.
        meetings = [
            _meeting(size, out, axis, tap)
            for size, out, axis, tap in zip(n, y.shape[3:], axes, j, strict=True)
        ]
        if any(sources.start >= sources.stop for sources, _ in meetings):
            continue
        matrix = taps[:, :, :, *j].transpose(0, 2, 1)
        product = np.matmul(matrix, columns).reshape(batch, groups, matrix.shape[1], *n)
        sources, targets = zip(*meetings, strict=True)
        y[..., *targets] += product[..., *sources]


def _meeting(n: int, out: int, axis: AxisNumbers, tap: int) -> tuple[slice, slice]:
    """Return the inputs whose product with `tap` survives the crops, and their outputs."""
    _, stride, dilation, crop_begin, _ = axis
    offset = tap * dilation - crop_begin
    # Rounded up, so that the first output is not below 0; the last is rounded down.
    first = max(0, -(offset // stride))
    last = min(n - 1, (out - 1 - offset) // stride)
    return (
        slice(first, last + 1),
        slice(first * stride + offset, last * stride + offset + 1, stride),
    )
