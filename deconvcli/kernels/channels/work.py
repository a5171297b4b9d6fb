"""The tables of a layer, its tasks, its packed weights, and how a task is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import product
from math import inf, prod
from typing import Any, NamedTuple

import numpy as np

from deconvcli.kernels.channels.compute import compute_for
from deconvcli.kernels.channels.meetings import Meetings, outputs
from deconvcli.kernels.channels.plan import CHUNK, Shape, Tile, divide
from deconvcli.kernels.reference import Array, AxisNumbers
from deconvcli.kernels.tiled.division import LINE
from deconvcli.kernels.tiled.plan import Sizes

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
        self.tile, self.sizes, self._dtype = tile, sizes, dtype
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
            ]
        )  # fmt: skip
        self._compute = compute_for(tile)
        self._free: deque[Array] = deque()

    @property
    def order(self) -> tuple[object, ...]:
        """Equal where packed weights and bias are."""
        return self.tile.width, self.met.taps.tobytes()

    def packed(self, w: Array, bias: Array, most: float) -> Weights:
        """The weights w (Cin, Cout/groups, *k) in the order of their use; see Weights."""
        return Weights(self, w, bias, most)

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


def _panel_pitch(blocks: Iterable[Meetings], itemsize: int) -> int:
    """Numbers of a channel in the panel: an odd count of lines, for those to lie in all sets."""
    most = max(met.reach[1] for met in blocks)
    lines = -(-most * itemsize // LINE) | 1
    return lines * LINE // itemsize


def aligned(size: int, dtype: np.dtype[Any]) -> Array:
    """An array that begins with a line of the cache, so that vectors lie in one line each."""
    array = np.empty(size + LINE // dtype.itemsize, dtype)
    first = -array.ctypes.data % LINE // dtype.itemsize
    return array[first : first + size]


def _rounded(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED


class Weights:
    """Weights in the order of their use, packed at once unless that takes more than `most` bytes.

    Of more, each task packs what it needs. That order: unit, chunk of input channels, tap, input
    channel, output channel; taps that meet nothing are left out.
    """

    def __init__(self, layer: Layer, w: Array, bias: Array, most: float = inf) -> None:
        self._sizes, self._width, self._taps = layer.sizes, layer.tile.width, layer.met.taps
        self._w, self._dtype = w, bias.dtype
        self._parts = layer.units // layer.sizes.groups
        self.bias = self._padded(bias).reshape(-1)
        self._each = len(self._taps) * self._sizes.inputs * self._width
        whole = layer.units * self._each * self._dtype.itemsize <= most
        self._packed = self._pack(range(layer.units)) if whole else None

    def of(self, units: range) -> tuple[Array, int]:
        """(packed weights that hold those of `units`, the unit they begin with)."""
        if self._packed is None:
            return self._pack(units), units.start
        return self._packed, 0

    def _padded(self, bias: Array) -> Array:
        """The bias of each channel of each unit, 0 where a unit has none."""
        sizes = self._sizes
        padded = np.zeros((sizes.groups, self._parts * self._width), self._dtype)
        # Adding 0 makes -0 the 0 that the definition starts from.
        padded[:, : sizes.outputs] = bias.reshape(sizes.groups, -1) + 0
        return padded

    def _pack(self, units: range) -> Array:
        packed = aligned(len(units) * self._each, self._dtype).reshape(len(units), -1)
        packed[...] = 0
        sizes = self._sizes
        w = self._w.reshape(sizes.groups, sizes.inputs, sizes.outputs, -1)
        for unit, target in zip(units, packed, strict=True):
            group, part = divmod(unit, self._parts)
            taken = w[group, :, part * self._width : (part + 1) * self._width]
            if len(self._taps) < w.shape[-1]:
                taken = taken[..., self._taps]
            for begin in range(0, sizes.inputs, CHUNK):
                some = taken[begin : begin + CHUNK].transpose(2, 0, 1)
                at = begin * len(self._taps) * self._width
                piece = target[at : at + some.shape[0] * some.shape[1] * self._width]
                piece.reshape(*some.shape[:2], self._width)[..., : some.shape[2]] = some
        return packed.reshape(-1)
