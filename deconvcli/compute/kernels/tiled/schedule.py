"""The tables of a planned layer: what its tasks read besides numbers, and how its weights lie."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.compute.kernels.packing import UNUSED as UNUSED_WEIGHT
from deconvcli.compute.kernels.packing import Packing, Run
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled.calls import Calls
from deconvcli.compute.kernels.tiled.division import Division
from deconvcli.compute.kernels.tiled.plan import UNUSED, Plan
from deconvcli.compute.kernels.tiled.tables import BLOCK_HEAD, LAYER_HEAD, table

SET = 4096
"""Bytes at which rows of the panel would share a set of the first cache."""
ALIGNED = 16
"""Numbers; a workspace's parts begin at whole cache lines."""


class Rectangle(NamedTuple):
    """Rows first_row ... of positions and columns first_column ... in them."""

    first_row: int
    rows: int
    first_column: int
    columns: int


class Shape(NamedTuple):
    """How a workspace is laid: the panel, then the sums of tiles."""

    row_pitch: int
    copy_pitch: int
    panel_pitch: int
    sums: int
    sums_pitch: int
    size: int

    @classmethod
    def of(cls, plan: Plan, division: Division, itemsize: int) -> Shape:
        """The shape for a division; one vector may run over the end of a copy."""
        tile, last = plan.way.tile, plan.last
        pitch = copy_pitch = last.n
        panel_pitch, sums = prod(one.n for one in plan.lines), 0
        if not plan.way.direct:
            pitch = division.columns + (0 if plan.way.copied else last.reach - 1)
            copy_pitch = _rounded(plan.panel_rows(division.rows) * pitch + tile.lanes, tile.lanes)
            if copy_pitch * plan.copies * itemsize % SET == 0:
                copy_pitch += tile.lanes
            panel_pitch = copy_pitch * plan.copies
            sums = _rounded(division.chunk * panel_pitch + tile.lanes, ALIGNED)
        # Sums of one tile after another, unless all must wait for the next chunk of inputs.
        unit = len(plan.slots()[1]) * tile.vectors * tile.lanes
        waits = division.chunk < plan.sizes.inputs
        count = division.waiting(plan) if waits else 1
        return cls(pitch, copy_pitch, panel_pitch, sums, unit * waits, sums + unit * count)


