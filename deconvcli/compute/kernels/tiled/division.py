"""How a layer is divided into tasks, and those into what stays in the caches.

The model counts the cache lines that move. Its numbers were fitted to 1,600 divisions of 24 layers,
measured on two threads with AVX2, and to 4,200 of 22 layers on one and two with AVX-512. Of these
it takes one that lasts 1.04x as long as the fastest, in the geometric mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.compute.kernels.machine import LINE, cache_size
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled.cost import MOVE, ROW, tile_cycles
from deconvcli.compute.kernels.tiled.lines import Line
from deconvcli.compute.kernels.tiled.plan import Plan

FIRST = 0.75
"""Share of the first cache in which things are found again, counted in whole lines."""
NEAR = 1.2
"""Cycles to bring a line from the second cache, behind the products."""
WEIGHTS = 8.0
"""The same for a line of weights, once a task, from behind the second cache."""
SUMS = 1.2
"""The same for a line of sums, to or from the second cache."""
RESUME = 4.0
"""Cycles to begin a tile once more for the next chunk, for each of its vectors."""
SPILL = 0.6
"""Share of the products' time lost where the second cache is asked for twice its size."""
TASK = 18e3
"""Cycles from one task to the next."""
IDLE = 0.15
"""Share of a task that threads wait for each other at the end: cores are rarely equally fast."""
WAKE = 8e4
"""Cycles until a helper that slept has done something."""
MOST = 2e7
"""Cycles of a task at most: some milliseconds, so that Ctrl-C is answered."""
WAITING = 1 << 20
"""Sums of a task that may wait between chunks."""
REFUSED = 1e6
"""What makes a time longer than any other, so that it is taken only if all are refused."""
CHUNK = 16
"""Input channels of a chunk at least."""
TURNS = (1, 2, 4, 16, 64)
UNITS = 8
"""Halvings of the units that are looked at."""


