"""A few outputs of the reference, compared with many places of the layer's output."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from deconvcli.compute.differences._fits import Points, find_fit
from deconvcli.compute.differences._problem import Fit, Problem, find_reach
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.stream import Sizes, Source

WINDOW = {1: 64, 2: 8, 3: 4}
"""Outputs of a window along each axis, by the number of axes: 64 in all."""
MAX_CHANNELS = 4
"""Channels of which windows are taken, in up to so many groups."""
EPSILON = float(np.finfo(np.float64).eps)
MAX_SHIFTS = 2500
"""Shifts tried; where the kernel spans more, only the smallest of them are."""


class Window(NamedTuple):
    """A window of the reference: its image, and its first output along each axis."""

    image: int
    start: Sizes


class Sample:
    """Windows of some channels of the reference."""

    def __init__(
        self, problem: Problem, reference: Source, windows: list[Window], channels: list[slice]
    ) -> None:
        self._problem = problem
        self._channels = channels
        sizes = reference.shape[2:]
        self._size = tuple(min(WINDOW[len(sizes)], size) for size in sizes)
        given = [
            np.concatenate(
                [
                    reference[_place(window, some, self._size)][0].astype(problem.dtype)
                    for some in channels
                ]
            ).astype(np.float64)
            for window in windows
        ]
        # The first window is looked at alone: one in which the numbers differ.
        spreads = [_find_row(numbers)[2] for numbers in given]
        order = sorted(range(len(windows)), key=lambda at: 2 * spreads[at] < max(spreads))
        self._windows = [windows[at] for at in order]
        self._given = [given[at] for at in order]
        self._bias = None
        if problem.bias is not None:
            self._bias = np.concatenate([problem.bias[some] for some in channels]).astype(float)

    def list_fits(
        self, weight: Array, reach: Sizes, roundoff: float
    ) -> Iterator[tuple[Sizes, Fit]]:
        """Yield each shift up to `reach`, the smallest first, after which the windows agree.

        weight: that with which the reference may have been made. roundoff: of the numbers that are
        multiplied, where they may have been rounded to another type.
        """
        first, *others = self._windows
        around = [self._find_around(weight, reach, first)]
        shifts = self._order_shifts(around[0], reach, roundoff)
        if shifts:
            around += [self._find_around(weight, reach, window) for window in others]
        for shift in shifts:
            fit = self._fit(self._take(around, reach, shift), roundoff)
            if fit is not None:
                yield shift, fit

    def find_fit(self, weight: Array, shift: Sizes) -> Fit | None:
        """Return how the windows agree after one shift, if they do."""
        return self._fit(self.find_points(weight, shift), 0.0)

    def find_points(self, weight: Array, shift: Sizes) -> Points:
        """Return the points of all windows after one shift."""
        reach = tuple(map(abs, shift))
        around = [self._find_around(weight, reach, window) for window in self._windows]
        return self._take(around, reach, shift)

    def _fit(self, points: Points, roundoff: float) -> Fit | None:
        return find_fit(points, self._bias, self._problem.dtype, roundoff)

    def _find_around(self, weight: Array, reach: Sizes, window: Window) -> list[Array]:
        """Return the facts (channels, *out) of a window and what is around it.

        They are value, bound, magnitude, and whether the layer has this output.
        """
        problem = self._problem._replace(weight=weight)
        box = [
            slice(start - far, start + size + far)
            for start, size, far in zip(window.start, self._size, reach, strict=True)
        ]
        places = (np.arange(part.start, part.stop) for part in box)
        pairs = zip(places, problem.shape[2:], strict=True)
        has = reduce(np.logical_and.outer, [(at >= 0) & (at < out) for at, out in pairs])
        facts = []
        for some in self._channels:
            truth = problem.find_truth(window.image, some, box)
            facts.append((truth.value, truth.bound(problem.dtype), truth.magnitude))
        # float64 finds; the proof is made in the wider type.
        value, bound, magnitude = (
            np.concatenate(parts).astype(np.float64) for parts in zip(*facts, strict=True)
        )
        bound += 4 * EPSILON * np.abs(value)
        return [value, bound, magnitude, np.broadcast_to(has, value.shape)]

    def _take(self, around: list[list[Array]], reach: Sizes, shift: Sizes) -> Points:
        """Return the points of all windows after one shift, from the facts around each."""
        starts = (far + by for far, by in zip(reach, shift, strict=True))
        place = [slice(at, at + size) for at, size in zip(starts, self._size, strict=True)]
        parts = []
        for given, facts in zip(self._given, around, strict=True):
            value, bound, magnitude, has = (array[(slice(None), *place)] for array in facts)
            compared = has & np.isfinite(given) & np.isfinite(value)
            arrays = (given, value, bound, magnitude, compared)
            parts.append([array.reshape(len(given), -1) for array in arrays])
        return Points(*(np.concatenate(arrays, axis=1) for arrays in zip(*parts, strict=True)))

    def _order_shifts(self, facts: list[Array], reach: Sizes, roundoff: float) -> list[Sizes]:
        """Return the shifts that a first look leaves, the smallest first."""
        shifts = list(product(*(range(-far, far + 1) for far in reach)))
        may = self._look(facts, roundoff).ravel()
        shifts = [shift for shift, fits in zip(shifts, may, strict=True) if fits]
        return sorted(shifts, key=lambda shift: (sum(map(abs, shift)), shift))

    def _look(self, facts: list[Array], roundoff: float) -> Array:
        """Return for each shift whether a few points of the first window may fit, all at once.

        The points lie on a line, value against given, wherever one factor and one offset explain
        them; the points with the smallest and the largest number tell which line.
        """
        channel, given, spread = _find_row(self._given[0])
        views = [sliding_window_view(array[channel], self._size) for array in facts]
        points = np.flatnonzero(np.isfinite(given))
        if len(points) < 3 or not spread > 0:  # any line goes through these
            return np.ones(views[0].shape[: len(self._size)], bool)
        points = points[np.argsort(given[points])]
        points = np.concatenate([points[[0, -1]], points[1 : -1 : max(1, len(points) // 14)]])
        row = given[points]
        # (*shifts, points)
        place: Any = (..., *np.unravel_index(points, self._size))
        value, bound, magnitude, has = (view[place] for view in views)
        bound = bound + 3 * roundoff * magnitude
        run = value[..., 1:2] - value[..., :1]
        factor, moved = (row[1] - row[0]) / run, value - value[..., :1]
        error = np.abs(row - row[0] - factor * moved)
        unsure = (bound[..., :1] + bound[..., 1:2]) / np.abs(run) * np.abs(moved)
        limit = 1.1 * np.abs(factor) * (bound + bound[..., :1] + 2 * unsure)
        fits = error <= limit + 8 * EPSILON * np.abs(row).max()
        fits |= ~has | ~np.isfinite(value)
        result: Array = fits.all(-1) | ~(has[..., 0] & has[..., 1])
        return result


def _find_row(given: Array) -> tuple[int, Array, float]:
    """Return the channel of a window with the widest spread, its numbers, and the spread.

    Where negative numbers became 0, the others are as they were: then 0 is NaN.
    """
    rows = np.where(np.isfinite(given), given, np.nan).reshape(len(given), -1)
    if np.nanmin(rows, initial=np.inf) >= 0 < np.nanmax(rows, initial=-np.inf):
        rows = np.where(rows > 0, rows, np.nan)
    spreads = np.nanmax(rows, 1, initial=-np.inf) - np.nanmin(rows, 1, initial=np.inf)
    channel = int(np.argmax(spreads))
    return channel, rows[channel], float(spreads[channel])


def _place(window: Window, channels: slice, size: Sizes) -> tuple[slice, ...]:
    spatial = (slice(at, at + n) for at, n in zip(window.start, size, strict=True))
    return (slice(window.image, window.image + 1), channels, *spatial)


def choose_windows(shape: Sizes, first_bad: Sizes | None) -> list[Window]:
    """Return the window in the middle, and one that begins at the first wrong element."""
    image, spatial = 0, shape[2:]
    last = [max(0, size - WINDOW[len(spatial)]) for size in spatial]
    windows = [Window(image, tuple(at // 2 for at in last))]
    if first_bad is not None:
        start = tuple(min(at, most) for at, most in zip(first_bad[2:], last, strict=True))
        windows.append(Window(first_bad[0], start))
    return list(dict.fromkeys(windows))


def choose_channels(outputs: int, groups: int) -> list[slice]:
    """Return slices of a few channels, none with channels of two groups."""
    each = outputs // groups
    chosen = np.linspace(0, groups - 1, min(groups, MAX_CHANNELS), dtype=int)
    count = min(each, MAX_CHANNELS // len(chosen))
    return [slice(int(group) * each, int(group) * each + count) for group in chosen]


def all_channels(outputs: int, groups: int) -> list[slice]:
    """Return the channels of each group."""
    each = outputs // groups
    return [slice(start, start + each) for start in range(0, outputs, each)]


def choose_reach(problem: Problem, sizes: Sizes) -> Sizes:
    """Return the largest shift along each axis that is tried, for a reference of these sizes."""
    reach = list(find_reach(problem, sizes))
    while prod(2 * far + 1 for far in reach) > MAX_SHIFTS:
        reach[reach.index(max(reach))] -= 1
    return tuple(reach)
