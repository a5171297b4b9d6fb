"""Weights in the order of their use: what each run of them takes, and the pass that takes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import product
from math import inf
from typing import Any, NamedTuple

import numpy as np

from deconvcli.compute.kernels import pool
from deconvcli.compute.kernels.arrays import aligned
from deconvcli.compute.kernels.compiled import compiled
from deconvcli.compute.kernels.reference import Array

UNUSED = -1
"""The offset of a weight that only fills something up, and is 0."""
PIECE = 4 << 20
"""Bytes of weights that are converted at a time."""
TASK = 1 << 16
"""Weights that are worth a task."""


class Run(NamedTuple):
    """`inputs` channels from `channel` on; of each, behind `tap`, offsets first ... last-1."""

    channel: int
    inputs: int
    tap: int
    first: int
    last: int


class Packing:
    """How the parts of a layer take its weights w (groups*inputs, outputs, *k), all in one way.

    blocks: parts of a group, each of some output channels. size: weights of a part.
    """

    def __init__(
        self, shape: tuple[int, int, int, int], width: int, offsets: Array, runs: Sequence[Run]
    ) -> None:
        """shape: groups, inputs and outputs of one, taps of a kernel, all axes' together.

        width: output channels of a part. offsets: in (outputs, *k), from a part's first channel.
        """
        self._shape, self._width, self._offsets = shape, width, offsets
        self._runs = np.array(runs, np.int64).reshape(-1, len(Run._fields))
        sizes = self._runs[:, 1] * (self._runs[:, 4] - self._runs[:, 3])
        self._places = np.append(0, np.cumsum(sizes))
        self.size = int(self._places[-1])
        self.blocks = -(-shape[2] // width)
        self.parts = shape[0] * self.blocks

    @property
    def order(self) -> tuple[object, ...]:
        """Equal where packed weights are."""
        return self._width, self._offsets.tobytes(), self._runs.tobytes()

    def packed(self, w: Array, parts: range, dtype: np.dtype[Any], threads: int) -> Array:
        """The weights of some parts in `dtype`, flat: part, run, input channel, offset."""
        target = aligned(len(parts) * self.size, dtype)
        by_group = w.reshape(self._shape)
        for some in self._pieces(parts, w.dtype, dtype):
            begin, end = (self.size * (at - parts.start) for at in (some.start, some.stop))
            self._gather(target[begin:end], by_group, some, threads)
        return target

    def _pieces(self, parts: range, given: np.dtype[Any], wanted: np.dtype[Any]) -> Iterator[range]:
        """All parts, unless they must be converted, which takes memory."""
        _, inputs, _, taps = self._shape
        each = inputs * self._width * taps * wanted.itemsize
        step = len(parts) if given == wanted else max(1, PIECE // each)
        for first in range(parts.start, parts.stop, step):
            yield range(first, min(first + step, parts.stop))

    def _gather(self, target: Array, w: Array, parts: range, threads: int) -> None:
        _, inputs, outputs, taps = self._shape
        group, block = np.divmod(np.array(parts), self.blocks)
        channel, first_group, first_channel = block * self._width, 0, 0
        if w.dtype != target.dtype:
            first_group, alone = group[0], group[0] == group[-1]
            first_channel, last = (channel[0], channel[-1] + self._width) if alone else (0, outputs)
            w = w[first_group : group[-1] + 1, :, first_channel:last].astype(target.dtype)
        pitch = w.shape[2] * taps
        begins = (group - first_group) * inputs * pitch + (channel - first_channel) * taps
        table = np.stack([begins, (outputs - channel) * taps], -1)
        work = partial(
            _take, target, w.reshape(-1), pitch, self._offsets, self._runs, self._places, table
        )
        pool.share(lambda task: work(*task), list(self._tasks(len(parts), threads)), threads)

    def _tasks(self, parts: int, threads: int) -> Iterator[tuple[int, int, int, int]]:
        """(first part, last part, first run, last run), as many as there is work for."""
        runs, each = len(self._runs), max(1, self.size)
        some_parts = max(1, TASK // each) if threads > 1 else parts
        some_runs = max(1, runs // -(-each // TASK)) if threads > 1 else max(1, runs)
        for part, run in product(range(0, parts, some_parts), range(0, runs, some_runs)):
            yield part, min(part + some_parts, parts), run, min(run + some_runs, runs)


@compiled
def _take(
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
    """Some runs of some parts; parts: where each begins in w, and the offset behind its channels.

    Beyond that, and at UNUSED, a weight is 0.
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

    Of more, each task packs what it needs. bias: in the layer's own order.
    """

    def __init__(
        self, packing: Packing, w: Array, bias: Array, threads: int, most: float = inf
    ) -> None:
        self._packing, self._w, self.bias = packing, w, bias
        self._packed: Array | None = None
        if packing.parts * packing.size * bias.itemsize <= most:
            self._packed = packing.packed(w, range(packing.parts), bias.dtype, threads)

    def of(self, parts: range) -> tuple[Array, int]:
        """(packed weights that hold those of `parts`, the part they begin with)."""
        if self._packed is None:
            return self._packing.packed(self._w, parts, self.bias.dtype, 1), parts.start
        return self._packed, 0
