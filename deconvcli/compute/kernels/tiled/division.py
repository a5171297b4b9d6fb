"""The division of a layer into tasks, and of the tasks into portions that stay in the caches.

The model counts the cache lines that move. Its constants were fitted to 1,600 divisions of 24
layers on two threads with AVX2, and to 4,200 divisions of 22 layers on one and two threads with
AVX-512. The divisions that it chooses there take 1.04x the time of the fastest, in the geometric
mean. tests/compute/kernels/cost_model measures and fits such constants again.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.compute.kernels.machine import CACHE_LINE_BYTES, cache_size
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled.cost import PANEL_ROW_CYCLES, PANEL_VECTOR_CYCLES, tile_cycles
from deconvcli.compute.kernels.tiled.lines import Line
from deconvcli.compute.kernels.tiled.plan import Plan

FIRST_CACHE_SHARE = 0.75
"""Share of the first-level cache in which cache lines are found again."""
SECOND_CACHE_LINE_CYCLES = 1.2
"""Cycles to load a cache line from the second-level cache, in addition to the products."""
WEIGHT_LINE_CYCLES = 8.0
"""Cycles to load a cache line of weights from beyond the second-level cache, once a task."""
SUM_LINE_CYCLES = 1.2
"""Cycles to move a cache line of sums to or from the second-level cache."""
RESUME_CYCLES = 4.0
"""Cycles to resume a tile for the next chunk, for each of its vectors."""
SPILL_SHARE = 0.6
"""Share of the products' time that is lost when a task needs twice the second-level cache."""
TASK_CYCLES = 18e3
"""Cycles from one task to the next."""
IDLE_SHARE = 0.15
"""Share of a task for which threads wait at the end, because cores are rarely equally fast."""
WAKE_CYCLES = 8e4
"""Cycles until a sleeping helper begins to work."""
MAX_TASK_CYCLES = 2e7
"""Cycles of a task: some milliseconds, so that Ctrl-C is answered between tasks."""
MAX_WAITING_SUMS = 1 << 20
"""Sums of a task that may wait between chunks."""
REFUSED_FACTOR = 1e6
"""Factor that makes refused divisions slower than all others, but keeps their order."""
MIN_CHUNK_CHANNELS = 16
"""Input channels of the smallest chunk that is compared."""
TURN_UNITS = (1, 2, 4, 16, 64)
"""Units of a turn that are compared."""
MAX_UNIT_HALVINGS = 8
"""Numbers of units of a task that are compared, each half of the one before."""


