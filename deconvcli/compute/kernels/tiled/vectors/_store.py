"""Sums written to outputs, with the phases of the last axis interleaved in registers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

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
    interleave,
)
from deconvcli.compute.kernels.tiled.tables import (
    CHANNEL_SIZE,
    FIRST_SEGMENT,
    FOLDED,
    PLACES,
    ROWS,
    SEGMENTS,
    SLOTS,
    STRIDE,
)  # fmt: skip

MAX_WOVEN_PHASES = 16
"""Phases that are interleaved in registers; with more, outputs are stored one by one."""


@intrinsic(prefer_literal=True)
def store(
    typing_context: object,
    y: Argument,
    at: Argument,
    space: Argument,
    source: Argument,
    layer: Argument,
    block: Argument,
    v: Argument,
    count: Argument,
    phase: Argument,
    kept: Argument,
    pitch: Argument,
    stride: Argument,
    lanes: Argument,
) -> Intrinsic:
    """Write the outputs of vectors v ... v+count-1 of a unit; `count` must be at least 1.

    The first of `kept` channels begins at y[at]. The sums of the first vector begin at
    space[source], and those of each next tile row `pitch` further. The `stride` phases of the last
    axis are interleaved.
    """
    width = lanes.literal_value

    def codegen(
        context: Context, builder: Builder, signature: Signature, arguments: Values
    ) -> Value:
        emit = _Store(context, builder, signature, arguments)
        emit.use(signature.args[0].dtype, width)
        emit.write(pitch.literal_value, stride.literal_value)
        return context.get_dummy_value()

    signature = types.void(
        y, at, space, source, layer, block, v, count, phase, kept, pitch, stride, lanes
    )
    return signature, codegen


class _Segment(NamedTuple):
    """A segment: `size` outputs from `output` on, after `skipped` others of the same vector.

    row: the row of the block. lane: the place of the vector's first sum in a tile row.
    """

    row: Value
    output: Value
    size: Value
    skipped: Value
    lane: Value


class _Store(Emitter):
    """The loops of `store`: folded outputs, channels, and the segments of all vectors."""

    def write(self, pitch: int, stride: int) -> None:
        """Store all vectors of all channels."""
        builder = self.builder
        self.layer, self.block = self.data(4), self.data(5)
        self.pitch, self.stride = pitch, stride
        self.sums = self.advance(self.data(2), self.bytes(self.index(3)))
        folded, rows = self.head(self.layer, FOLDED), self.head(self.block, ROWS)
        channel_size, phases = self.head(self.layer, CHANNEL_SIZE), self.head(self.layer, STRIDE)
        slots, places = self.head(self.layer, SLOTS), self.head(self.block, PLACES)
        first, count = self.index(6), self.index(7)
        begin, end = self._begin(first), self._begin(builder.add(first, count))
        before = builder.mul(first, INDEX(self.lanes))
        with cgutils.for_range(builder, folded) as fold:
            at = builder.add(builder.mul(self.index(8), folded), fold.index)
            place = builder.add(places, builder.mul(at, rows))
            with cgutils.for_range(builder, self.index(9)) as channel:
                further = builder.mul(channel.index, channel_size)
                target = self.advance(self.data(0), self.bytes(builder.add(self.index(1), further)))
                slot = builder.add(builder.mul(channel.index, folded), fold.index)
                slot = builder.add(slots, builder.mul(slot, phases))
                # Before the loop over segments, so that interleaving reads its rows once.
                put = (
                    self._store_interleaved(slot)
                    if 0 < stride <= MAX_WOVEN_PHASES
                    else self._store_one_by_one(slot)
                )
                with cgutils.for_range_slice(builder, begin, end, INDEX(1)) as (index, _):
                    segment = self._segment(index, before)
                    row = self.number(self.block, builder.add(place, segment.row))
                    # Rows of a phase that ends early do not exist, and lie at -1.
                    with builder.if_then(builder.icmp_signed(">=", row, INDEX(0))):
                        to = self.bytes(builder.add(row, segment.output))
                        put(self.advance(target, to), segment)

    def _begin(self, vector: Value) -> Value:
        """Return the first segment of a vector."""
        return self.number(
            self.block, self.builder.add(self.head(self.block, FIRST_SEGMENT), vector)
        )

    def _segment(self, index: Value, before: Value) -> _Segment:
        """Read a segment; its lane is counted from this call's first vector, at lane `before`."""
        builder, fields = self.builder, INDEX(len(_Segment._fields))
        at = builder.add(self.head(self.block, SEGMENTS), builder.mul(index, fields))
        row, output, size, skipped, lane = (
            self.number(self.block, builder.add(at, INDEX(place)))
            for place in range(len(_Segment._fields))
        )
        return _Segment(row, output, size, skipped, builder.sub(lane, before))

    def _store_interleaved(self, slot: Value) -> Callable[[Value, _Segment], None]:
        """Return a function that stores a segment with its phases interleaved in registers."""
        builder = self.builder
        sources = [self.advance(self.sums, self.bytes(self._row(slot, r))) for r in self._phases()]

        def put(target: Value, segment: _Segment) -> None:
            lane = self.bytes(segment.lane)
            phases = [[self.load(self.advance(source, lane))] for source in sources]
            woven = interleave(builder, phases, self.lanes)
            outputs = INDEX(self.stride * self.lanes)
            fills = builder.icmp_signed("==", segment.size, outputs)
            with builder.if_else(fills) as (is_whole, is_cut):
                with is_whole:
                    for at, value in enumerate(woven):
                        self.store(value, self._further(target, at))
                with is_cut:
                    # Masked: the outputs beside a segment belong to other vectors or other tasks.
                    # One by one they took twice the time.
                    start = self.advance(target, builder.neg(self.bytes(segment.skipped)))
                    end = builder.add(segment.skipped, segment.size)
                    for at, value in enumerate(woven):
                        passed = INDEX(at * self.lanes)
                        low, high = (builder.sub(one, passed) for one in (segment.skipped, end))
                        self.store_some(value, self._further(start, at), self.lane_mask(low, high))

        return put

    def _further(self, address: Value, vectors: int) -> Value:
        return self.advance(address, INDEX(vectors * self.lanes * self.size))

    def _phases(self) -> Iterable[Value]:
        return map(INDEX, range(self.stride))

    def _row(self, slot: Value, phase: Value) -> Value:
        """Return where the sums of a phase begin."""
        row = self.number(self.layer, self.builder.add(slot, phase))
        return self.builder.mul(row, INDEX(self.pitch))

    def _store_one_by_one(self, slot: Value) -> Callable[[Value, _Segment], None]:
        """Return a function that stores a segment one by one, for any number of phases."""
        builder, stride = self.builder, self.head(self.layer, STRIDE)

        def put(target: Value, segment: _Segment) -> None:
            # Exact: a segment begins at the first phase of a position.
            lane = builder.add(segment.lane, builder.sdiv(segment.skipped, stride))
            with cgutils.for_range(builder, stride) as phase:
                source = builder.add(self._row(slot, phase.index), lane)
                left = builder.add(
                    builder.sub(segment.size, phase.index), builder.sub(stride, INDEX(1))
                )
                with cgutils.for_range(builder, builder.sdiv(left, stride)) as each:
                    value = builder.load(self.element(self.sums, builder.add(source, each.index)))
                    at = builder.add(builder.mul(each.index, stride), phase.index)
                    builder.store(value, self.element(target, at))

        return put
