"""A layer as calls of the register tile, in integers alone: nothing is computed here.

A *position* is one q of every axis and image; a *unit* is some output channels of one group in one
combination of outer phases, with every phase of the last axis. The outputs of a unit at a vector of
positions are some calls of the tile, each a list of distances in the *panel*: the input of a block
of positions, with zeros around it, so that a tap is one distance whatever the rank.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.compute.kernels.reference import Array, AxisNumbers
from deconvcli.compute.kernels.tiled.lines import Line
from deconvcli.compute.kernels.tiled.tile import Tile

Phases = tuple[int, ...]
Row = tuple[int, int | None]
"""(output channel of the unit, phase) of a row of a tile; None: it fills it up.

The phase is that of the own axis, in a unit of merged rows folded output * stride + phase.
"""

UNUSED = -1


class Sizes(NamedTuple):
    """What of a layer is no axis: batch, groups, input and output channels of a group."""

    batch: int
    groups: int
    inputs: int
    outputs: int


class Way(NamedTuple):
    """How a layer is cut: the tile, what its planes are, and how the panel lies.

    width: output channels of a unit. folded: outputs side by side on the axis before the last that
    a unit has, 1 for one. turned: they are the planes of the tile, and the last axis has one phase;
    else they read the same inputs, are rows like channels, and planes are the phases of the last
    axis. Sums of a turned tile go along the axis before the last inside those along the last.
    copied: the panel holds the input once for each shift of the
    last axis, so that its rows need no gaps. direct: x serves as the panel, because every output
    reads the one input at its own place. woven: the phases of the last axis
    are interleaved in registers, by code for their number; else one by one.
    """

    tile: Tile
    width: int
    folded: int = 1
    copied: bool = False
    turned: bool = False
    direct: bool = False
    woven: bool = True


class Plan(NamedTuple):
    """A layer's lines and the way they are cut."""

    sizes: Sizes
    kernel: tuple[int, ...]
    outer: tuple[Line, ...]
    last: Line
    way: Way

    @classmethod
    def of(
        cls, sizes: Sizes, spatial: Sequence[int], axes: Sequence[AxisNumbers], way: Way
    ) -> Plan:
        """The layer on inputs of size `spatial`, all of whose outputs exist."""
        lines = [Line.of(n, axis) for n, axis in zip(spatial, axes, strict=True)]
        if way.turned:
            lines[-2] = Line.of(spatial[-2], axes[-2], way.folded)
        kernel = tuple(axis[0] for axis in axes)
        return cls(sizes, kernel, tuple(lines[:-1]), lines[-1], way)

    @property
    def rows(self) -> int:
        """Lines of positions along the last axis, all images'."""
        return self.sizes.batch * prod(line.size for line in self.outer)

    @property
    def row_pitches(self) -> list[int]:
        """For each outer axis, panel rows from one of its inputs to the next."""
        extents = [line.extent for line in self.outer]
        return [prod(extents[axis + 1 :]) for axis in range(len(extents))]

    @property
    def image_rows(self) -> int:
        """Panel rows of one image."""
        return prod(line.extent for line in self.outer)

    @property
    def channel_blocks(self) -> int:
        """Units of one group in one combination of phases."""
        return -(-self.sizes.outputs // self.way.width)

    @property
    def outer_phases(self) -> list[Phases]:
        """The combinations of outer phases that units have; a folded axis has 0 for all."""
        counts = [line.stride for line in self.outer]
        if self.way.folded > 1:
            counts[-1] = 1
        return list(product(*map(range, counts)))

    @property
    def parts(self) -> int:
        """Blocks of channels of all groups, group by group."""
        return self.sizes.groups * self.channel_blocks

    @property
    def units(self) -> int:
        """Part by part, and in it phase by phase."""
        return self.parts * len(self.outer_phases)

    @property
    def copies(self) -> int:
        """How often the panel holds the input."""
        return max(1, len(self.last.shifts)) if self.way.copied else 1

    @property
    def taps(self) -> int:
        """Taps of all phases together, for one position."""
        return prod(sum(map(len, line.phases)) for line in self.lines)

    @property
    def row_phases(self) -> int:
        """Outputs of a unit for one channel and position."""
        return self.way.folded * self.last.stride

    @property
    def products(self) -> int:
        """Products, those with the zeros around the input included."""
        s = self.sizes
        return s.groups * s.inputs * s.outputs * self.rows * self.last.size * self.taps

    @property
    def outer_taps(self) -> int:
        """Taps of the loops around a tile's steps, of all outer phases."""
        lines = [sum(map(len, line.phases)) for line in self.outer]
        if self.way.folded > 1:
            inner = self.last.phases if self.way.turned else self.outer[-1].phases[:1]
            lines[-1] = sum(map(len, inner))
        return prod(lines)

    @property
    def vectors(self) -> int:
        """Vectors that cover all positions."""
        run = self.last.size
        if self.way.copied and self.outer and self.outer[-1].step == 1:
            run *= self.outer[-1].size  # rows of copies follow each other without a gap
        return self.rows * self.last.size // run * -(-run // self.way.tile.lanes)

    def panel_rows(self, rows: int) -> int:
        """Panel rows of the largest block of so many rows of positions."""
        firsts = np.arange(0, self.rows, rows)
        between = self.panel_row(np.minimum(firsts + rows, self.rows) - 1) - self.panel_row(firsts)
        return int(between.max()) + self.reach_rows

    @property
    def reach_rows(self) -> int:
        """Panel rows from the first to the last that one row of positions reads."""
        pairs = zip(self.outer, self.row_pitches, strict=True)
        return sum((line.reach - 1) * pitch for line, pitch in pairs) + 1

    def panel_row(self, row: Array) -> Array:
        """The panel row in which each row of positions begins to read."""
        place = np.zeros_like(row)
        for line, pitch in zip(self.outer[::-1], self.row_pitches[::-1], strict=True):
            row, q = np.divmod(row, line.size)
            place += q * line.step * pitch
        first: Array = place + row * self.image_rows
        return first

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all axes."""
        return (*self.outer, self.last)

    @property
    def own_axis(self) -> int:
        """The axis along which the rows of a tile have phases of their own."""
        return len(self.outer) - self.way.turned

    def tiles(self) -> Iterator[list[list[Row]]]:
        """The rows of each call of a unit, calls whose rows read the same inputs together."""
        tile, channels = self.way.tile, range(self.way.width)
        folds = range(0, self.row_phases, self.last.stride)
        if tile.planes > 1:
            yield [[(c, r) for c in channels for r in range(tile.planes)]]
            return
        for alike in self.last.classes:
            rows: list[Row] = [(c, f + r) for c in channels for f in folds for r in alike]
            rows += [(UNUSED, None)] * (-len(rows) % tile.rows)
            yield [rows[at : at + tile.rows] for at in range(0, len(rows), tile.rows)]

    def slots(self) -> tuple[Array, Array]:
        """(row among a unit's calls of each channel, folded output and last phase; their channels).

        The second says for each row its channel, UNUSED where it fills a tile up.
        """
        rows = [row for calls in self.tiles() for call in calls for row in call]
        place = {row: at for at, row in enumerate(rows) if row[1] is not None}
        channels = np.array([channel for channel, _ in rows], np.int64)
        return np.array([place[row] for row in sorted(place)], np.int64), channels
