"""The tasks of a layer, its packed weights, and how a task is done."""

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

ANY = 0
"""For the pass that interleaves any number of phases."""
TABLES = 8 << 20
"""Bytes of tables of blocks that are kept; tasks make the others again each time."""


class Task(NamedTuple):
    """Units first_unit ... last_unit-1 on one block of positions; their weights are of `parts`."""

    block: int
    first_unit: int
    last_unit: int
    parts: range


class Layer:
    """A layer on one size of input: its tables, its tasks, and workspaces for those under way."""

    def __init__(self, plan: Plan, dtype: np.dtype[Any], threads: int) -> None:
        self.plan, self._dtype, self._threads = plan, dtype, threads
        self.schedule = Schedule(plan, divide(plan, dtype.itemsize, threads), dtype.itemsize)
        self.tasks = list(tasks(self.schedule))
        self._compute = compute_for(plan.way.tile, plan.last.stride if plan.way.woven else ANY)
        self._free: deque[Array] = deque()
        self._tables: dict[int, Array] = {}

    @property
    def order(self) -> tuple[object, ...]:
        """Equal where packed weights and bias are."""
        return self.schedule.order

    def packed(self, w: Array, bias: Array, most: float) -> Weights:
        """The weights w (Cin, Cout/groups, *k) in the order of their use; see Weights."""
        rows = bias_rows(self.plan, bias)
        return Weights(self.schedule.packing, w, rows, self._threads, most)

    def _table(self, block: int) -> Array:
        """The table of a block, kept for the next time unless all would be too many."""
        table = self._tables.get(block)
        if table is None:
            table = self.schedule.block(self.schedule.rectangle(block))
            if table.nbytes * (len(self._tables) + 1) < TABLES:
                self._tables[block] = table
        return table

    def work(self, task: Task, x: Array, weights: Weights, y: Array) -> None:
        """Do a task: x and y flat, of the layer's size."""
        block, first_unit, last_unit, parts = task
        packed, first = weights.of(parts)
        table = self._table(block)
        space = self._space()
        panel = x if self.plan.way.direct else space
        self._compute(
            y, x, packed, first, weights.bias, space, panel, self.schedule.layer, table,
            first_unit, last_unit,
        )  # fmt: skip
        self._free.append(space)

    def _space(self) -> Array:
        """A workspace that no task has: as many are made as tasks are under way at once."""
        try:
            return self._free.pop()
        except IndexError:
            return np.empty(self.schedule.shape.size, self._dtype)


def tasks(schedule: Schedule) -> Iterator[Task]:
    """All tasks, block by block."""
    plan, step = schedule.plan, schedule.division.units
    phases = len(plan.outer_phases)
    units = [(first, min(first + step, plan.units)) for first in range(0, plan.units, step)]
    for block, (first, last) in product(range(schedule.blocks), units):
        yield Task(block, first, last, range(first // phases, -(-last // phases)))