class Division(NamedTuple):
    """Blocks of rows x columns positions, tasks of `units`, chunks of `chunk` input channels.

    turn: units of a turn.
    """

    rows: int
    columns: int
    units: int
    chunk: int
    turn: int

    def waiting_tiles(self, plan: Plan) -> int:
        """Return the largest number of tiles of a task whose sums wait for the next chunk."""
        tile = plan.way.tile
        vectors = self.rows * -(-self.columns // tile.lanes)
        return self.units * -(-vectors // tile.vectors)


def divide(plan: Plan, itemsize: int, threads: int) -> Division:
    """Return the division that the model finds fastest on so many threads."""
    grid = list_divisions(plan)
    cycles = DivisionModel(plan, grid, itemsize, threads).cycles()
    return Division(*(int(values[np.argmin(cycles)]) for values in grid))


def list_divisions(plan: Plan) -> Array:
    """Return the divisions to compare as columns of rows, columns, units, chunk and turn."""
    inputs = plan.sizes.inputs
    each = (
        list(_halves(plan.rows, 1)),
        list(_halves(plan.last.size, plan.way.tile.lanes)),
        list(_halves(plan.units, 1))[:MAX_UNIT_HALVINGS],
        list(_halves(inputs, inputs if plan.way.direct else MIN_CHUNK_CHANNELS)),
        TURN_UNITS,
    )
    grid = np.stack(np.meshgrid(*each, indexing="ij")).reshape(len(each), -1)
    rows, columns, units, _, turns = grid
    # A turn longer than the task is the same as one of all its units.
    kept = (turns <= units) | (turns == 1)
    if plan.way.direct:
        # x is read in place in whole vectors. The last one of a row must not begin before its
        # block, so the columns of the last block must fill a vector.
        left = plan.last.size % columns
        kept &= (columns == plan.last.size) | (rows == 1) & (
            (left == 0) | (left >= plan.way.tile.lanes)
        )
    return grid[:, kept]


def _halves(size: int, least: int) -> Iterator[int]:
    """Yield `size` and its repeated halves, rounded up to multiples of `least`."""
    yield size
    while size > least:
        size = -(-size // 2)
        size = -(-size // least) * least
        yield size


class DivisionModel:
    """The cycles of a plan for every column of a grid of divisions."""

    def __init__(self, plan: Plan, grid: Array, itemsize: int, threads: int) -> None:
        self.plan, self.itemsize, self.threads = plan, itemsize, threads
        self.rows, self.columns, self.units, self.chunk, self.turn = grid
        self.blocks = -(-plan.rows // self.rows) * -(-plan.last.size // self.columns)
        self.shares = -(-plan.units // self.units)
        self.chunks = -(-plan.sizes.inputs // self.chunk)
        self.vectors = self.rows * -(-self.columns // plan.way.tile.lanes)
        if plan.way.copied:
            self.vectors = -(-self.rows * self.columns // plan.way.tile.lanes)
        self.tiles = -(-self.vectors // plan.way.tile.vectors)
        # Once for each number of rows, which the grid repeats for all other choices.
        known, place = np.unique(self.rows, return_inverse=True)
        self.panel_rows = np.array([plan.panel_rows(int(rows)) for rows in known])[place]
        self.gaps = 0 if plan.way.copied else plan.last.reach - 1

    def cycles(self) -> Array:
        """Return the cycles from start to end, made enormous if tasks are too long or too large."""
        tasks, threads = self.blocks * self.shares, self.threads
        products = self.blocks * self.tiles * self.plan.units * tile_cycles(self.plan)
        work = (
            products * (1 + SPILL_SHARE * self._spilled_share())
            + self._fill_cycles()
            + self._move_cycles()
        )
        rounds, helped = -(-tasks // threads), (tasks > 1) & (threads > 1)
        waited = work / tasks * IDLE_SHARE + WAKE_CYCLES
        cycles: Array = work / tasks * rounds + TASK_CYCLES * tasks / threads + waited * helped
        # Not infinity: if every division is refused, the best of them must still win.
        refused = (products > MAX_TASK_CYCLES * tasks) | (self._waiting_sums() > MAX_WAITING_SUMS)
        return np.where(refused, cycles * REFUSED_FACTOR, cycles)

    def _fill_cycles(self) -> Array:
        """Return the cycles to fill the panels of all tasks."""
        way = self.plan.way
        if way.direct:
            return np.zeros(len(self.rows))
        row = self.plan.copies * (
            PANEL_ROW_CYCLES + PANEL_VECTOR_CYCLES * (self.columns + self.gaps) / way.tile.lanes
        )
        # A task of several groups fills the panel once for each, and no task shares its panel.
        fills = self.blocks * np.maximum(self.shares, self.plan.sizes.groups)
        filled: Array = fills * self.plan.sizes.inputs * self.panel_rows * row
        return filled

    def _move_cycles(self) -> Array:
        """Return the cycles for cache lines from beyond the first level, and for resuming sums."""
        visits, near = (
            self.blocks * self.plan.units * self.chunks,
            FIRST_CACHE_SHARE * cache_size(1),
        )
        weights = WEIGHT_LINE_CYCLES + SECOND_CACHE_LINE_CYCLES * (self.tiles - 1) * (
            self._weight_bytes() * self.turn > near
        )
        # If both stay in the first level, the panel is loaded once for all units of a turn.
        kept = self._tile_bytes() + self._weight_bytes() <= near
        reads = self._read_share() * self._tile_bytes() / np.where(kept, self.turn, 1)
        reads = self.tiles * reads * (self._panel_bytes() > near)
        # Loaded and stored between any two chunks, but neither before the first nor after the last.
        sums = 2 * SUM_LINE_CYCLES * (self.chunks - 1) / self.chunks * self._sum_bytes()
        cache_lines = (
            visits
            * (weights * self._weight_bytes() + SECOND_CACHE_LINE_CYCLES * reads + sums)
            / CACHE_LINE_BYTES
        )
        vectors = self.tiles * len(self.plan.slots()[1]) * self.plan.way.tile.vectors
        moved: Array = (
            cache_lines + RESUME_CYCLES * (visits - self.blocks * self.plan.units) * vectors
        )
        return moved

    def _weight_bytes(self) -> Array:
        """Return the bytes of the weights of one unit and chunk."""
        plan = self.plan
        taps = plan.taps * plan.way.width / len(plan.outer_phases)
        weights: Array = taps * self.chunk * self.itemsize
        return weights

    def _panel_bytes(self) -> Array:
        """Return the bytes of the panel of one chunk."""
        if self.plan.way.direct:
            return np.zeros(len(self.rows))
        width = (self.columns + self.gaps) * self.plan.copies
        panel: Array = self.panel_rows * width * self.chunk * self.itemsize
        return panel

    def _tile_bytes(self) -> Array:
        """Return the bytes of the panel's cache lines that one tile can read in a chunk."""
        tile, plan = self.plan.way.tile, self.plan
        row_bytes = (tile.vectors * tile.lanes + self.gaps) * self.itemsize + CACHE_LINE_BYTES / 2
        rows = prod(line.reach for line in plan.outer) * plan.copies
        tile_bytes: Array = self.chunk * rows * row_bytes
        return tile_bytes

    def _read_share(self) -> float:
        """Return the share of these cache lines that the phases of a unit read, on average."""
        way, lines = self.plan.way, list(self.plan.outer)
        if way.folded > 1:
            lines.pop()  # a unit has all phases of this one
        read = prod(_mean_taps(line) / line.reach for line in lines)
        return read * _mean_taps(self.plan.last) / self.plan.copies if way.copied else read

    def _sum_bytes(self) -> Array:
        """Return the bytes of the sums of a unit."""
        positions = self.rows * self.columns * self.plan.way.width * self.plan.row_phases
        sums: Array = positions * self.itemsize
        return sums

    def _waiting_sums(self) -> Array:
        """Return how many sums of a task wait between its chunks."""
        groups = np.maximum(1, self.plan.sizes.groups / self.shares)
        waiting: Array = self.units / groups * self._sum_bytes() / self.itemsize * (self.chunks > 1)
        return waiting

    def _spilled_share(self) -> Array:
        """Return the bytes that a task needs beyond the second-level cache, as a share of it."""
        wanted = (
            self._panel_bytes()
            + self._waiting_sums() * self.itemsize
            + self._weight_bytes() * self.turn
        )
        spilled: Array = np.maximum(0, wanted / cache_size(2) - 1)
        return spilled


def _mean_taps(line: Line) -> float:
    """Return the mean number of taps of a phase."""
    return sum(map(len, line.phases)) / line.stride
