"""The tasks of a layer, its packed weights, and how a task is done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from deconvcli.kernels.reference import Array
from deconvcli.kernels.tiled.choice import divide
from deconvcli.kernels.tiled.compute import compute_for
from deconvcli.kernels.tiled.plan import Plan
from deconvcli.kernels.tiled.schedule import Rectangle, Schedule, bias_rows

ANY = 0
"""For the pass that interleaves any number of phases."""
PACKED = 48 << 20
"""Bytes of weights that are kept packed; of more, each task packs what it needs."""
TABLES = 8 << 20
"""Bytes of tables of blocks that are kept; each task makes the others again."""


class Task(NamedTuple):
    """Units first ... last-1 on a block, whose table is kept unless all would be too many."""

    block: Rectangle
    table: Array | None
    first: int
    last: int


class Packed(NamedTuple):
    """Weights of all parts in the order of their use, and the bias of each row of tiles."""

    weights: Array
    bias: Array

    def of(self, parts: range) -> tuple[Array, int]:
        """(packed weights that hold those of `parts`, the part they begin with)."""
        return self.weights, 0


class Layer:
    """A layer on one size of input: its tables, its tasks, and a workspace for each thread."""

    def __init__(self, plan: Plan, dtype: np.dtype[Any], threads: int) -> None:
        self.plan, self._dtype = plan, dtype
        self.schedule = Schedule(plan, divide(plan, dtype.itemsize, threads), dtype.itemsize)
        self.tasks = list(self._tasks(self.schedule.division.units))
        self._compute = compute_for(plan.way.tile, plan.last.stride if plan.way.woven else ANY)
        self._own = threading.local()

    def _tasks(self, units: int) -> Iterator[Task]:
        kept = 0
        for block in self.schedule.rectangles():
            table = self.schedule.block(block) if kept < TABLES else None
            kept += 0 if table is None else table.nbytes
            for first in range(0, self.plan.units, units):
                yield Task(block, table, first, min(first + units, self.plan.units))

    def work(self, task: Task, x: Array, weights: Weights | Packed, y: Array) -> None:
        """Do a task: x and y flat, of the layer's size."""
        phases = len(self.plan.outer_phases)
        packed, first = weights.of(range(task.first // phases, -(-task.last // phases)))
        table = self.schedule.block(task.block) if task.table is None else task.table
        space = self._space()
        panel = x if self.plan.way.direct else space
        self._compute(
            y, x, packed, first, weights.bias, space, panel, self.schedule.layer, table,
            task.first, task.last,
        )  # fmt: skip

    def _space(self) -> Array:
        if not hasattr(self._own, "space"):
            self._own.space = np.empty(self.schedule.shape.size, self._dtype)
        space: Array = self._own.space
        return space


class Weights:
    """Weights in the order of their use, packed at once unless they are too many for that."""

    def __init__(self, layer: Layer, w: Array, bias: Array) -> None:
        self._entries, self._plan, self._w = layer.schedule.entries, layer.plan, w
        self.bias = bias_rows(layer.plan, bias)
        whole = layer.schedule.weights * w.itemsize <= PACKED
        self._packed = self._pack(range(layer.plan.parts)) if whole else None

    def of(self, parts: range) -> tuple[Array, int]:
        """(packed weights that hold those of `parts`, the part they begin with)."""
        if self._packed is None:
            return self._pack(parts), parts.start
        return self._packed, 0

    def _pack(self, parts: range) -> Array:
        return self._entries.pack(self._plan, self._w, parts)
