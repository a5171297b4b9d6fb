"""What may have been done to values afterwards, read off a few of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from deconvcli.compute.differences._problem import Fit
from deconvcli.compute.kernels.reference import Array

MISSING_BIAS = "missing-bias"
DOUBLED_BIAS = "doubled-bias"
SUBTRACTED_BIAS = "subtracted-bias"
OFFSET = "offset"
FACTOR = "factor"
AFFINE = "factor-and-offset"
CLAMPED = "clamped"
PRECISION = "precision"

ROUNDOFFS = {2.0**-24: "float32", 2.0**-11: "float16 or TF32", 2.0**-8: "bfloat16"}
"""The number types to which numbers may have been rounded, by their unit roundoffs."""

BIASES = ((MISSING_BIAS, -1), (DOUBLED_BIAS, 1), (SUBTRACTED_BIAS, -2))
MIN_POINTS = 4
"""Points of each channel from which numbers are estimated: two would lie on any line."""


class Points(NamedTuple):
    """Points (channels, points) of a reference, the facts of the outputs, and which count."""

    given: Array
    value: Array
    bound: Array
    magnitude: Array
    compared: Array

    def agree(self, expected: Array, bound: Array) -> bool:
        """Whether every point that counts is as expected, within the bound."""
        return bool((np.abs(self.given - expected) <= bound)[self.compared].all())


def find_fit(
    points: Points, bias: Array | None, dtype: np.dtype[Any], roundoff: float
) -> Fit | None:
    """Return the simplest fit that explains the points, or None.

    bias: the layer's, for these channels; None if it has none. dtype: in which was computed.
    """
    least = min(MIN_POINTS, points.given.shape[1])
    if (points.compared.sum(1) < least).any():
        return None
    if roundoff:
        return _fit_precision(points, roundoff)
    if points.agree(points.value, points.bound):
        return Fit()
    # One more rounding each, of a product and of a sum.
    rounding = 2 * float(np.finfo(dtype).eps)
    for cause, times in BIASES if bias is not None and bias.any() else ():
        assert bias is not None
        offset = times * bias
        bound = points.bound + rounding * np.abs(offset)[:, None]
        if points.agree(points.value + offset[:, None], bound):
            return Fit(cause, offset=offset)
    if points.agree(np.maximum(points.value, 0), points.bound):
        return Fit(CLAMPED, clamped=True)
    if least < MIN_POINTS:
        return None
    return (
        _fit_offset(points, rounding)
        or _fit_factor(points, rounding)
        or _fit_affine(points, rounding)
    )


def _fit_precision(points: Points, roundoff: float) -> Fit | None:
    """Return the fit of numbers that were rounded, unless they are only about as large."""
    if not points.agree(points.value, points.bound + 3 * roundoff * points.magnitude):
        return None
    compared = points.compared
    error, size = (
        float(np.sqrt(np.mean(array[compared] ** 2)))
        for array in (points.given - points.value, points.value)
    )
    return Fit(PRECISION, roundoff=roundoff) if error <= 4 * roundoff * size else None


def _fit_offset(points: Points, rounding: float) -> Fit | None:
    """Return the fit of one offset for each channel."""
    found = _find_offsets(points, points.value, points.bound, rounding)
    return None if found is None else Fit(OFFSET, offset=found[0], offset_slack=found[1])


def _find_offsets(
    points: Points, expected: Array, bound: Array, rounding: float
) -> tuple[Array, Array] | None:
    """Return the offsets between given and expected values, and how well they are known."""
    offset = points.given - expected
    bound = bound + rounding * (np.abs(offset) + np.abs(expected))
    found: tuple[Array, Array] | None
    found = _meet(offset - bound, offset + bound, points.compared, axis=1)
    return found


def _meet(low: Array, high: Array, compared: Array, axis: int | None) -> Any:
    """Return the middle and half the width of what all intervals have in common, if anything."""
    lowest = np.where(compared, low, -np.inf).max(axis)
    highest = np.where(compared, high, np.inf).min(axis)
    if not (np.isfinite(lowest) & np.isfinite(highest) & (lowest <= highest)).all():
        return None
    return (lowest + highest) / 2, (highest - lowest) / 2


def _fit_factor(points: Points, rounding: float) -> Fit | None:
    """Return the fit of one factor."""
    # A value of about 0 has no factor of its own, but must stay within its bound.
    own = points.compared & (np.abs(points.value) > points.bound)
    known = np.where(own, np.abs(points.value) / points.bound, 0)
    best = np.unravel_index(np.argmax(known), known.shape)
    guess = points.given[best] / points.value[best]
    if not np.isfinite(guess):
        return None
    bound = abs(guess) * points.bound + rounding * np.abs(points.given)
    if not Points(*points[:4], points.compared & ~own).agree(guess * points.value, 2 * bound):
        return None
    found = _meet(
        (points.given - np.sign(points.value) * bound) / points.value,
        (points.given + np.sign(points.value) * bound) / points.value,
        own,
        axis=None,
    )
    return None if found is None else Fit(FACTOR, float(found[0]), factor_slack=float(found[1]))


def _fit_affine(points: Points, rounding: float) -> Fit | None:
    """Return the fit of one factor and one offset for each channel."""
    rows = np.arange(len(points.value))
    high = np.where(points.compared, points.value, -np.inf).argmax(1)
    low = np.where(points.compared, points.value, np.inf).argmin(1)
    run = points.value[rows, high] - points.value[rows, low]
    factor = (points.given[rows, high] - points.given[rows, low]) / run
    if not np.isfinite(factor).all():
        return None
    noise = points.bound[rows, high] + points.bound[rows, low]
    slack = (np.abs(factor) * noise + rounding * np.abs(points.given).max(1)) / np.abs(run)
    expected = factor[:, None] * points.value
    bound = np.abs(factor)[:, None] * points.bound + slack[:, None] * np.abs(points.value)
    found = _find_offsets(points, expected, bound, rounding)
    if found is None:
        return None
    return Fit(AFFINE, factor, found[0], slack, found[1])
