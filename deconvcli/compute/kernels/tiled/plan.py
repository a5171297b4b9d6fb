"""A layer as calls of the register tile, in integers alone: nothing is computed here.

A *position* is one q of every axis and image. The outputs of a unit at a vector of positions take
some calls of the tile. Each call is a list of distances in the *panel*, which holds the inputs of a
block of positions with zeros around them, so that a tap is one distance whatever the rank.
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
TileRow = tuple[int, int | None]
"""(output channel of the unit, phase) of a tile row; the phase is None if the row fills a tile up.

The phase is that of the own axis. In a unit of merged rows it is folded output * stride + phase.
"""

UNUSED = -1
"""The channel of a tile row, or the tap of a weight, that only fills a tile up."""


class LayerSizes(NamedTuple):
    """The sizes of a layer that belong to no axis; channels are those of one group."""

    batch: int
    groups: int
    inputs: int
    outputs: int


class Way(NamedTuple):
    """A way to cut a layer: the tile, the meaning of its planes, and the layout of the panel.

    width: output channels of a part. folded: neighbouring outputs along the axis before the last
    that a unit has; 1 means no folding. swapped: the folded outputs are the planes of the tile, the
    last axis has one phase, and each sum takes the shifts of the last axis in its outer loop.
    Otherwise folded outputs all read the same inputs and are tile rows like channels, and planes
    are the phases of the last axis. copied: the panel holds the input once for each shift of the
    last axis, so that its rows need no gaps. direct: x serves as the panel, because every output
    reads only the input at its own place. woven: the phases of the last axis are interleaved in
    registers by code compiled for their number; otherwise outputs are stored one by one.
    """

    tile: Tile
    width: int
    folded: int = 1
    copied: bool = False
    swapped: bool = False
    direct: bool = False
    woven: bool = True


class Plan(NamedTuple):
    """A layer's lines and the way in which they are cut."""

    sizes: LayerSizes
    kernel: tuple[int, ...]
    outer: tuple[Line, ...]
    last: Line
    way: Way

    @classmethod
    def of(
        cls, sizes: LayerSizes, spatial: Sequence[int], axes: Sequence[AxisNumbers], way: Way
    ) -> Plan:
        """Plan a layer on inputs of size `spatial`; each axis must have outputs."""
        lines = [Line.of(n, axis) for n, axis in zip(spatial, axes, strict=True)]
        # Only swapped planes need phases of their own; merged rows are those of the stride.
        if way.swapped:
            lines[-2] = Line.of(spatial[-2], axes[-2], way.folded)
        kernel = tuple(axis[0] for axis in axes)
        return cls(sizes, kernel, tuple(lines[:-1]), lines[-1], way)

    @property
    def rows(self) -> int:
        """The number of rows of positions of all images."""
        return self.sizes.batch * prod(line.size for line in self.outer)

    @property
    def row_pitches(self) -> list[int]:
        """The panel rows from one input to the next, for each outer axis."""
        extents = [line.extent for line in self.outer]
        return [prod(extents[axis + 1 :]) for axis in range(len(extents))]

    @property
    def image_rows(self) -> int:
        """The number of panel rows of one image."""
        return prod(line.extent for line in self.outer)

    @property
    def group_parts(self) -> int:
        """The number of parts of one group."""
        return -(-self.sizes.outputs // self.way.width)

    @property
    def outer_phases(self) -> list[Phases]:
        """The combinations of outer phases that units have; a folded axis has phase 0 only."""
        counts = [line.stride for line in self.outer]
        if self.way.folded > 1:
            counts[-1] = 1
        return list(product(*map(range, counts)))

    @property
    def parts(self) -> int:
        """The number of parts of all groups, which are counted group by group."""
        return self.sizes.groups * self.group_parts

    @property
    def units(self) -> int:
        """The number of units, which are counted part by part, and phase by phase within a part."""
        return self.parts * len(self.outer_phases)

    @property
    def copies(self) -> int:
        """The number of times that the panel holds the input."""
        return max(1, len(self.last.shifts)) if self.way.copied else 1

    @property
    def taps(self) -> int:
        """The number of taps of all phases together, for one position."""
        return prod(sum(map(len, line.phases)) for line in self.lines)

    @property
    def row_phases(self) -> int:
        """The number of outputs of a unit for one channel and position."""
        return self.way.folded * self.last.stride

    @property
    def outer_taps(self) -> int:
        """The number of taps in the loops around a tile's steps, of all outer phases together."""
        lines = [sum(map(len, line.phases)) for line in self.outer]
        if self.way.folded > 1:
            inner = self.last.phases if self.way.swapped else self.outer[-1].phases[:1]
            lines[-1] = sum(map(len, inner))
        return prod(lines)

    @property
    def vectors(self) -> int:
        """The number of vectors that cover all positions."""
        run = self.last.size
        if self.way.copied and self.outer and self.outer[-1].step == 1:
            run *= self.outer[-1].size  # rows of copies have no gaps between them
        return self.rows * self.last.size // run * -(-run // self.way.tile.lanes)

    def panel_rows(self, rows: int) -> int:
        """Return the panel rows of the largest block with so many rows of positions."""
        # Blocks that cross images or outer positions read rows in between that others do not.
        firsts = np.arange(0, self.rows, rows)
        between = self.panel_row(np.minimum(firsts + rows, self.rows) - 1) - self.panel_row(firsts)
        return int(between.max()) + self.reach_rows

    @property
    def reach_rows(self) -> int:
        """The number of panel rows from the first to the last that one row of positions reads."""
        pairs = zip(self.outer, self.row_pitches, strict=True)
        return sum((line.reach - 1) * pitch for line, pitch in pairs) + 1

    def panel_row(self, row: Array) -> Array:
        """Return the panel row from which each row of positions reads on."""
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
        return len(self.outer) - self.way.swapped

    def tiles(self) -> Iterator[list[list[TileRow]]]:
        """Yield the tile rows of a unit's calls, grouped into calls that read the same inputs."""
        tile, channels = self.way.tile, range(self.way.width)
        folds = range(0, self.row_phases, self.last.stride)
        if tile.planes > 1:
            yield [[(c, r) for c in channels for r in range(tile.planes)]]
            return
        # One call serves phases that read the same inputs, whatever their taps.
        for alike in self.last.classes:
            rows: list[TileRow] = [(c, f + r) for c in channels for f in folds for r in alike]
            # The tile has a fixed number of rows: its last call computes some that nobody stores.
            rows += [(UNUSED, None)] * (-len(rows) % tile.rows)
            yield [rows[at : at + tile.rows] for at in range(0, len(rows), tile.rows)]

    def slots(self) -> tuple[Array, Array]:
        """Return the slots of a unit, and the channel of each of its tile rows.

        Slots are ordered by channel, folded output and last phase. The channel of a row that only
        fills a tile up is UNUSED.
        """
        rows = [row for calls in self.tiles() for call in calls for row in call]
        place = {row: at for at, row in enumerate(rows) if row[1] is not None}
        channels = np.array([channel for channel, _ in rows], np.int64)
        return np.array([place[row] for row in sorted(place)], np.int64), channels
