"""The recipes with vectors of positions: the ways to cut a layer into tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from deconvcli.compute.kernels.machine import Machine
from deconvcli.compute.kernels.reference import AxisNumbers
from deconvcli.compute.kernels.tiled.cost import RATES, layer_cycles
from deconvcli.compute.kernels.tiled.lines import Line
from deconvcli.compute.kernels.tiled.plan import LayerSizes, Plan, Way
from deconvcli.compute.kernels.tiled.tile import Tile
from deconvcli.compute.kernels.tiled.work import TiledWork

MAX_STREAMS = 32
"""Channels read in place side by side that the processor still prefetches."""
MAX_MASK_BITS = 62
"""Bits of an integer literal that Numba accepts."""
MAX_UNIT_ROWS = 512
"""Tile rows of a unit; the sums of more would not stay in the first-level cache."""


class TiledRecipe(NamedTuple):
    """A way to cut a layer into tiles of rows x vectors, for inputs of any size.

    planar: the planes of the tile are the phases of the last axis. folded > 1: the planes are so
    many neighbouring outputs along the axis before the last. merged: there are no planes, and the
    phases of the axis before the last, which must all read the same inputs, become tile rows like
    channels. copied, direct, woven: see plan.Way.
    """

    rows: int
    vectors: int
    lanes: int
    copied: bool
    planar: bool = False
    folded: int = 1
    merged: bool = False
    direct: bool = False
    woven: bool = True

    def plan(self, sizes: LayerSizes, spatial: Sequence[int], axes: Sequence[AxisNumbers]) -> Plan:
        """Return the plan of a layer; planes that the layer does not have are left out."""
        lines = [Line.of(n, axis) for n, axis in zip(spatial, axes, strict=True)]
        way = Way(
            Tile(self.rows, 1, 1, 1, self.vectors, self.lanes),
            1,
            1,
            self.copied,
            # Again, as below for planes: a block may have other lines than the whole layer.
            direct=self.direct and _is_direct(lines, self.lanes),
            woven=self.woven,
        )
        if self.folded > 1 and len(lines) > 1:
            line = Line.of(spatial[-2], axes[-2], self.folded)
            way = self._with_planes(way, line)
            way = way._replace(folded=way.tile.planes, swapped=True)
        elif self.merged and _can_merge(lines):
            way = way._replace(folded=lines[-2].stride)
        elif self.planar:
            way = self._with_planes(way, lines[-1])
        # With planes the width follows from the tile: it has rows / planes channels.
        if way.tile.planes == 1:
            way = way._replace(width=_width(lines[-1], sizes.outputs, self.rows, way.folded))
        return Plan.of(sizes, spatial, axes, way)

    def cycles(
        self, sizes: LayerSizes, spatial: Sequence[int], axes: Sequence[AxisNumbers]
    ) -> float:
        """Return the modelled cycles of the whole layer; each axis must have outputs."""
        return layer_cycles(self.plan(sizes, spatial, axes))

    def cut(
        self,
        sizes: LayerSizes,
        spatial: Sequence[int],
        axes: Sequence[AxisNumbers],
        dtype: np.dtype[Any],
        threads: int,
    ) -> TiledWork:
        """Return the layer cut in this way, with its tasks and tables."""
        return TiledWork(self.plan(sizes, spatial, axes), dtype, threads)

    def _with_planes(self, way: Way, line: Line) -> Way:
        """Return `way` with the phases of `line` as planes, which share every load.

        A line without taps has no planes, nor has one with too many steps for a literal.
        """
        planes, steps = line.stride, len(line.masks)
        # recipes() has checked the whole layer, whose blocks may have more steps by their crops.
        if planes == 1 or not 0 < planes * steps <= MAX_MASK_BITS:
            return way
        masks = sum(mask << step * planes for step, mask in enumerate(line.masks))
        channels = max(1, self.rows // planes)
        tile = Tile(channels, planes, steps, masks, self.vectors, self.lanes)
        return way._replace(tile=tile, width=channels)


def recipes(
    sizes: LayerSizes,
    spatial: Sequence[int],
    axes: Sequence[AxisNumbers],
    known: Machine,
    itemsize: int,
) -> Iterator[TiledRecipe]:
    """Yield the recipes to compare: all tiles, with and without planes, with and without copies."""
    lanes = known.lanes(itemsize)
    lines = [Line.of(n, axis) for n, axis in zip(spatial, axes, strict=True)]
    last, can_merge, is_direct = lines[-1], _can_merge(lines), _is_direct(lines, lanes)
    is_flat = last.stride == 1 and len(axes) > 1 and axes[-2][1] == 1
    for rows, vectors in RATES[known.registers]:
        # Copies cost a panel for each shift, and help only where rows do not fill their vectors:
        # inputs of 4x4x4 took 1.5 ms with gaps, 1.0 without.
        for copied in (False, True) if len(last.shifts) > 1 or last.size % lanes else (False,):
            plain = TiledRecipe(rows, vectors, lanes, copied)
            yield plain
            if _fills(last, rows, sizes.outputs):
                yield plain._replace(planar=True)
            # Folding needs stride 1 on both axes: else there are phases to share loads already.
            for folded in range(2, rows + 1) if is_flat else ():
                line = Line.of(spatial[-2], axes[-2], folded)
                if line.stride == folded and _fills(line, rows, sizes.outputs):
                    yield plain._replace(folded=folded)
            if can_merge and sizes.outputs * last.stride < rows:
                yield plain._replace(merged=True)
        phases = last.stride * (lines[-2].stride if can_merge else 1)
        # One tile must make all outputs of a position: x would be read again for each further one.
        # 24 channels of 320x320 to one take 0.4 ms so, and 0.8 to 1.2 with a panel.
        if is_direct and sizes.outputs * phases <= rows and sizes.inputs <= MAX_STREAMS:
            yield TiledRecipe(rows, vectors, lanes, False, merged=can_merge, direct=True)


def _fills(line: Line, rows: int, outputs: int) -> bool:
    """Whether the phases of `line`, as planes, fill a tile of so many rows."""
    planes = line.stride
    return (
        planes > 1
        and rows % planes == 0
        and rows // planes <= outputs
        and planes * len(line.shifts) <= MAX_MASK_BITS
    )


def _can_merge(lines: Sequence[Line]) -> bool:
    """Whether the axis before the last has several phases that all read the same inputs."""
    if len(lines) < 2 or not lines[-2].shifts:
        return False
    return lines[-2].stride > 1 == len(lines[-2].classes)


def _is_direct(lines: Sequence[Line], lanes: int) -> bool:
    """Whether every output reads only the input at its own place, and rows fill a vector."""
    return lines[-1].n >= lanes and all(
        line.shifts == (0,) and line.size <= line.n and line.step == 1 for line in lines
    )


def _width(last: Line, outputs: int, rows: int, folded: int) -> int:
    """Return the output channels of a unit that leave the fewest tile rows empty."""
    most = max(1, min(outputs, 2 * rows, MAX_UNIT_ROWS // last.stride))
    classes = [(len(alike) * folded, len(last.phases[alike[0]])) for alike in last.classes]

    def empty(width: int) -> tuple[int, int]:
        tiles = sum(-(-count * width // rows) * taps for count, taps in classes)
        return tiles * -(-outputs // width), width

    return min(range(1, most + 1), key=empty)
