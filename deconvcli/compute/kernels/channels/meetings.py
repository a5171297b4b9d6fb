"""Which input meets which output at each tap, in integers alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import pairwise
from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.compute.kernels.reference import Array, AxisNumbers, output_size

NONE = -1


def along(n: int, axis: AxisNumbers) -> Array:
    """(kernel, n): the output that each input meets at each tap of one axis, NONE where cropped."""
    kernel, stride, dilation, crop_begin, _ = axis
    taps = np.arange(kernel)[:, None] * dilation
    outputs = np.arange(n) * stride + taps - crop_begin
    return np.where((outputs >= 0) & (outputs < output_size(n, axis)), outputs, NONE)


def counts(spatial: Sequence[int], axes: Sequence[AxisNumbers]) -> Array:
    """How many inputs meet an output at each tap; flat, the last axis fastest."""
    each = ((along(*pair) != NONE).sum(1) for pair in zip(spatial, axes, strict=True))
    return reduce(lambda all_taps, taps: np.multiply.outer(all_taps, taps).reshape(-1), each)


def outputs(spatial: Sequence[int], axes: Sequence[AxisNumbers]) -> int:
    """Positions of an image of the output."""
    return prod(output_size(n, axis) for n, axis in zip(spatial, axes, strict=True))


class Meetings(NamedTuple):
    """The meetings of one image, tap by tap, and in each by ascending input.

    taps: those at which any input meets an output, flat. counts: the meetings of each. inputs,
    outputs: the position of either in its image, one for each meeting.
    """

    taps: Array
    counts: Array
    inputs: Array
    outputs: Array

    @classmethod
    def of(cls, spatial: Sequence[int], axes: Sequence[AxisNumbers]) -> Meetings:
        """All meetings of an image of size `spatial`."""
        exists, outputs = np.ones((1, 1), bool), np.zeros((1, 1), np.int64)
        for n, axis in zip(spatial, axes, strict=True):
            met = along(n, axis)[None, :, None, :]
            shape = (len(exists) * axis[0], exists.shape[1] * n)
            exists = (exists[:, None, :, None] & (met != NONE)).reshape(shape)
            outputs = (outputs[:, None, :, None] * output_size(n, axis) + met).reshape(shape)
        counts = exists.sum(1)
        taps = np.flatnonzero(counts)
        return cls(taps, counts[taps], np.nonzero(exists)[1], outputs[exists])

    @property
    def reach(self) -> tuple[int, int]:
        """(the first input, how many from it to the last); none if there is no meeting."""
        if not len(self.inputs):
            return 0, 0
        first = int(self.inputs.min())
        return first, int(self.inputs.max()) + 1 - first

    def parts(self, count: int, size: int) -> Iterator[tuple[int, Meetings]]:
        """(its first output, its meetings) of each part of `size` of all `count` outputs.

        Outputs are counted from the first of their part; taps may have no meetings.
        """
        part, taps = self.outputs // size, np.repeat(np.arange(len(self.taps)), self.counts)
        # Small integers are sorted by their digits.
        order = np.argsort(part.astype(np.min_scalar_type(count // size)), kind="stable")
        part, taps, inputs, outputs = (a[order] for a in (part, taps, self.inputs, self.outputs))
        ends = np.cumsum(np.bincount(part, minlength=-(-count // size)))
        for at, (first, last) in enumerate(pairwise([0, *map(int, ends)])):
            counts = np.bincount(taps[first:last], minlength=len(self.taps))
            begin, some = at * size, slice(first, last)
            yield begin, Meetings(self.taps, counts, inputs[some], outputs[some] - begin)
