"""The meetings of a layer: which input meets which output at each tap, in integers alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import pairwise
from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.compute.kernels.reference import Array, AxisNumbers, output_size

NO_OUTPUT = -1
"""The output of an input and tap whose product is cropped."""


def along(n: int, axis: AxisNumbers) -> Array:
    """Return (kernel, n): the output that each input meets at each tap of an axis, or NO_OUTPUT."""
    kernel, stride, dilation, crop_begin, _ = axis
    taps = np.arange(kernel)[:, None] * dilation
    outputs = np.arange(n) * stride + taps - crop_begin
    return np.where((outputs >= 0) & (outputs < output_size(n, axis)), outputs, NO_OUTPUT)


def counts(spatial: Sequence[int], axes: Sequence[AxisNumbers]) -> Array:
    """Return how many inputs meet an output at each tap; flat, the last axis fastest."""
    each = ((along(*pair) != NO_OUTPUT).sum(1) for pair in zip(spatial, axes, strict=True))
    return reduce(lambda all_taps, taps: np.multiply.outer(all_taps, taps).reshape(-1), each)


def outputs(spatial: Sequence[int], axes: Sequence[AxisNumbers]) -> int:
    """Return the number of outputs of one channel of an image."""
    return prod(output_size(n, axis) for n, axis in zip(spatial, axes, strict=True))


class Meetings(NamedTuple):
    """The meetings of one image, ordered by tap, then by input.

    taps: the flat indices of taps at which any input meets an output. counts: the number of
    meetings of each of these taps. inputs, outputs: their places in a channel, for each meeting.
    """

    taps: Array
    counts: Array
    inputs: Array
    outputs: Array

    @classmethod
    def of(cls, spatial: Sequence[int], axes: Sequence[AxisNumbers]) -> Meetings:
        """List all meetings of an image of size `spatial`."""
        exists, outputs = np.ones((1, 1), bool), np.zeros((1, 1), np.int64)
        for n, axis in zip(spatial, axes, strict=True):
            met = along(n, axis)[None, :, None, :]
            shape = (len(exists) * axis[0], exists.shape[1] * n)
            exists = (exists[:, None, :, None] & (met != NO_OUTPUT)).reshape(shape)
            # Where a product is cropped this is a wrong place, which `exists` leaves out below.
            outputs = (outputs[:, None, :, None] * output_size(n, axis) + met).reshape(shape)
        counts = exists.sum(1)
        taps = np.flatnonzero(counts)
        return cls(taps, counts[taps], np.nonzero(exists)[1], outputs[exists])

    @property
    def reach(self) -> tuple[int, int]:
        """The first input, and the number of inputs from it to the last; zeros without meetings."""
        if not len(self.inputs):
            return 0, 0
        first = int(self.inputs.min())
        return first, int(self.inputs.max()) + 1 - first

    def blocks(self, count: int, size: int) -> Iterator[tuple[int, Meetings]]:
        """Yield (first output, meetings) of each block of `size` outputs of all `count`.

        Outputs are counted from the first of their block, and taps may have no meetings.
        """
        block, taps = self.outputs // size, np.repeat(np.arange(len(self.taps)), self.counts)
        # The smallest type: NumPy sorts small integers by their digits, in linear time.
        # Stable: the meetings of a block stay in the order of their taps.
        order = np.argsort(block.astype(np.min_scalar_type(count // size)), kind="stable")
        block, taps, inputs, outputs = (a[order] for a in (block, taps, self.inputs, self.outputs))
        # minlength: blocks or taps without meetings would be missing at the end of a count.
        ends = np.cumsum(np.bincount(block, minlength=-(-count // size)))
        for at, (first, last) in enumerate(pairwise([0, *map(int, ends)])):
            counts = np.bincount(taps[first:last], minlength=len(self.taps))
            begin, some = at * size, slice(first, last)
            yield begin, Meetings(self.taps, counts, inputs[some], outputs[some] - begin)
