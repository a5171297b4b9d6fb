"""A layer as tasks: tables, packed weights, and the computation of one task."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from deconvcli.compute.kernels.packing import Weights
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled.compute import compute_for
from deconvcli.compute.kernels.tiled.division import divide
from deconvcli.compute.kernels.tiled.plan import Plan
from deconvcli.compute.kernels.tiled.schedule import Schedule, bias_rows

ANY_STRIDE = 0
"""The stride of the pass that interleaves any number of phases."""
MAX_TABLE_BYTES = 8 << 20
"""Bytes of block tables that are kept; tasks make the other tables again each time."""


class TiledTask(NamedTuple):
    """Units first_unit ... last_unit-1 on one block of positions; their weights are in `parts`."""

    block: int
    first_unit: int
    last_unit: int
    parts: range


class TiledWork:
    """A layer on inputs of one size: its tables, its tasks, and workspaces for those under way."""

    def __init__(self, plan: Plan, dtype: np.dtype[Any], threads: int) -> None:
        self.plan, self._dtype, self._threads = plan, dtype, threads
        self.schedule = Schedule(plan, divide(plan, dtype.itemsize, threads), dtype.itemsize)
        self.tasks = list(tasks(self.schedule))
        self._compute = compute_for(
            plan.way.tile, plan.last.stride if plan.way.woven else ANY_STRIDE
        )
        # append and pop of a deque are atomic, so that threads need no lock.
        self._free: deque[Array] = deque()
        self._tables: dict[int, Array] = {}

    @property
    def order(self) -> tuple[object, ...]:
        """A key that is equal for layers whose packed weights and bias are equal."""
        return self.schedule.order

    def pack(self, w: Array, bias: Array, most: float) -> Weights:
        """Return weights w (Cin, Cout/groups, *k) and bias in the order of their use."""
        rows = bias_rows(self.plan, bias)
        return Weights(self.schedule.packing, w, rows, self._threads, most)

    def _table(self, block: int) -> Array:
        """Return the table of a block; it is kept while the tables do not take too much memory."""
        table = self._tables.get(block)
        if table is None:
            table = self.schedule.block_table(self.schedule.rectangle(block))
            # Threads may make the same table twice; the dictionary keeps either.
            if table.nbytes * (len(self._tables) + 1) < MAX_TABLE_BYTES:
                self._tables[block] = table
        return table

    def do(self, task: TiledTask, x: Array, weights: Weights, y: Array) -> None:
        """Do one task; x and y are flat and have the layer's size."""
        block, first_unit, last_unit, parts = task
        packed, first = weights.for_parts(parts)
        table = self._table(block)
        space = self._space()
        panel = x if self.plan.way.direct else space
        self._compute(
            y, x, packed, first, weights.bias, space, panel, self.schedule.layer, table,
            first_unit, last_unit,
        )  # fmt: skip
        # Not in a `finally`: after an error the workspace is dropped.
        self._free.append(space)

    def _space(self) -> Array:
        """Take a free workspace, or make one: there are as many as tasks under way at once."""
        try:
            return self._free.pop()
        except IndexError:
            # Not cleared: garbage only reaches sums that are never stored.
            return np.empty(self.schedule.shape.size, self._dtype)


def tasks(schedule: Schedule) -> Iterator[TiledTask]:
    """Yield all tasks, block by block."""
    plan, step = schedule.plan, schedule.division.units
    phases = len(plan.outer_phases)
    units = [(first, min(first + step, plan.units)) for first in range(0, plan.units, step)]
    for block, (first, last) in product(range(schedule.blocks), units):
        yield TiledTask(block, first, last, range(first // phases, -(-last // phases)))
