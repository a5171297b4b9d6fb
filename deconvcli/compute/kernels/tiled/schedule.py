"""The tables of a divided plan, which tell its tasks where everything lies."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.compute.kernels.packing import UNUSED_WEIGHT, Packing, Run
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled.calls import Calls
from deconvcli.compute.kernels.tiled.division import Division
from deconvcli.compute.kernels.tiled.plan import UNUSED, Plan
from deconvcli.compute.kernels.tiled.tables import BLOCK_HEAD, LAYER_HEAD, table

CACHE_SET_BYTES = 4096
"""Bytes between copies at which they would share a set of the first-level cache."""
ALIGNED_NUMBERS = 16
"""Numbers whose multiples the sums in a workspace begin at, so that they begin at a cache line."""


class Rectangle(NamedTuple):
    """The positions of a block: rows first_row ..., and columns first_column ... of them."""

    first_row: int
    rows: int
    first_column: int
    columns: int


class Workspace(NamedTuple):
    """The layout of a workspace: the panel, then the sums of tiles."""

    row_pitch: int
    copy_pitch: int
    panel_pitch: int
    sums: int
    sums_pitch: int
    size: int

    @classmethod
    def of(cls, plan: Plan, division: Division, itemsize: int) -> Workspace:
        """Lay out the workspace of a division, with room for a vector that crosses a copy's end."""
        tile, last = plan.way.tile, plan.last
        pitch = copy_pitch = last.n
        panel_pitch, sums = prod(one.n for one in plan.lines), 0
        if not plan.way.direct:
            pitch = division.columns + (0 if plan.way.copied else last.reach - 1)
            copy_pitch = _round_up(plan.panel_rows(division.rows) * pitch + tile.lanes, tile.lanes)
            # Channels whose distance is a multiple of this would evict each other.
            if copy_pitch * plan.copies * itemsize % CACHE_SET_BYTES == 0:
                copy_pitch += tile.lanes
            panel_pitch = copy_pitch * plan.copies
            # The additional vector: filling the last row may write so far beyond its end.
            sums = _round_up(division.chunk * panel_pitch + tile.lanes, ALIGNED_NUMBERS)
        # All tiles use the same place for their sums, unless these wait for the next chunk.
        unit_sums = len(plan.slots()[1]) * tile.vectors * tile.lanes
        waits = division.chunk < plan.sizes.inputs
        count = division.waiting_tiles(plan) if waits else 1
        return cls(
            pitch, copy_pitch, panel_pitch, sums, unit_sums * waits, sums + unit_sums * count
        )


