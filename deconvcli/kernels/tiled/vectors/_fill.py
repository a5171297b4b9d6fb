"""Inputs to the panel, zeros around them."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from deconvcli.kernels.emitter import INDEX, Emitter, cgutils
from deconvcli.kernels.tiled.tables import (
    BEGIN,
    COLUMNS,
    COPIES,
    COPY_PITCH,
    FILLED,
    IMAGE_SIZE,
    LINE,
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

    Row by row, zeros beyond the ends of x. With copies a row is made in a line of its own, then
    moved once for each shift. A vector may run over the end of a row: they are written in
    ascending order.
    """
    width = lanes.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit = _Fill(context, builder, signature, arguments)
        emit.use(signature.args[0].dtype, width)
        emit.write()
        return context.get_dummy_value()

    return types.void(space, x, layer, block, channel, count, lanes), codegen


class _Fill(Emitter):
    """The loops of `fill`: channels, rows, and in a row what lies before, inside and behind x."""

    def write(self) -> None:
        """All rows of all channels."""
        builder = self.builder
        self.space, self.x = self.data(0), self.data(1)
        self.layer, self.block = self.data(2), self.data(3)
        begin, n = self.of(self.block, BEGIN), self.of(self.layer, N)
        self.width = self.of(self.block, FILLED)
        behind = builder.sub(n, begin)
        low = self.larger(INDEX(0), builder.neg(begin))
        high = self.smaller(self.width, behind)
        inside = builder.icmp_signed("<", low, high)
        inputs, rows = self.index(5), self.of(self.block, PANEL_ROWS)
        with cgutils.for_range(builder, inputs) as channels:
            channel = builder.add(self.index(4), channels.index)
            image = builder.mul(channel, self.of(self.layer, IMAGE_SIZE))
            first_row = builder.mul(channels.index, self.of(self.layer, PANEL_PITCH))
            with cgutils.for_range(builder, rows) as row:
                source = self.number(
                    self.block, builder.add(self.of(self.block, SOURCES), row.index)
                )
                exists = builder.and_(inside, builder.icmp_signed(">=", source, INDEX(0)))
                source = builder.add(source, builder.add(image, begin))
                pitch = builder.mul(row.index, self.of(self.layer, ROW_PITCH))
                self._row(
                    builder.add(first_row, pitch),
                    source,
                    builder.select(exists, low, INDEX(0)),
                    builder.select(exists, high, INDEX(0)),
                )

    def _row(self, at: Any, source: Any, low: Any, high: Any) -> None:
        """Elements low ... high-1 from x, zeros around them; then the copies."""
        builder, copies = self.builder, self.of(self.layer, COPIES)
        copied = builder.icmp_signed(">", copies, INDEX(0))
        place = builder.select(copied, self.of(self.layer, LINE), at)
        self._zeros(place, low)
        self._inside(builder.add(place, low), builder.add(source, low), builder.sub(high, low))
        self._zeros(builder.add(place, high), builder.sub(self.width, high))
        with cgutils.for_range(builder, copies) as copy:
            shift = self.number(self.layer, builder.add(self.of(self.layer, SHIFTS), copy.index))
            further = builder.mul(copy.index, self.of(self.layer, COPY_PITCH))
            shifted = self.shifted(self.space, self.bytes(builder.add(place, shift)))
            target = self.shifted(self.space, self.bytes(builder.add(at, further)))
            self._vectors(target, shifted, self.of(self.block, COLUMNS))

    def _inside(self, at: Any, source: Any, count: Any) -> None:
        """Inputs in whole vectors, but one by one where a vector would run over the end of x."""
        builder = self.builder
        target = self.shifted(self.space, self.bytes(at))
        origin = self.shifted(self.x, self.bytes(source))
        end = builder.add(builder.add(source, count), INDEX(self.lanes))
        whole = builder.icmp_signed("<=", end, self.length(1))
        with builder.if_else(whole) as (vectors, numbers):
            with vectors:
                self._vectors(target, origin, count)
            with numbers, cgutils.for_range(builder, count) as each:
                value = builder.load(self.element(origin, each.index))
                builder.store(value, self.element(target, each.index))

    def _zeros(self, at: Any, count: Any) -> None:
        target, step = self.shifted(self.space, self.bytes(at)), INDEX(self.lanes)
        zeros = ir.Constant(self.vector, None)
        with cgutils.for_range_slice(self.builder, INDEX(0), count, step) as (at, _):
            self.store(zeros, self.shifted(target, self.bytes(at)))

    def _vectors(self, target: Any, source: Any, count: Any) -> None:
        step = INDEX(self.lanes)
        with cgutils.for_range_slice(self.builder, INDEX(0), count, step) as (at, _):
            moved = self.load(self.shifted(source, self.bytes(at)))
            self.store(moved, self.shifted(target, self.bytes(at)))
