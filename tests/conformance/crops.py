"""Where a measured output lies in the full scatter, found by comparing values alone."""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tests.conformance.axes import Question

Array = NDArray[Any]

EMPTY, ZERO = "empty", "all-zero output"
AMBIGUOUS, NOWHERE = "ambiguous", "NOT a crop of the canonical full output"


class Found(NamedTuple):
    """crop per axis, null where several fit; flipped: null where both orientations do."""

    crop: list[list[int] | None] | None
    flipped: bool | None
    note: str = ""


def found(question: Question) -> Found:
    """The crops that make the full scatter the measured output."""
    if question.y.size == 0:
        return Found(None, None, EMPTY)
    if not question.y.any():
        return Found(None, None, ZERO)
    if min(question.strides) < 1 or min(question.dilations) < 0:
        return Found(None, None, NOWHERE)
    matches = {flipped: _begins(question, flipped) for flipped in (False, True)}
    if not any(matches.values()):
        return Found(None, None, NOWHERE)
    said = matches[question.reverses] or matches[not question.reverses]
    begins = zip(*said, strict=True)
    crop = [_crop(axis, values) for axis, values in zip(_axes(question), begins, strict=True)]
    flipped = None if all(matches.values()) else bool(matches[True])
    if crop == [None] * len(crop):
        return Found(None, flipped, AMBIGUOUS)
    return Found(crop, flipped)


def _axes(question: Question) -> list[tuple[int, int]]:
    """(full size, output size) of each axis."""
    return list(zip(full(question, False).shape[2:], question.y.shape[2:], strict=True))


def _crop(axis: tuple[int, int], begins: tuple[int, ...]) -> list[int] | None:
    size, out = axis
    return [begins[0], size - out - begins[0]] if len(set(begins)) == 1 else None


def _begins(question: Question, flipped: bool) -> set[tuple[int, ...]]:
    """Every crop at the start with which all values agree, zeros standing outside."""
    sizes = question.y.shape[2:]
    whole = np.pad(full(question, flipped), [(0, 0), (0, 0), *((size, size) for size in sizes)])
    # The plane with the most to compare decides who is looked at in all planes.
    n, c = max(np.ndindex(question.y.shape[:2]), key=lambda at: np.count_nonzero(question.y[at]))
    windows = sliding_window_view(whole[n, c], sizes)
    equal = (windows == question.y[n, c]).all(axis=tuple(range(-len(sizes), 0)))
    places = [tuple(map(int, place)) for place in np.argwhere(equal)]
    return {
        tuple(at - size for at, size in zip(place, sizes, strict=True))
        for place in places
        if _fits(whole, question.y, place)
    }


def _fits(whole: Array, y: Array, place: tuple[int, ...]) -> bool:
    cut = [slice(at, at + size) for at, size in zip(place, y.shape[2:], strict=True)]
    return bool((whole[:, :, *cut] == y).all())


def full(question: Question, flipped: bool) -> Array:
    """(N, Cout, *full sizes), int64: every input times every tap, added where they meet."""
    x: Array = question.x.astype(np.int64)
    w: Array = question.w.astype(np.int64)
    groups = question.groups
    n, k = x.shape[2:], w.shape[2:]
    steps = list(zip(n, k, question.strides, question.dilations, strict=True))
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
