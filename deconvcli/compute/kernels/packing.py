"""The packing of weights: they are copied into the order in which the tiles read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import product
from math import inf
from typing import Any, NamedTuple

import numpy as np

from deconvcli.compute.kernels import pool
from deconvcli.compute.kernels.arrays import allocate_aligned
from deconvcli.compute.kernels.compilation import compile_kernel
from deconvcli.compute.kernels.reference import Array

UNUSED_WEIGHT = -1
"""The offset of a weight that only fills a tile up. Its value is 0."""
PIECE_BYTES = 4 << 20
"""Bytes of a piece: the weights that are converted to another number type at a time."""
TASK_WEIGHTS = 1 << 16
"""Weights that are worth a task of their own."""


class Run(NamedTuple):
    """Weights of `inputs` channels from `channel` on, at offsets first ... last-1 after `tap`."""

    channel: int
    inputs: int
    tap: int
    first: int
    last: int


class Packing:
    """The order in which all parts of a layer take weights from w (groups*inputs, outputs, *k).

    group_parts: parts of a group. parts: parts of all groups. size: weights of a part.
    """

    def __init__(
        self, shape: tuple[int, int, int, int], width: int, offsets: Array, runs: Sequence[Run]
    ) -> None:
        """Take the order of a part's weights.

        shape: groups, inputs and outputs of a group, taps of the whole kernel. width: output
        channels of a part. offsets: places in (outputs, *k), counted from a part's first channel.
        """
        self._shape, self._width, self._offsets = shape, width, offsets
        self._runs = np.array(runs, np.int64).reshape(-1, len(Run._fields))
        sizes = self._runs[:, 1] * (self._runs[:, 4] - self._runs[:, 3])
        # Where each run begins in a packed part; the last number is the size of a part.
        self._places = np.append(0, np.cumsum(sizes))
        self.size = int(self._places[-1])
        self.group_parts = -(-shape[2] // width)
        self.parts = shape[0] * self.group_parts

    @property
    def order(self) -> tuple[object, ...]:
        """A key that is equal for layers whose packed weights are equal."""
        return self._width, self._offsets.tobytes(), self._runs.tobytes()

    def pack(self, w: Array, parts: range, dtype: np.dtype[Any], threads: int) -> Array:
        """Return some parts' weights in `dtype`, flat, by part, run, input channel and offset."""
        target = allocate_aligned(len(parts) * self.size, dtype)
        # A view, because Step has made w contiguous.
        by_group = w.reshape(self._shape)
        for some in self._pieces(parts, w.dtype, dtype):
            begin, end = (self.size * (at - parts.start) for at in (some.start, some.stop))
            self._gather(target[begin:end], by_group, some, threads)
        return target

    def _pieces(self, parts: range, given: np.dtype[Any], wanted: np.dtype[Any]) -> Iterator[range]:
        """Yield all parts at once, or piece by piece if they must be converted."""
        _, inputs, _, taps = self._shape
        each = inputs * self._width * taps * wanted.itemsize
        # Without conversion nothing is copied, so that one piece takes no memory.
        step = len(parts) if given == wanted else max(1, PIECE_BYTES // each)
        for first in range(parts.start, parts.stop, step):
            yield range(first, min(first + step, parts.stop))

    def _gather(self, target: Array, w: Array, parts: range, threads: int) -> None:
        _, inputs, outputs, taps = self._shape
        group, block = np.divmod(np.array(parts), self.group_parts)
        channel, first_group, first_channel = block * self._width, 0, 0
        if w.dtype != target.dtype:
            # Converted is only what these parts use. Those of several groups use all channels.
            first_group, alone = group[0], group[0] == group[-1]
            first_channel, last = (channel[0], channel[-1] + self._width) if alone else (0, outputs)
            w = w[first_group : group[-1] + 1, :, first_channel:last].astype(target.dtype)
        pitch = w.shape[2] * taps
        begins = (group - first_group) * inputs * pitch + (channel - first_channel) * taps
        table = np.stack([begins, (outputs - channel) * taps], -1)
        work = partial(
            _copy_runs, target, w.reshape(-1), pitch, self._offsets, self._runs, self._places, table
        )
        # Compiled and shared by all threads: 8 MB take 1.2 ms, where NumPy took 5.5.
        pool.share(lambda task: work(*task), list(self._tasks(len(parts), threads)), threads)

    def _tasks(self, parts: int, threads: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield (first part, last part, first run, last run) of tasks worth a thread's time."""
        runs, each = len(self._runs), max(1, self.size)
        # Parts first, and runs of one part only where a part is larger than a task.
        some_parts = max(1, TASK_WEIGHTS // each) if threads > 1 else parts
        some_runs = max(1, runs // -(-each // TASK_WEIGHTS)) if threads > 1 else max(1, runs)
        for part, run in product(range(0, parts, some_parts), range(0, runs, some_runs)):
            yield part, min(part + some_parts, parts), run, min(run + some_runs, runs)


@compile_kernel
def _copy_runs(
    target: Array,
    w: Array,
    pitch: int,
    offsets: Array,
    runs: Array,
    places: Array,
    parts: Array,
    first_part: int,
    last_part: int,
    first_run: int,
    last_run: int,
) -> None:
    """Copy some runs of some parts; parts[p]: where part p begins in w, and the end of its offsets.

    A weight at UNUSED_WEIGHT is 0, and so is one beyond that end: a group's last part may have
    fewer output channels than the others.
    """
    for part in range(first_part, last_part):
        begin, limit = parts[part, 0], parts[part, 1]
        for run in range(first_run, last_run):
            at = part * places[-1] + places[run]
            source = begin + runs[run, 0] * pitch + runs[run, 2]
            for _ in range(runs[run, 1]):
                for offset in range(runs[run, 3], runs[run, 4]):
                    exists = 0 <= offsets[offset] < limit
                    target[at] = w[source + offsets[offset]] if exists else 0
                    at += 1
                source += pitch


class Weights:
    """Packed weights, made at once unless they take more than `most` bytes.

    Above that each task packs the parts that it needs. bias: in the order of the layer's tasks.
    """

    def __init__(
        self, packing: Packing, w: Array, bias: Array, threads: int, most: float = inf
    ) -> None:
        self._packing, self._w, self.bias = packing, w, bias
        self._packed: Array | None = None
        if packing.parts * packing.size * bias.itemsize <= most:
            self._packed = packing.pack(w, range(packing.parts), bias.dtype, threads)

    def for_parts(self, parts: range) -> tuple[Array, int]:
        """Return packed weights that include those of `parts`, and the part they begin with."""
        if self._packed is None:
            # On this thread alone: the others have tasks of their own.
            return self._packing.pack(self._w, parts, self.bias.dtype, 1), parts.start
        return self._packed, 0
