"""The tables of a layer, its tasks, its packed weights, and how a task is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from deconvcli.compute.kernels.arrays import aligned
from deconvcli.compute.kernels.channels.compute import compute_for
from deconvcli.compute.kernels.channels.meetings import Meetings, outputs
from deconvcli.compute.kernels.channels.plan import CHUNK, Shape, Tile, divide
from deconvcli.compute.kernels.machine import LINE
from deconvcli.compute.kernels.packing import Packing, Run, Weights
from deconvcli.compute.kernels.reference import Array, AxisNumbers
from deconvcli.compute.kernels.tiled.plan import Sizes

IN_PLACE = 768
"""Inputs of a channel that are read where they lie: of more, lines may fall on each other."""
PANEL = 4 << 20
"""Bytes of a panel at most; of more, inputs are read in place too."""
ALIGNED = 16
"""Numbers; the panel begins at a whole line."""


class Block(NamedTuple):
    """Outputs `output` ... `output + size - 1` of `images` images from `image` on."""

    image: int
    images: int
    output: int
    size: int


class Task(NamedTuple):
    """Units first_unit ... last_unit-1 on one block."""

    block: Block
    first_unit: int
    last_unit: int


class Table(NamedTuple):
    """Where each tap's tiles begin, and for each meeting of a tile its sums and its input.

    The panel has inputs low ... low + filled - 1 of each channel; 0 if x is read in place.
    """

    firsts: Array
    places: Array
    low: int
    filled: int


class Layer:
    """A layer on one size of input: its tables, its tasks, and sums for those under way."""

    def __init__(
        self,
        tile: Tile,
        sizes: Sizes,
        spatial: Sequence[int],
        axes: Sequence[AxisNumbers],
        dtype: np.dtype[Any],
        threads: int,
    ) -> None:
        self.tile, self.sizes, self._dtype, self._threads = tile, sizes, dtype, threads
        self.met = Meetings.of(spatial, axes)
        self._positions = prod(spatial)
        self._outputs = outputs(spatial, axes)
        shape = Shape(sizes, self.met.counts, self._positions, self._outputs, dtype.itemsize)
        self.units = shape.units(tile)
        self._division = divide(shape, tile, threads)
        self.tasks = self._tasks()
        images, some = self._division.piece
        met = dict(self.met.parts(self._outputs, some))
        pitch = _panel_pitch(met.values(), dtype.itemsize)
        panel = images * sizes.inputs * pitch
        if self._positions <= IN_PLACE or panel * dtype.itemsize > PANEL:
            panel = pitch = 0
        kinds = {task.block[1:] for task in self.tasks}
        self._tables = {kind: self._table(*kind, met[kind[1]], pitch) for kind in kinds}
        sums = _rounded((images * some + 1) * tile.width)
        self._space = sums + panel
        self._layer = np.array(
            [
                sizes.inputs, sizes.outputs, self.units // sizes.groups, sizes.groups,
                len(self.met.taps), self._positions, self._outputs, sums, pitch,
                shape.fetches(tile, self._division.piece),
            ]
        )  # fmt: skip
        self._packing = _packing(sizes, prod(axis[0] for axis in axes), tile, self.met.taps)
        self._compute = compute_for(tile)
        self._free: deque[Array] = deque()

    @property
    def order(self) -> tuple[object, ...]:
        """Equal where packed weights and bias are."""
        return self._packing.order

    def packed(self, w: Array, bias: Array, most: float) -> Weights:
        """The weights w (Cin, Cout/groups, *k) in the order of their use; see Weights."""
        rows = bias_rows(self.sizes, self._packing.blocks, self.tile.width, bias)
        return Weights(self._packing, w, rows, self._threads, most)

    def work(self, task: Task, x: Array, weights: Weights, y: Array) -> None:
        """Do a task: x and y flat, of the layer's size."""
        block, first_unit, last_unit = task
        packed, packed_unit = weights.of(range(first_unit, last_unit))
        space, table = self._workspace(), self._tables[block[1:]]
        panel = space if table.filled else x
        self._compute(
            y, x, packed, packed_unit, weights.bias, space, panel, self._layer, *table,
            first_unit, last_unit, *block,
        )  # fmt: skip
        self._free.append(space)

    def _tasks(self) -> list[Task]:
        (images, some), units = self._division
        batch, size = self.sizes.batch, self._outputs
        steps = range(0, batch, images), range(0, size, some), range(0, self.units, units)
        return [
            Task(
                Block(image, min(images, batch - image), output, min(some, size - output)),
                unit,
                min(unit + units, self.units),
            )
            for image, output, unit in product(*steps)
        ]

    def _table(self, images: int, output: int, size: int, met: Meetings, pitch: int) -> Table:
        """The table of a block: in each tap the meetings of its images follow each other."""
        rows, width = self.tile.rows, self.tile.width
        firsts = np.append(0, np.cumsum(-(-met.counts * images // rows)))
        # What fills a tile up reads any input, and adds to sums behind all others.
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
        """A workspace that no task has: as many are made as tasks are under way at once."""
        try:
            return self._free.pop()
        except IndexError:
            return aligned(self._space, self._dtype)


def _packing(sizes: Sizes, kernel: int, tile: Tile, taps: Array) -> Packing:
    """Unit by unit, in it chunk by chunk of input channels and tap by tap; only `taps`."""
    runs = [
        Run(begin, min(CHUNK, sizes.inputs - begin), int(tap), 0, tile.width)
        for begin in range(0, sizes.inputs, CHUNK)
        for tap in taps
    ]
    offsets = np.arange(tile.width, dtype=np.int64) * kernel
    return Packing((*sizes[1:], kernel), tile.width, offsets, runs)


def _panel_pitch(blocks: Iterable[Meetings], itemsize: int) -> int:
    """Numbers of a channel in the panel: an odd count of lines, for those to lie in all sets."""
    most = max(met.reach[1] for met in blocks)
    lines = -(-most * itemsize // LINE) | 1
    return lines * LINE // itemsize


def _rounded(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED


def bias_rows(sizes: Sizes, blocks: int, width: int, bias: Array) -> Array:
    """The bias of each channel of each unit, 0 where a unit has none; flat."""
    padded = np.zeros((sizes.groups, blocks * width), bias.dtype)
    # Adding 0 makes -0 the 0 that the definition starts from.
    padded[:, : sizes.outputs] = bias.reshape(sizes.groups, -1) + 0
    return padded.reshape(-1)