class Division(NamedTuple):
    """Blocks of rows x columns positions, `units` of them a task, in chunks of input channels.

    turn: units that follow each other at one tile's positions before the next ones are taken.
    """

    rows: int
    columns: int
    units: int
    chunk: int
    turn: int

    def waiting(self, plan: Plan) -> int:
        """Tiles of a task whose sums wait while the next chunk is filled in, at most."""
        tile = plan.way.tile
        vectors = self.rows * -(-self.columns // tile.lanes)
        return self.units * -(-vectors // tile.vectors)


def divide(plan: Plan, itemsize: int, threads: int) -> Division:
    """The division that the model finds fastest on so many threads."""
    grid = _grid(plan)
    cycles = _Model(plan, grid, itemsize, threads).cycles()
    return Division(*(int(values[np.argmin(cycles)]) for values in grid))


def _grid(plan: Plan) -> Array:
    """Divisions worth a look, one a column: their rows, columns, units, chunk and turn."""
    inputs = plan.sizes.inputs
    each = (
        list(_halves(plan.rows, 1)),
        list(_halves(plan.last.size, plan.way.tile.lanes)),
        list(_halves(plan.units, 1))[:UNITS],
        list(_halves(inputs, inputs if plan.way.direct else CHUNK)),
        TURNS,
    )
    grid = np.stack(np.meshgrid(*each, indexing="ij")).reshape(len(each), -1)
    rows, columns, units, _, turns = grid
    kept = (turns <= units) | (turns == 1)
    if plan.way.direct:
        # What is read in place is read on and on, in whole vectors, the last of a row too.
        rest = plan.last.size % columns
        kept &= (columns == plan.last.size) | (rows == 1) & (
            (rest == 0) | (rest >= plan.way.tile.lanes)
        )
    return grid[:, kept]


def _halves(size: int, least: int) -> Iterator[int]:
    """`size`, and ever halves of it, whole multiples of `least` where they are larger."""
    yield size
    while size > least:
        size = -(-size // 2)
        size = -(-size // least) * least
        yield size


class _Model:
    """Cycles of a plan for every column of a grid of divisions."""

    def __init__(self, plan: Plan, grid: Array, itemsize: int, threads: int) -> None:
        self.plan, self.itemsize, self.threads = plan, itemsize, threads
        self.rows, self.columns, self.units, self.chunk, self.turn = grid
        self.blocks = -(-plan.rows // self.rows) * -(-plan.last.size // self.columns)
        self.parts = -(-plan.units // self.units)
        self.chunks = -(-plan.sizes.inputs // self.chunk)
        self.vectors = self.rows * -(-self.columns // plan.way.tile.lanes)
        if plan.way.copied:
            self.vectors = -(-self.rows * self.columns // plan.way.tile.lanes)
        self.tiles = -(-self.vectors // plan.way.tile.vectors)
        known, place = np.unique(self.rows, return_inverse=True)
        self.panel_rows = np.array([plan.panel_rows(int(rows)) for rows in known])[place]
        self.gaps = 0 if plan.way.copied else plan.last.reach - 1

    def cycles(self) -> Array:
        """Cycles from start to end; out of reach where a task would be too long or too large."""
        tasks, threads = self.blocks * self.parts, self.threads
        products = self.blocks * self.tiles * self.plan.units * tile_cycles(self.plan)
        work = products * (1 + SPILL * self._spilled()) + self._filling() + self._moving()
        rounds, helped = -(-tasks // threads), (tasks > 1) & (threads > 1)
        waited = work / tasks * IDLE + WAKE
        cycles: Array = work / tasks * rounds + TASK * tasks / threads + waited * helped
        refused = (products > MOST * tasks) | (self._waiting() > WAITING)
        return np.where(refused, cycles * REFUSED, cycles)

    def _filling(self) -> Array:
        """Cycles to fill the panel of every task."""
        way = self.plan.way
        if way.direct:
            return np.zeros(len(self.rows))
        row = self.plan.copies * (ROW + MOVE * (self.columns + self.gaps) / way.tile.lanes)
        fills = self.blocks * np.maximum(self.parts, self.plan.sizes.groups)
        filled: Array = fills * self.plan.sizes.inputs * self.panel_rows * row
        return filled

    def _moving(self) -> Array:
        """Cycles for what comes from behind the first cache, and for resuming sums."""
        visits, near = self.blocks * self.plan.units * self.chunks, FIRST * cache_size(1)
        weights = WEIGHTS + NEAR * (self.tiles - 1) * (self._weights() * self.turn > near)
        kept = self._piece() + self._weights() <= near
        reads = self._read() * self._piece() / np.where(kept, self.turn, 1)
        reads = self.tiles * reads * (self._panel() > near)
        sums = 2 * SUMS * (self.chunks - 1) / self.chunks * self._sums()
        lines = visits * (weights * self._weights() + NEAR * reads + sums) / LINE
        vectors = self.tiles * len(self.plan.slots()[1]) * self.plan.way.tile.vectors
        moved: Array = lines + RESUME * (visits - self.blocks * self.plan.units) * vectors
        return moved

    def _weights(self) -> Array:
        """Bytes of the weights of a unit and chunk."""
        plan = self.plan
        taps = plan.taps * plan.way.width / len(plan.outer_phases)
        weights: Array = taps * self.chunk * self.itemsize
        return weights

    def _panel(self) -> Array:
        """Bytes of the panel of a chunk."""
        if self.plan.way.direct:
            return np.zeros(len(self.rows))
        width = (self.columns + self.gaps) * self.plan.copies
        panel: Array = self.panel_rows * width * self.chunk * self.itemsize
        return panel

    def _piece(self) -> Array:
        """Bytes of the lines of the panel that one tile reads of a chunk."""
        tile, plan = self.plan.way.tile, self.plan
        line = (tile.vectors * tile.lanes + self.gaps) * self.itemsize + LINE / 2
        rows = prod(line.reach for line in plan.outer) * plan.copies
        piece: Array = self.chunk * rows * line
        return piece

    def _read(self) -> float:
        """The share of these lines that the phases of one unit read, on average."""
        way, lines = self.plan.way, list(self.plan.outer)
        if way.folded > 1:
            lines.pop()  # a unit has all phases of this one
        read = prod(_taps(line) / line.reach for line in lines)
        return read * _taps(self.plan.last) / self.plan.copies if way.copied else read

    def _sums(self) -> Array:
        """Bytes of the sums of a unit."""
        positions = self.rows * self.columns * self.plan.way.width * self.plan.row_phases
        sums: Array = positions * self.itemsize
        return sums

    def _waiting(self) -> Array:
        """Sums that wait between the chunks of a task, in numbers."""
        groups = np.maximum(1, self.plan.sizes.groups / self.parts)
        waiting: Array = self.units / groups * self._sums() / self.itemsize * (self.chunks > 1)
        return waiting

    def _spilled(self) -> Array:
        """What a task wants of the second cache beyond its size, as a share of it."""
        wanted = self._panel() + self._waiting() * self.itemsize + self._weights() * self.turn
        spilled: Array = np.maximum(0, wanted / cache_size(2) - 1)
        return spilled


def _taps(line: Line) -> float:
    """Taps of a phase, on average."""
    return sum(map(len, line.phases)) / line.stride
