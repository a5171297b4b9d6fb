"""The definition of transposed convolution, slow on purpose; the engines are tested against it.

Per spatial axis, with n inputs, kernel k, stride s, dilation d and crops cb, ce:

    full[o] = sum over i*s + j*d = o of x[i]*w[j]      o in [0, F),  F = (n-1)*s + d*(k-1) + 1
    out     = full[cb : F - ce]                        negative crops append zeros

Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic" (arXiv 1603.07285), section 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deconvcli.common.errors import UsageError
from deconvcli.compute.kernels.direct import Direct

Array: TypeAlias = NDArray[Any]
AxisNumbers: TypeAlias = tuple[int, int, int, int, int]
"""Kernel, stride, dilation, crop_begin and crop_end of one spatial axis; crops may be negative."""


def output_size(n: int, axis: AxisNumbers) -> int:
    """Return the number of outputs of n inputs along `axis`; negative if the crops exceed it."""
    kernel, stride, dilation, crop_begin, crop_end = axis
    full = (n - 1) * stride + dilation * (kernel - 1) + 1
    return full - crop_begin - crop_end


def output_shape(
    x: Sequence[int], w: Sequence[int], axes: Sequence[AxisNumbers], groups: int
) -> tuple[int, ...]:
    """Return the output shape (N, Cout, *out) for x (N, Cin, *n) and w (Cin, Cout/groups, *k).

    Raises:
        UsageError: the crops along an axis exceed its full size.
    """
    sizes = tuple(output_size(n, axis) for n, axis in zip(x[2:], axes, strict=True))
    if min(sizes) < 0:
        raise UsageError(
            f"the crops leave an output of size {list(sizes)}; the minimum is 0",
            help="crop less, or give a larger input",
        )
    return (x[0], w[1] * groups, *sizes)


def accumulator(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type of the sums: float32 for float16, else `dtype` in native byte order."""
    return np.dtype(np.float32) if dtype == np.float16 else dtype.newbyteorder("=")


def transposed_convolution(
    x: Array,
    w: Array,
    bias: Array | None,
    axes: Sequence[AxisNumbers],
    groups: int,
    threads: int = 1,
) -> Array:
    """Compute a transposed convolution straight from the definition, always on one thread.

    x: (N, Cin, *n), w: (Cin, Cout/groups, *k), bias: (Cout,) or None, same float dtype
    -> (N, Cout, *out) of x.dtype. Group g holds channels g*Cin/groups ... of x and
    g*Cout/groups ... of y. float16 is summed in float32 and rounded once.

    Raises:
        UsageError: the crops along an axis exceed its full size.
    """
    wide = accumulator(x.dtype)
    y = np.zeros(output_shape(x.shape, w.shape, axes, groups), wide)
    with np.errstate(all="ignore"):  # Inf and NaN are valid results
        if bias is not None:
            y += bias.astype(wide).reshape(-1, *[1] * len(axes))
        _add_every_product(y, x.astype(wide), w.astype(wide), axes, x.shape[1] // groups)
        return y.astype(x.dtype)


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


def _add_every_product(
    y: Array, x: Array, w: Array, axes: Sequence[AxisNumbers], group_inputs: int
) -> None:
    """Add each x[i]*w[j] to output element i*s + j*d - crop_begin, if there is one."""
    for batch, ci, *i in np.ndindex(x.shape):
        for co, *j in np.ndindex(w.shape[1:]):
            channel = ci // group_inputs * w.shape[1] + co
            o = [
                at * stride + tap * dilation - crop_begin
                for at, tap, (_, stride, dilation, crop_begin, _) in zip(i, j, axes, strict=True)
            ]
            if all(0 <= at < size for at, size in zip(o, y.shape[2:], strict=True)):
                y[batch, channel, *o] += x[batch, ci, *i] * w[ci, co, *j]
