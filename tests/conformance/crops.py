"""The place of a measured output in the full scatter, found by comparing values alone."""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tests.conformance.axes import Measurement

Array = NDArray[Any]

EMPTY, ZERO = "empty", "all-zero output"
AMBIGUOUS, NOWHERE = "ambiguous", "NOT a crop of the canonical full output"


class CropMatch(NamedTuple):
    """A crop for each axis, None if several fit; flipped: None if both kernel orders fit."""

    crop: list[list[int] | None] | None
    flipped: bool | None
    note: str = ""


def find_crop(measurement: Measurement) -> CropMatch:
    """Return the crops that turn the full scatter into the measured output."""
    if measurement.y.size == 0:
        return CropMatch(None, None, EMPTY)
    if not measurement.y.any():
        return CropMatch(None, None, ZERO)
    if min(measurement.strides) < 1 or min(measurement.dilations) < 0:
        return CropMatch(None, None, NOWHERE)
    matches = {flipped: _begins(measurement, flipped) for flipped in (False, True)}
    if not any(matches.values()):
        return CropMatch(None, None, NOWHERE)
    begins_by_order = matches[measurement.reverses] or matches[not measurement.reverses]
    begins = zip(*begins_by_order, strict=True)
    crop = [_crop(axis, values) for axis, values in zip(_axes(measurement), begins, strict=True)]
    flipped = None if all(matches.values()) else bool(matches[True])
    if crop == [None] * len(crop):
        return CropMatch(None, flipped, AMBIGUOUS)
    return CropMatch(crop, flipped)


def _axes(measurement: Measurement) -> list[tuple[int, int]]:
    """Return the full size and the output size of each axis."""
    return list(
        zip(full_scatter(measurement, False).shape[2:], measurement.y.shape[2:], strict=True)
    )


def _crop(axis: tuple[int, int], begins: tuple[int, ...]) -> list[int] | None:
    size, out = axis
    return [begins[0], size - out - begins[0]] if len(set(begins)) == 1 else None


def _begins(measurement: Measurement, flipped: bool) -> set[tuple[int, ...]]:
    """Return every crop at the start for which all values agree, with zeros outside."""
    sizes = measurement.y.shape[2:]
    whole = np.pad(
        full_scatter(measurement, flipped), [(0, 0), (0, 0), *((size, size) for size in sizes)]
    )
    # The plane with the most nonzero values leaves the fewest candidates for the others.
    n, c = max(
        np.ndindex(measurement.y.shape[:2]), key=lambda at: np.count_nonzero(measurement.y[at])
    )
    windows = sliding_window_view(whole[n, c], sizes)
    equal = (windows == measurement.y[n, c]).all(axis=tuple(range(-len(sizes), 0)))
    places = [tuple(map(int, place)) for place in np.argwhere(equal)]
    return {
        tuple(at - size for at, size in zip(place, sizes, strict=True))
        for place in places
        if _fits(whole, measurement.y, place)
    }


def _fits(whole: Array, y: Array, place: tuple[int, ...]) -> bool:
    cut = [slice(at, at + size) for at, size in zip(place, y.shape[2:], strict=True)]
    return bool((whole[:, :, *cut] == y).all())


def full_scatter(measurement: Measurement, flipped: bool) -> Array:
    """Return (N, Cout, *full sizes), int64: the sum of every input times every tap."""
    x: Array = measurement.x.astype(np.int64)
    w: Array = measurement.w.astype(np.int64)
    groups = measurement.groups
    n, k = x.shape[2:], w.shape[2:]
    steps = list(zip(n, k, measurement.strides, measurement.dilations, strict=True))
    sizes = [(n - 1) * s + d * (k - 1) + 1 for n, k, s, d in steps]
    batch, into, out = x.shape[0], x.shape[1] // groups, w.shape[1]
    y = np.zeros((batch, groups, out, *sizes), np.int64)
    parted = x.reshape(batch, groups, into, *n)
    kernel = w.reshape(groups, into, out, *k)
    if flipped:
        kernel = np.flip(kernel, axis=tuple(range(3, kernel.ndim)))
    for tap in product(*map(range, k)):
        at = [
            slice(j * d, j * d + (n - 1) * s + 1, s)
            for j, (n, _, s, d) in zip(tap, steps, strict=True)
        ]
        weights = kernel[(slice(None),) * 3 + tap]
        y[(slice(None),) * 3 + tuple(at)] += np.einsum("bgi...,gio->bgo...", parted, weights)
    return y.reshape(batch, groups * out, *sizes)
