"""An independent check of a result, with the error bound that rounding cannot exceed.

The values are computed again in a wider type, and by another algorithm than that of the engines: it
*gathers*, for each tap, the input that every output needs. A sum of n terms, each the product of
two numbers (or the bias), made in any order in arithmetic of unit roundoff u, satisfies

    |computed - exact| <= gamma_n * sum |x*w|,     gamma_n = n*u / (1 - n*u),

plus n halves of the smallest subnormal number where products underflow.
Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (2002), section 3.1
(underflow: section 2.8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from math import inf, prod
from typing import Any

import numpy as np

from deconvcli.common.errors import UsageError
from deconvcli.compute.kernels.reference import Array, AxisNumbers, accumulator, output_shape

BLOCK_OUTPUTS = 1 << 20
"""Outputs checked at a time (at least one channel), which keeps the wide arrays small."""


@dataclass(frozen=True)
class Agreement:
    """The result of a check: worst_share is the largest |error| / bound, at most 1 if y agrees.

    first_bad is the index of the first output that is not proven right, bad the number of them.
    """

    worst_error: float
    worst_share: float
    outputs: int
    agrees: bool
    first_bad: tuple[int, ...] | None
    bad: int = 0


@dataclass(frozen=True)
class Truth:
    """The exact facts of each output: value, sum of the terms' magnitudes, number of terms.

    float64 is enough for magnitudes, which only scale the bound.
    """

    value: Array
    magnitude: Array
    terms: Array

    def bound(self, dtype: np.dtype[Any]) -> Array:
        """Return the largest |y - value| that the rounding of both computations explains."""
        wide = self.value.dtype
        # Eight more terms, and the factor 2, cover the rounding of the bound itself and the
        # magnitudes.
        ours = self._sum_bound(wide, self.terms + 8)
        bound = self._sum_bound(accumulator(dtype), self.terms) + 2 * ours
        # Rounded once more: the sums of float16 are made in float32.
        if dtype == np.float16:
            roundoff, tiny = _roundoff(np.dtype(np.float16), wide)
            bound += roundoff * (np.abs(self.value) + bound) + tiny
        # Without terms there is nothing to round, but the eight more would leave a margin.
        return np.where(self.terms == 0, 0, bound)

    def _sum_bound(self, dtype: np.dtype[Any], terms: Array) -> Array:
        """Return Higham's bound for sums made in `dtype`; inf where n*u >= 1 proves nothing."""
        roundoff, tiny = _roundoff(dtype, self.value.dtype)
        share = terms * roundoff
        gamma: Array = np.where(share < 1, share / (1 - share), inf)
        bound: Array = gamma * self.magnitude + terms * tiny * (1 + 2 * gamma)
        return bound


def check(
    y: Array, x: Array, w: Array, bias: Array | None, axes: Sequence[AxisNumbers], groups: int
) -> Agreement:
    """Check whether y, of x.dtype, is the transposed convolution of x and w up to rounding.

    x: (N, Cin, *n), w: (Cin, Cout/groups, *k), bias: (Cout,) or None, y: (N, Cout, *out), all
    float16 (summed in float32), float32 or float64. Inf and NaN must be where the definition has
    them. Overflow is allowed where the bound reaches the type's largest number, or where the terms
    of one sign reach it before the others cancel them, which depends on the order of the sum.

    Raises:
        UsageError: the shape or dtype of y is not that of the layer's output.
    """
    expected = output_shape(x.shape, w.shape, axes, groups)
    if y.shape != expected or y.dtype != x.dtype:
        raise UsageError(
            f"the result is {y.dtype} {list(y.shape)}; the layer's is {x.dtype} {list(expected)}",
            help="pass the output of this layer for this input",
        )
    agreement = Agreement(0.0, 0.0, 0, True, None)
    with np.errstate(all="ignore"):  # Inf and NaN are valid results
        for image, channels, truth in truths(x, w, bias, axes, groups):
            more = _compare(y[image, channels], truth, x.dtype)
            agreement = _merge(agreement, more, (image, channels.start))
    return agreement