def _round_up(size: int, multiple: int) -> int:
    return -(-size // multiple) * multiple


class Schedule:
    """The tables of a plan that is divided into tasks."""

    def __init__(self, plan: Plan, division: Division, itemsize: int) -> None:
        self.plan, self.division = plan, division
        self.shape = Workspace.of(plan, division, itemsize)
        phases = plan.outer_phases
        self._phases = np.array(phases, np.int64).reshape(len(phases), len(plan.outer))
        calls = Calls.of(plan, self.shape.row_pitch, self.shape.copy_pitch)
        self.packing = _packing(plan, calls)
        # Blocks differ in few ways, and their covers are the largest part of the tables.
        self._covers: dict[object, tuple[Array, Array, Array]] = {}
        self.layer = self._layer_table(calls)

    @property
    def order(self) -> tuple[object, ...]:
        """A key that is equal for layers whose packed weights and bias are equal."""
        return *self.packing.order, self.plan.slots()[1].tobytes()

    def _layer_table(self, calls: Calls) -> Array:
        """Make the table of the layer; tables.py names the places of its head."""
        plan, shape = self.plan, self.shape
        sizes, way, lines = plan.sizes, plan.way, plan.lines
        reads = calls.reads
        # A panel row without copies begins at the lowest shift, so its only shift is 0.
        shifts = [shift - plan.last.low for shift in plan.last.shifts] if way.copied else [0]
        head = (
            sizes.inputs, sizes.outputs, plan.group_parts, way.width, way.folded,
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
        """The number of blocks side by side in one row of positions."""
        return -(-self.plan.last.size // self.division.columns)

    @property
    def blocks(self) -> int:
        """The number of all blocks, which are counted along the rows first."""
        return -(-self.plan.rows // self.division.rows) * self.across

    def rectangle(self, block: int) -> Rectangle:
        """Return the positions of a block; the last blocks are smaller."""
        down, right = divmod(block, self.across)
        row, column = down * self.division.rows, right * self.division.columns
        high, wide = self.plan.rows - row, self.plan.last.size - column
        return Rectangle(
            row, min(self.division.rows, high), column, min(self.division.columns, wide)
        )

    def block_table(self, block: Rectangle) -> Array:
        """Make the table of a block; tables.py names the places of its head."""
        plan, last = self.plan, self.plan.last
        rows = np.arange(block.first_row, block.first_row + block.rows)
        reads = plan.panel_row(rows)
        sources = self._sources(reads[0] + np.arange(reads[-1] - reads[0] + plan.reach_rows))
        starts, first_segment, segments = self._cover(block, reads)
        head = (
            block.rows, len(sources), block.first_column + last.low,
            block.columns + (0 if plan.way.copied else last.reach - 1), len(starts),
        )  # fmt: skip
        # The last tile may have more room than there are vectors left: it repeats the last one,
        # whose additional sums are not stored.
        starts = np.append(starts, np.repeat(starts[-1:], plan.way.tile.vectors))
        places = self._places(rows).reshape(-1)
        return table(
            BLOCK_HEAD, head, [starts, first_segment, segments.reshape(-1), places, sources]
        )

    def _cover(self, block: Rectangle, reads: Array) -> tuple[Array, Array, Array]:
        """Return the cover of a block, kept for blocks of the same size and spacing of rows."""
        cover = self._cover_dense if self.plan.way.copied else self._cover_ragged
        # A direct block reads x itself, where its place matters.
        if self.plan.way.direct:
            return cover(block, reads)
        # Without the first row: only the distances between rows matter to a panel.
        key = block[1:], (reads - reads[0]).tobytes()
        if key not in self._covers:
            self._covers[key] = cover(block, reads)
        return self._covers[key]

    def _sources(self, rows: Array) -> Array:
        """Return where each panel row begins in an image's first channel; -1 for a row of zeros."""
        pitch, place = self.plan.last.n, np.zeros_like(rows)
        inside = np.ones(len(rows), bool)
        for line in reversed(self.plan.outer):
            rows, at = np.divmod(rows, line.extent)
            at += line.low
            inside &= (at >= 0) & (at < line.n)
            place += at * pitch
            pitch *= line.n
        sizes = self.plan.sizes
        # What is left of `rows` is the image.
        place += rows * pitch * sizes.groups * sizes.inputs
        return np.where(inside & (rows < sizes.batch), place, -1)

    def _places(self, rows: Array) -> Array:
        """Return (phases, folded, rows): where each row of outputs begins in y, or -1.

        The places are those in the first channel of an image.
        """
        plan, folded = self.plan, self.plan.way.folded
        shape = (len(self._phases), folded, len(rows))
        place, inside = np.zeros(shape, np.int64), np.ones(shape, bool)
        pitch = plan.last.out
        for axis in reversed(range(len(plan.outer))):
            line = plan.outer[axis]
            rows, q = np.divmod(rows, line.size)
            at = q * line.stride + self._phases[:, axis, None, None]
            # Only the axis before the last can be folded; its phase is then 0.
            if axis == len(plan.outer) - 1:
                at = at + np.arange(folded)[:, None]
            inside &= at < line.out
            place += at * pitch
            pitch *= line.out
        place += rows * pitch * plan.sizes.groups * plan.sizes.outputs
        return np.where(inside, place, -1)

    def _cover_ragged(self, block: Rectangle, reads: Array) -> tuple[Array, Array, Array]:
        """Cover rows with gaps by vectors of one segment; the last vector of a row reaches back.

        Returns (starts of the vectors, first segment of each vector, segments as `store` reads
        them). Positions that two vectors hold get the same sums, and are stored twice.
        """
        lanes, stride = self.plan.way.tile.lanes, self.plan.last.stride
        columns = np.arange(0, block.columns, lanes)
        # The last vector reaches back into its row, if the row is that long.
        columns[-1] = max(0, block.columns - lanes)
        outputs = (block.first_column + columns) * stride
        count = np.minimum(min(lanes, block.columns) * stride, self.plan.last.out - outputs)
        rows = np.arange(block.rows)[:, None]
        lane = np.arange(block.rows * len(columns)).reshape(block.rows, -1) * lanes
        fields = np.broadcast_arrays(rows, outputs, count, 0, lane)
        begins = (reads - reads[0]) * self.shape.row_pitch
        if self.plan.way.direct:
            begins = self._sources(reads) + block.first_column
        starts = begins[:, None] + columns
        return starts.reshape(-1), np.arange(starts.size + 1), np.stack(fields, -1).reshape(-1, 5)

    def _cover_dense(self, block: Rectangle, reads: Array) -> tuple[Array, Array, Array]:
        """Cover rows without gaps by vectors that go on from row to row."""
        lanes, stride, pitch = self.plan.way.tile.lanes, self.plan.last.stride, self.shape.row_pitch
        # A run ends where the panel has other rows in between, or the block is narrower than a row.
        breaks = np.append(True, (np.diff(reads) != 1) | (block.columns != pitch))
        row, column = np.divmod(np.arange(block.rows * block.columns), block.columns)
        run = (np.cumsum(breaks) - 1)[row]
        within = np.arange(len(row)) - np.flatnonzero(breaks)[run] * block.columns
        vectors = -(-np.bincount(run) // lanes)
        vector = (np.cumsum(vectors) - vectors)[run] + within // lanes
        begins = np.append(True, np.diff(vector) != 0)
        starts = ((reads - reads[0])[row] * pitch + column)[begins]
        firsts = np.flatnonzero(begins | (column == 0))
        outputs = (block.first_column + column[firsts]) * stride
        length = np.diff(np.append(firsts, len(row))) * stride
        count = np.minimum(length, self.plan.last.out - outputs)
        skipped, lane = within[firsts] % lanes * stride, vector[firsts] * lanes
        segments = np.stack([row[firsts], outputs, count, skipped, lane], -1)
        first = np.append(np.searchsorted(vector[firsts], np.arange(len(starts))), len(firsts))
        return starts, first, segments


def _packing(plan: Plan, calls: Calls) -> Packing:
    """Return the order of weights: by part, call and input channel, then by use in the call."""
    taps, inputs = prod(plan.kernel), plan.sizes.inputs
    # Parts differ only in their first channel, so that one list of offsets serves all.
    offsets = np.where(calls.taps < 0, UNUSED_WEIGHT, calls.channels * taps + calls.taps)
    ends = [0, *map(int, np.cumsum(calls.counts))]
    runs = [Run(0, inputs, 0, first, last) for first, last in pairwise(ends)]
    return Packing((*plan.sizes[1:], taps), plan.way.width, offsets, runs)


def bias_rows(plan: Plan, bias: Array) -> Array:
    """Return the bias of each tile row of each part, flat; 0 for rows that fill a tile up."""
    channels, sizes = plan.slots()[1], plan.sizes
    padded = np.zeros((sizes.groups, plan.group_parts * plan.way.width + 1), bias.dtype)
    # Adding 0 makes -0 the 0 that the definition starts from.
    padded[:, : sizes.outputs] = bias.reshape(sizes.groups, -1) + 0
    first = np.arange(plan.group_parts)[:, None] * plan.way.width
    return padded[:, np.where(channels == UNUSED, -1, first + channels)].reshape(-1)
