"""Inputs copied into the panel, with zeros around them."""

from __future__ import annotations

from numba.core import types
from numba.extending import intrinsic

from deconvcli.compute.kernels.emitter import (
    INDEX,
    Argument,
    Builder,
    Context,
    Emitter,
    Intrinsic,
    Signature,
    Value,
    Values,
    cgutils,
)
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
    typing_context: object,
    space: Argument,
    x: Argument,
    layer: Argument,
    block: Argument,
    channel: Argument,
    count: Argument,
    lanes: Argument,
) -> Intrinsic:
    """Fill the panel of a block with `count` input channels from `channel` on.

    Panel rows are zero beyond the ends of x. With copies there is one row for each shift. Rows are
    written in ascending order: the last vector of a row may run into the next one, which then
    writes over it, and the panel has room for one vector after the last row.
    """
    width = lanes.literal_value

    def codegen(
        context: Context, builder: Builder, signature: Signature, arguments: Values
    ) -> Value:
        emit = _Fill(context, builder, signature, arguments)
        emit.use(signature.args[0].dtype, width)
        emit.write()
        return context.get_dummy_value()

    return types.void(space, x, layer, block, channel, count, lanes), codegen


class _Fill(Emitter):
    """The loops of `fill`: channels, rows, copies, vectors."""

    def write(self) -> None:
        """Fill all rows of all channels."""
        builder = self.builder
        self.space, self.x = self.data(0), self.data(1)
        self.layer, self.block = self.data(2), self.data(3)
        self.begin, self.n = self.head(self.block, BEGIN), self.head(self.layer, N)
        self.width, self.copies = self.head(self.block, FILLED), self.head(self.layer, COPIES)
        self.copy_pitch, self.shifts = (
            self.head(self.layer, COPY_PITCH),
            self.head(self.layer, SHIFTS),
        )
        image_size, pitch = self.head(self.layer, IMAGE_SIZE), self.head(self.layer, ROW_PITCH)
        panel_pitch, sources = self.head(self.layer, PANEL_PITCH), self.head(self.block, SOURCES)
        rows, first = self.head(self.block, PANEL_ROWS), self.index(4)
        with cgutils.for_range(builder, self.index(5)) as channels:
            image = builder.mul(builder.add(first, channels.index), image_size)
            panel = builder.mul(channels.index, panel_pitch)
            with cgutils.for_range(builder, rows) as row:
                source = self.number(self.block, builder.add(sources, row.index))
                exists = builder.icmp_signed(">=", source, INDEX(0))
                # A row of zeros has 0 inputs: all lanes are masked, and its address is never read.
                self._row(
                    builder.add(panel, builder.mul(row.index, pitch)),
                    builder.add(source, image),
                    builder.select(exists, self.n, INDEX(0)),
                )

    def _row(self, at: Value, source: Value, n: Value) -> None:
        """Fill the copies of a row of n inputs, which begin at `source`."""
        builder = self.builder
        with cgutils.for_range(builder, self.copies) as copy:
            shift = self.number(self.layer, builder.add(self.shifts, copy.index))
            begin = builder.add(self.begin, shift)
            place = builder.add(at, builder.mul(copy.index, self.copy_pitch))
            self._copy(place, builder.add(source, begin), builder.neg(begin), builder.sub(n, begin))

    def _copy(self, at: Value, source: Value, low: Value, high: Value) -> None:
        """Copy elements low ... high-1 from x, with zeros around them."""
        builder, lanes = self.builder, INDEX(self.lanes)
        target = self.advance(self.space, self.bytes(at))
        origin = self.advance(self.x, self.bytes(source))
        with cgutils.for_range_slice(builder, INDEX(0), self.width, lanes) as (at, _):
            place = self.bytes(at)
            first, end = builder.sub(low, at), builder.sub(high, at)
            whole = builder.and_(
                builder.icmp_signed("<=", first, INDEX(0)), builder.icmp_signed(">=", end, lanes)
            )
            with builder.if_else(whole) as (all_lanes, some_lanes):
                with all_lanes:
                    self.store(self.load(self.advance(origin, place)), self.advance(target, place))
                with some_lanes:
                    # Masked: beyond the ends of a row lies another row, or memory that is not x's.
                    mask = self.lane_mask(first, end)
                    moved = self.load_some(self.advance(origin, place), mask)
                    self.store(moved, self.advance(target, place))
