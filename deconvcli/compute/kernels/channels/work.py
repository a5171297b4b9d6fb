"""A layer as tasks: tables, packed weights, and the computation of one task."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from deconvcli.compute.kernels.arrays import allocate_aligned
from deconvcli.compute.kernels.channels.compute import compute_for
from deconvcli.compute.kernels.channels.meetings import Meetings, outputs
from deconvcli.compute.kernels.channels.plan import CHUNK_CHANNELS, ChannelTile, LayerShape, divide
from deconvcli.compute.kernels.machine import CACHE_LINE_BYTES
from deconvcli.compute.kernels.packing import Packing, Run, Weights
from deconvcli.compute.kernels.reference import Array, AxisNumbers
from deconvcli.compute.kernels.tiled.plan import LayerSizes

MAX_IN_PLACE_INPUTS = 768
"""Inputs of a channel that are read in place; with more, the cache lines of several channels may
share a set of the cache."""
MAX_PANEL_BYTES = 4 << 20
"""Bytes of a panel; inputs that would need a larger one are read in place."""
ALIGNED_NUMBERS = 16
"""Numbers whose multiples the panel begins at, so that it begins at a cache line."""


class OutputBlock(NamedTuple):
    """Outputs output ... output+size-1 of `images` images, the first of which is `image`."""

    image: int
    images: int
    output: int
    size: int


class ChannelTask(NamedTuple):
    """Units first_unit ... last_unit-1 on one block."""

    block: OutputBlock
    first_unit: int
    last_unit: int


class Table(NamedTuple):
    """The first tile of each tap, and the places of each meeting's sums and input.

    The panel has inputs low ... low + filled - 1 of each channel; filled is 0 if x is read in
    place.
    """

    firsts: Array
    places: Array
    low: int
    filled: int


class ChannelWork:
    """A layer on inputs of one size: its tables, its tasks, and workspaces for those under way."""

    def __init__(
        self,
        tile: ChannelTile,
        sizes: LayerSizes,
        spatial: Sequence[int],
        axes: Sequence[AxisNumbers],
        dtype: np.dtype[Any],
        threads: int,
    ) -> None:
        self.tile, self.sizes, self._dtype, self._threads = tile, sizes, dtype, threads
        self.met = Meetings.of(spatial, axes)
        self._positions = prod(spatial)
        self._outputs = outputs(spatial, axes)
        shape = LayerShape(sizes, self.met.counts, self._positions, self._outputs, dtype.itemsize)
        self.units = shape.units(tile)
        self._division = divide(shape, tile, threads)
        self.tasks = self._tasks()
        images, some = self._division.block_size
        met = dict(self.met.blocks(self._outputs, some))
        pitch = _panel_pitch(met.values(), dtype.itemsize)
        panel = images * sizes.inputs * pitch
        # A panel costs time: x is read in place unless its channels collide in the cache.
        if self._positions <= MAX_IN_PLACE_INPUTS or panel * dtype.itemsize > MAX_PANEL_BYTES:
            panel = pitch = 0
        # Without the image: blocks that differ only in that have the same table.
        kinds = {task.block[1:] for task in self.tasks}
        self._tables = {kind: self._table(*kind, met[kind[1]], pitch) for kind in kinds}
        # One place more than there are outputs: for meetings that only fill a tile up.
        sums = _round_up((images * some + 1) * tile.width)
        self._space = sums + panel
        self._layer = np.array(
            [
                sizes.inputs, sizes.outputs, self.units // sizes.groups, sizes.groups,
                len(self.met.taps), self._positions, self._outputs, sums, pitch,
                shape.fetches(tile, self._division.block_size),
            ]
        )  # fmt: skip
        self._packing = _packing(sizes, prod(axis[0] for axis in axes), tile, self.met.taps)
        self._compute = compute_for(tile)
        # append and pop of a deque are atomic, so that threads need no lock.
        self._free: deque[Array] = deque()

    @property
    def order(self) -> tuple[object, ...]:
        """A key that is equal for layers whose packed weights and bias are equal."""
        return self._packing.order

    def pack(self, w: Array, bias: Array, most: float) -> Weights:
        """Return weights w (Cin, Cout/groups, *k) and bias in the order of their use."""
        rows = bias_rows(self.sizes, self._packing.group_parts, self.tile.width, bias)
        return Weights(self._packing, w, rows, self._threads, most)

    def do(self, task: ChannelTask, x: Array, weights: Weights, y: Array) -> None:
        """Do one task; x and y are flat and have the layer's size."""
        block, first_unit, last_unit = task
        packed, packed_unit = weights.for_parts(range(first_unit, last_unit))
        space, table = self._workspace(), self._tables[block[1:]]
        panel = space if table.filled else x
        self._compute(
            y, x, packed, packed_unit, weights.bias, space, panel, self._layer, *table,
            first_unit, last_unit, *block,
        )  # fmt: skip
        # Not in a `finally`: after an error the workspace is dropped.
        self._free.append(space)

    def _tasks(self) -> list[ChannelTask]:
        (images, some), units = self._division
        batch, size = self.sizes.batch, self._outputs
        steps = range(0, batch, images), range(0, size, some), range(0, self.units, units)
        return [
            ChannelTask(
                OutputBlock(image, min(images, batch - image), output, min(some, size - output)),
                unit,
                min(unit + units, self.units),
            )
            for image, output, unit in product(*steps)
        ]

    def _table(self, images: int, output: int, size: int, met: Meetings, pitch: int) -> Table:
        """Make the table of a block: for each tap the meetings of all its images, in order."""
        rows, width = self.tile.rows, self.tile.width
        # Tiles are filled up once for each tap, not once for each image.
        firsts = np.append(0, np.cumsum(-(-met.counts * images // rows)))
        # Meetings that fill a tile up read any input, and add to sums after all others, which
        # nobody reads.
        unused = images * size * width
        places = np.zeros((firsts[-1] * rows, 2), np.int64)
        places[:, 0] = unused
        tap = np.repeat(np.arange(len(met.taps)), met.counts)
        within = np.arange(len(tap)) - (np.cumsum(met.counts) - met.counts)[tap]
        image = np.arange(images)[:, None]
        at = firsts[tap] * rows + within + image * met.counts[tap]
        places[at, 0] = (image * size + met.outputs) * width
        low, filled = met.reach if pitch else (0, 0)
        further = self.sizes.inputs * (pitch or self.sizes.groups * self._positions)
        places[at, 1] = image * further + met.inputs - low
        return Table(firsts, places.reshape(-1), low, filled)

    def _workspace(self) -> Array:
        """Take a free workspace, or make one: there are as many as tasks under way at once."""
        try:
            return self._free.pop()
        except IndexError:
            return allocate_aligned(self._space, self._dtype)


def _packing(sizes: LayerSizes, kernel: int, tile: ChannelTile, taps: Array) -> Packing:
    """Return the order of weights: by unit, chunk of input channels and tap, for `taps` only."""
    runs = [
        Run(begin, min(CHUNK_CHANNELS, sizes.inputs - begin), int(tap), 0, tile.width)
        for begin in range(0, sizes.inputs, CHUNK_CHANNELS)
        for tap in taps
    ]
    offsets = np.arange(tile.width, dtype=np.int64) * kernel
    return Packing((*sizes[1:], kernel), tile.width, offsets, runs)


def _panel_pitch(blocks: Iterable[Meetings], itemsize: int) -> int:
    """Return the numbers of a channel in the panel."""
    most = max(met.reach[1] for met in blocks)
    # An odd number, so that channels spread over all sets of the cache.
    cache_lines = -(-most * itemsize // CACHE_LINE_BYTES) | 1
    return cache_lines * CACHE_LINE_BYTES // itemsize


def _round_up(size: int) -> int:
    return -(-size // ALIGNED_NUMBERS) * ALIGNED_NUMBERS


def bias_rows(sizes: LayerSizes, blocks: int, width: int, bias: Array) -> Array:
    """Return the bias of each channel of each unit, flat; 0 for channels that do not exist."""
    padded = np.zeros((sizes.groups, blocks * width), bias.dtype)
    # Adding 0 makes -0 the 0 that the definition starts from.
    padded[:, : sizes.outputs] = bias.reshape(sizes.groups, -1) + 0
    return padded.reshape(-1)