def truths(
    x: Array, w: Array, bias: Array | None, axes: Sequence[AxisNumbers], groups: int
) -> Iterator[tuple[int, slice, Truth]]:
    """Yield (image, channels, their facts) for blocks of the whole output; arrays as in `check`."""
    shape = output_shape(x.shape, w.shape, axes, groups)
    for image, channels in _blocks(shape, w.shape[1]):
        yield image, channels, find_truth(x[image], w, bias, axes, groups, channels, shape[2:])


def _blocks(shape: tuple[int, ...], group_outputs: int) -> Iterator[tuple[int, slice]]:
    """Yield (image, channels) for blocks of the whole output, none with channels of two groups."""
    step = max(1, BLOCK_OUTPUTS // max(1, prod(shape[2:])))
    for image in range(shape[0]):
        # A layer may have no output channels, but range() takes no step of 0.
        for group in range(0, shape[1], max(1, group_outputs)):
            end = group + group_outputs
            for first in range(group, end, step):
                yield image, slice(first, min(first + step, end))


def find_truth(
    x: Array,
    w: Array,
    bias: Array | None,
    axes: Sequence[AxisNumbers],
    groups: int,
    channels: slice,
    out: tuple[int, ...],
) -> Truth:
    """Return the facts of some channels, all of one group, of one image x (Cin, *n)."""
    wide = _wider(accumulator(x.dtype))
    inputs, (group, first) = len(x) // groups, divmod(channels.start, w.shape[1])
    members = slice(group * inputs, (group + 1) * inputs)
    weights = w[members, first : first + channels.stop - channels.start]
    value = np.zeros((*out, weights.shape[1]), wide)
    value += 0 if bias is None else bias[channels].astype(wide)
    magnitude = np.abs(value).astype(np.float64)
    # One number of terms serves all channels of a group, hence the last axis of 1.
    truth = Truth(value, magnitude, np.full((*out, 1), int(bias is not None)))
    by_tap = np.moveaxis(weights, (1, 0), (-2, -1)).astype(wide, order="C")
    _gather(truth, np.moveaxis(x[members], 0, -1).astype(wide, order="C"), by_tap, axes)
    return Truth(*(np.moveaxis(facts, -1, 0) for facts in astuple(truth)))


def _gather(truth: Truth, x: Array, w: Array, axes: Sequence[AxisNumbers]) -> None:
    """Add every term to `truth`, tap by tap; x is (*n, inputs) and w (*k, outputs, inputs).

    Channels lie last here, also in `truth`: np.longdouble has no BLAS and needs short strides.
    """
    for j in np.ndindex(w.shape[:-2]):
        pairs = [
            _outputs_of_tap(n, out, axis, tap)
            # Not strict: x and the facts have an axis of channels after the spatial ones.
            for n, out, axis, tap in zip(x.shape, truth.terms.shape, axes, j, strict=False)
        ]
        where = np.ix_(*(outputs for outputs, _ in pairs))
        taken = x[np.ix_(*(inputs for _, inputs in pairs))]
        truth.value[where] += _product(taken, w[j])
        truth.magnitude[where] += _product(*(np.abs(a).astype(np.float64) for a in (taken, w[j])))
        truth.terms[where] += x.shape[-1]


def _product(x: Array, w: Array) -> Array:
    """Return the product of x (*n, inputs) and w (outputs, inputs), summed over the inputs."""
    # np.matmul takes twice the time in np.longdouble. For other types np.dot is a trap: it treats a
    # matrix of one element as a scalar, and BLAS then skips 0 * NaN.
    multiply = np.dot if x.dtype.char == "g" else np.matmul
    product: Array = multiply(x.reshape(prod(x.shape[:-1]), w.shape[1]), w.T)
    return product.reshape(*x.shape[:-1], len(w))


def _outputs_of_tap(n: int, out: int, axis: AxisNumbers, tap: int) -> tuple[Array, Array]:
    """Return the outputs that `tap` contributes to, and the input that each of them reads there."""
    _, stride, dilation, crop_begin, _ = axis
    outputs = np.arange(out)
    distance = outputs + crop_begin - tap * dilation
    meets = (distance % stride == 0) & (distance >= 0) & (distance < n * stride)
    return outputs[meets], distance[meets] // stride


def _wider(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return float64 for float32; for float64, np.longdouble if that really is longer."""
    # 63 and 112 bits are the x87 and the IEEE quadruple format. Elsewhere np.longdouble is float64
    # again, or a pair of doubles whose rounding the bound does not cover.
    is_longer = dtype == np.float64 and np.finfo(np.longdouble).nmant in (63, 112)
    return np.dtype(np.longdouble if is_longer else np.float64)


def _compare(y: Array, truth: Truth, dtype: np.dtype[Any]) -> Agreement:
    """Compare one block, y (channels, *out), with its exact facts."""
    bound = truth.bound(dtype)
    good, error = judge(y, truth, bound, dtype)
    share = np.where(error > 0, error / bound, 0)
    # What is not a number may be beyond every bound without being larger than it.
    share = np.where(good | (share > 1), share, inf)
    bad = np.argwhere(~good)
    return Agreement(
        float(error.max(initial=0)),
        float(share.max(initial=0)),
        y.size,
        len(bad) == 0,
        tuple(map(int, bad[0])) if len(bad) else None,
        len(bad),
    )


def judge(y: Array, truth: Truth, bound: Array, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Return which elements of y (channels, *out) are right within the bound, and the errors.

    An error is 0 where overflow is allowed, and infinite where only one of the two is a number.
    """
    value = truth.value
    error = np.abs(y.astype(value.dtype) - value)
    fits = (error <= bound) | _may_overflow(y, truth, bound, dtype)
    special = np.where(np.isnan(value), np.isnan(y), y == value)
    good: Array = np.where(np.isfinite(value), fits, special)
    # Where overflow is allowed there is no error to measure.
    error = np.where(good & ~np.isfinite(y), 0, error)
    return good, np.where(np.isnan(error), inf, error)


def _roundoff(dtype: np.dtype[Any], wide: np.dtype[Any]) -> tuple[Any, Any]:
    """Return the unit roundoff and half the smallest subnormal (all of it, if it has no half)."""
    facts = np.finfo(dtype)
    smallest = wide.type(facts.smallest_subnormal)
    return wide.type(facts.eps) / 2, smallest / 2 or smallest


def _may_overflow(y: Array, truth: Truth, bound: Array, dtype: np.dtype[Any]) -> Array:
    """Find results that are not finite and that the range of the types explains.

    No partial sum exceeds the sum of the positive terms, so +Inf can only arise where that sum
    reaches the accumulator's limit; likewise for -Inf. NaN needs both to be possible.
    """
    to_wide = truth.value.dtype.type
    limit, largest = (to_wide(np.finfo(kind).max) for kind in (accumulator(dtype), dtype))
    # (sum |t| + sum t) / 2 is the sum of the positive terms; with a minus, of the negative ones.
    above = _reaches((truth.magnitude + truth.value) / 2, truth.value, bound, limit, largest)
    below = _reaches((truth.magnitude - truth.value) / 2, -truth.value, bound, limit, largest)
    either = np.where(y > 0, above, below) & np.isinf(y)
    allowed: Array = either | (np.isnan(y) & above & below)
    return allowed


def _reaches(
    one_sided: Array, value: Array, bound: Array, limit: np.floating[Any], largest: np.floating[Any]
) -> Array:
    """Whether terms of one sign reach the accumulator's limit, or the value that of the result."""
    reaches: Array = (one_sided + bound >= limit) | (value + bound >= largest)
    return reaches


def _merge(whole: Agreement, more: Agreement, origin: tuple[int, int]) -> Agreement:
    """Return `whole` extended by one block, which begins at `origin`, an image and a channel."""
    first_bad = whole.first_bad
    if first_bad is None and more.first_bad is not None:
        first_bad = (origin[0], origin[1] + more.first_bad[0], *more.first_bad[1:])
    return Agreement(
        max(whole.worst_error, more.worst_error),
        max(whole.worst_share, more.worst_share),
        whole.outputs + more.outputs,
        whole.agrees and more.agrees,
        first_bad,
        whole.bad + more.bad,
    )