def _rounded(size: int, unit: int) -> int:
    return -(-size // unit) * unit


class Schedule:
    """The tables of a plan that is divided into tasks."""

    def __init__(self, plan: Plan, division: Division, itemsize: int) -> None:
        self.plan, self.division = plan, division
        self.shape = Shape.of(plan, division, itemsize)
        phases = plan.outer_phases
        self._phases = np.array(phases, np.int64).reshape(len(phases), len(plan.outer))
        calls = Calls.of(plan, self.shape.row_pitch, self.shape.copy_pitch)
        self.packing = _packing(plan, calls)
        self._covers: dict[object, tuple[Array, Array, Array]] = {}
        self.layer = self._layer(calls)

    @property
    def order(self) -> tuple[object, ...]:
        """Equal where packed weights and bias are."""
        return *self.packing.order, self.plan.slots()[1].tobytes()

    def _layer(self, calls: Calls) -> Array:
        """The table of the layer; its head as in tables.py."""
        plan, shape = self.plan, self.shape
        sizes, way, lines = plan.sizes, plan.way, plan.lines
        reads = calls.reads
        # The first input of a row is that of the lowest shift, whatever is copied.
        shifts = [shift - plan.last.low for shift in plan.last.shifts] if way.copied else [0]
        head = (
            sizes.inputs, sizes.outputs, plan.channel_blocks, way.width, way.folded,
            len(self._phases), len(reads) // len(self._phases), len(calls.taps),
            prod(line.out for line in lines), prod(line.n for line in lines), plan.last.n,
            shape.panel_pitch, shape.row_pitch, shape.copy_pitch, len(shifts), way.direct,
            plan.last.stride, shape.sums, self.division.chunk, shape.sums_pitch,
            self.division.turn,
        )  # fmt: skip
        return table(
            LAYER_HEAD,
            head,
            [
                calls.offsets,
                np.cumsum(reads) - reads,
                reads // way.tile.steps,
                np.cumsum(calls.counts) - calls.counts,
                calls.counts,
                plan.slots()[0],
                np.array(shifts, np.int64),
            ],
        )

    @property
    def across(self) -> int:
        """Blocks side by side on one line of positions."""
        return -(-self.plan.last.size // self.division.columns)

    @property
    def blocks(self) -> int:
        """All blocks, line by line."""
        return -(-self.plan.rows // self.division.rows) * self.across

    def rectangle(self, block: int) -> Rectangle:
        """The positions of a block; the last ones are smaller."""
        down, right = divmod(block, self.across)
        row, column = down * self.division.rows, right * self.division.columns
        high, wide = self.plan.rows - row, self.plan.last.size - column
        return Rectangle(
            row, min(self.division.rows, high), column, min(self.division.columns, wide)
        )

    def block(self, block: Rectangle) -> Array:
        """The table of a block; its head as in tables.py."""
        plan, last = self.plan, self.plan.last
        rows = np.arange(block.first_row, block.first_row + block.rows)
        reads = plan.panel_row(rows)
        sources = self._sources(reads[0] + np.arange(reads[-1] - reads[0] + plan.reach_rows))
        starts, first_segment, segments = self._cover(block, reads)
        head = (
            block.rows, len(sources), block.first_column + last.low,
            block.columns + (0 if plan.way.copied else last.reach - 1), len(starts),
        )  # fmt: skip
        # A tile may have fewer vectors left than it has room for: it repeats the last.
        starts = np.append(starts, np.repeat(starts[-1:], plan.way.tile.vectors))
        places = self._places(rows).reshape(-1)
        return table(
            BLOCK_HEAD, head, [starts, first_segment, segments.reshape(-1), places, sources]
        )

    def _cover(self, block: Rectangle, reads: Array) -> tuple[Array, Array, Array]:
        """The vectors of a block; most blocks lie like others, whose rows follow them in step."""
        key = block[1:], (reads - reads[0]).tobytes()
        if key not in self._covers or self.plan.way.direct:
            cover = self._dense if self.plan.way.copied else self._ragged
            self._covers[key] = cover(block, reads)
        return self._covers[key]

    def _sources(self, rows: Array) -> Array:
        """Where each panel row begins in x, in an image's first channel; -1 for a row of zeros."""
        pitch, place = self.plan.last.n, np.zeros_like(rows)
        inside = np.ones(len(rows), bool)
        for line in reversed(self.plan.outer):
            rows, at = np.divmod(rows, line.extent)
            at += line.low
            inside &= (at >= 0) & (at < line.n)
            place += at * pitch
            pitch *= line.n
        sizes = self.plan.sizes
        place += rows * pitch * sizes.groups * sizes.inputs
        return np.where(inside & (rows < sizes.batch), place, -1)

    def _places(self, rows: Array) -> Array:
        """(phases, folded, rows): where each row of outputs begins in y, or -1 where there is none.

        In the first channel of its image.
        """
        plan, folded = self.plan, self.plan.way.folded
        shape = (len(self._phases), folded, len(rows))
        place, inside = np.zeros(shape, np.int64), np.ones(shape, bool)
        pitch = plan.last.out
        for axis in reversed(range(len(plan.outer))):
            line = plan.outer[axis]
            rows, q = np.divmod(rows, line.size)
            at = q * line.stride + self._phases[:, axis, None, None]
            if axis == len(plan.outer) - 1:
                at = at + np.arange(folded)[:, None]
            inside &= at < line.out
            place += at * pitch
            pitch *= line.out
        place += rows * pitch * plan.sizes.groups * plan.sizes.outputs
        return np.where(inside, place, -1)

    def _ragged(self, block: Rectangle, reads: Array) -> tuple[Array, Array, Array]:
        """Vectors of rows with gaps, one segment each; the last of a row reaches back.

        (starts, first segment of each vector, segments as `store` reads them).
        """
        lanes, stride = self.plan.way.tile.lanes, self.plan.last.stride
        columns = np.arange(0, block.columns, lanes)
        columns[-1] = max(0, block.columns - lanes)
        outputs = (block.first_column + columns) * stride
        count = np.minimum(min(lanes, block.columns) * stride, self.plan.last.out - outputs)
        rows = np.arange(block.rows)[:, None]
        lane = np.arange(block.rows * len(columns)).reshape(block.rows, -1) * lanes
        parts = np.broadcast_arrays(rows, outputs, count, 0, lane)
        begins = (reads - reads[0]) * self.shape.row_pitch
        if self.plan.way.direct:
            begins = self._sources(reads) + block.first_column
        starts = begins[:, None] + columns
        return starts.reshape(-1), np.arange(starts.size + 1), np.stack(parts, -1).reshape(-1, 5)

    def _dense(self, block: Rectangle, reads: Array) -> tuple[Array, Array, Array]:
        """Vectors of rows that follow each other, over as many rows as they reach."""
        lanes, stride, pitch = self.plan.way.tile.lanes, self.plan.last.stride, self.shape.row_pitch
        breaks = np.append(True, (np.diff(reads) != 1) | (block.columns != pitch))
        row, column = np.divmod(np.arange(block.rows * block.columns), block.columns)
        run = (np.cumsum(breaks) - 1)[row]
        within = np.arange(len(row)) - np.flatnonzero(breaks)[run] * block.columns
        vectors = -(-np.bincount(run) // lanes)
        vector = (np.cumsum(vectors) - vectors)[run] + within // lanes
        begins = np.append(True, np.diff(vector) != 0)
        starts = ((reads - reads[0])[row] * pitch + column)[begins]
        parts = np.flatnonzero(begins | (column == 0))
        outputs = (block.first_column + column[parts]) * stride
        length = np.diff(np.append(parts, len(row))) * stride
        count = np.minimum(length, self.plan.last.out - outputs)
        skipped, lane = within[parts] % lanes * stride, vector[parts] * lanes
        segments = np.stack([row[parts], outputs, count, skipped, lane], -1)
        first = np.append(np.searchsorted(vector[parts], np.arange(len(starts))), len(parts))
        return starts, first, segments


def _packing(plan: Plan, calls: Calls) -> Packing:
    """Part by part, in it call by call: all input channels, of each the weights that it uses."""
    taps, inputs = prod(plan.kernel), plan.sizes.inputs
    offsets = np.where(calls.taps < 0, UNUSED_WEIGHT, calls.channels * taps + calls.taps)
    ends = [0, *map(int, np.cumsum(calls.counts))]
    runs = [Run(0, inputs, 0, first, last) for first, last in pairwise(ends)]
    return Packing((*plan.sizes[1:], taps), plan.way.width, offsets, runs)


def bias_rows(plan: Plan, bias: Array) -> Array:
    """The bias of each row of each part's calls, flat; 0 where a row has no channel."""
    channels, sizes = plan.slots()[1], plan.sizes
    padded = np.zeros((sizes.groups, plan.channel_blocks * plan.way.width + 1), bias.dtype)
    # Adding 0 makes -0 the 0 that the definition starts from.
    padded[:, : sizes.outputs] = bias.reshape(sizes.groups, -1) + 0
    first = np.arange(plan.channel_blocks)[:, None] * plan.way.width
    return padded[:, np.where(channels == UNUSED, -1, first + channels)].reshape(-1)
