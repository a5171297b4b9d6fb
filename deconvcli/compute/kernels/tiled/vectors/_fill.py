"""Inputs to the panel, zeros around them."""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.extending import intrinsic

from deconvcli.compute.kernels.emitter import INDEX, Emitter, cgutils
from deconvcli.compute.kernels.tiled.tables import (
    BEGIN,
    COPIES,
    COPY_PITCH,
    FILLED,
    IMAGE_SIZE,
    PANEL_PITCH,
    PANEL_ROWS,
    ROW_PITCH,
    SHIFTS,
    SOURCES,
    N,
)  # fmt: skip


@intrinsic(prefer_literal=True)
def fill(
    typing: Any,
    space: Any,
    x: Any,
    layer: Any,
    block: Any,
    channel: Any,
    count: Any,
    lanes: Any,
) -> Any:
    """The panel of a block: `count` input channels from `channel` on.

    Row by row, zeros beyond the ends of x; with copies a row once for each shift. A vector may run
    over the end of a row: they are written in ascending order.
    """
    width = lanes.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit = _Fill(context, builder, signature, arguments)
        emit.use(signature.args[0].dtype, width)
        emit.write()
        return context.get_dummy_value()

    return types.void(space, x, layer, block, channel, count, lanes), codegen


class _Fill(Emitter):
    """The loops of `fill`: channels, rows, copies, vectors."""

    def write(self) -> None:
        """All rows of all channels."""
        builder = self.builder
        self.space, self.x = self.data(0), self.data(1)
        self.layer, self.block = self.data(2), self.data(3)
        self.begin, self.n = self.of(self.block, BEGIN), self.of(self.layer, N)
        self.width, self.copies = self.of(self.block, FILLED), self.of(self.layer, COPIES)
        self.copy_pitch, self.shifts = self.of(self.layer, COPY_PITCH), self.of(self.layer, SHIFTS)
        image_size, pitch = self.of(self.layer, IMAGE_SIZE), self.of(self.layer, ROW_PITCH)
        panel_pitch, sources = self.of(self.layer, PANEL_PITCH), self.of(self.block, SOURCES)
        rows, first = self.of(self.block, PANEL_ROWS), self.index(4)
        with cgutils.for_range(builder, self.index(5)) as channels:
            image = builder.mul(builder.add(first, channels.index), image_size)
            panel = builder.mul(channels.index, panel_pitch)
            with cgutils.for_range(builder, rows) as row:
                source = self.number(self.block, builder.add(sources, row.index))
                exists = builder.icmp_signed(">=", source, INDEX(0))
                self._row(
                    builder.add(panel, builder.mul(row.index, pitch)),
                    builder.add(source, image),
                    builder.select(exists, self.n, INDEX(0)),
                )

    def _row(self, at: Any, source: Any, n: Any) -> None:
        """The copies of a row of n inputs, which begin at `source`."""
        builder = self.builder
        with cgutils.for_range(builder, self.copies) as copy:
            shift = self.number(self.layer, builder.add(self.shifts, copy.index))
            begin = builder.add(self.begin, shift)
            place = builder.add(at, builder.mul(copy.index, self.copy_pitch))
            self._line(place, builder.add(source, begin), builder.neg(begin), builder.sub(n, begin))

    def _line(self, at: Any, source: Any, low: Any, high: Any) -> None:
        """Elements low ... high-1 from x, zeros around them."""
        builder, lanes = self.builder, INDEX(self.lanes)
        target = self.shifted(self.space, self.bytes(at))
        origin = self.shifted(self.x, self.bytes(source))
        with cgutils.for_range_slice(builder, INDEX(0), self.width, lanes) as (at, _):
            place = self.bytes(at)
            first, end = builder.sub(low, at), builder.sub(high, at)
            whole = builder.and_(
                builder.icmp_signed("<=", first, INDEX(0)), builder.icmp_signed(">=", end, lanes)
            )
            with builder.if_else(whole) as (all_lanes, some_lanes):
                with all_lanes:
                    self.store(self.load(self.shifted(origin, place)), self.shifted(target, place))
                with some_lanes:
                    mask = self.between(first, end)
                    moved = self.load_some(self.shifted(origin, place), mask)
                    self.store(moved, self.shifted(target, place))
