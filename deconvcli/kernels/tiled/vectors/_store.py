"""Sums to outputs: the phases of the last axis interleaved in registers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from numba.core import types
from numba.extending import intrinsic

from deconvcli.kernels.emitter import INDEX, Emitter, cgutils, interleaved
from deconvcli.kernels.tiled.tables import (
    CHANNEL_SIZE,
    FIRST_SEGMENT,
    FOLDED,
    LINE,
    PLACES,
    ROWS,
    SEGMENTS,
    SLOTS,
    STRIDE,
)  # fmt: skip

WOVEN = 16
"""Phases that are interleaved in registers; more are stored one by one."""


@intrinsic(prefer_literal=True)
def store(
    typing: Any,
    y: Any,
    at: Any,
    space: Any,
    source: Any,
    layer: Any,
    block: Any,
    v: Any,
    count: Any,
    phase: Any,
    kept: Any,
    pitch: Any,
    stride: Any,
    lanes: Any,
) -> Any:
    """Write the outputs of vectors v ... v+count-1 of a unit, `count` at least 1.

    `kept` channels, of which the first begins at y[at]. The sums of the first vector begin at
    space[source], those of the next row `pitch` further. The phases of the last axis, `stride` of
    them, are interleaved.
    """
    width = lanes.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit = _Store(context, builder, signature, arguments)
        emit.use(signature.args[0].dtype, width)
        emit.write(pitch.literal_value, stride.literal_value)
        return context.get_dummy_value()

    signature = types.void(
        y, at, space, source, layer, block, v, count, phase, kept, pitch, stride, lanes
    )
    return signature, codegen


class _Segment(NamedTuple):
    """`size` outputs of a row from `output` on; `skipped` come before them in their vector."""

    row: Any
    output: Any
    size: Any
    skipped: Any


class _Store(Emitter):
    """The loops of `store`: vectors, segments of rows, folded rows, channels."""

    def write(self, pitch: int, stride: int) -> None:
        """All vectors; those that lie whole in one row share what is looked up for it."""
        builder = self.builder
        self.layer, self.block = self.data(4), self.data(5)
        self.space, self.pitch, self.stride = self.data(2), pitch, stride
        self.sums = self.shifted(self.space, self.bytes(self.index(3)))
        begin, end = self._begin(INDEX(0)), self._begin(self.index(7))
        if not 0 < stride <= WOVEN:
            self._apart()
            return
        last = self._segment(builder.sub(end, INDEX(1)))
        single = builder.icmp_signed("==", builder.sub(end, begin), self.index(7))
        one_row = builder.icmp_signed("==", self._segment(begin).row, last.row)
        together = builder.and_(builder.and_(single, one_row), self._is_whole(last))
        with builder.if_else(together) as (in_a_row, apart):
            with in_a_row:
                self._together(begin)
            with apart:
                self._apart()

    def _begin(self, vector: Any) -> Any:
        """The first segment of a vector of this call."""
        at = self.builder.add(self.of(self.block, FIRST_SEGMENT), self.index(6))
        return self.number(self.block, self.builder.add(at, vector))

    def _segment(self, index: Any) -> _Segment:
        builder = self.builder
        at = builder.add(self.of(self.block, SEGMENTS), builder.mul(index, INDEX(4)))
        return _Segment(*(self.number(self.block, builder.add(at, INDEX(i))) for i in range(4)))

    def _is_whole(self, segment: _Segment) -> Any:
        return self.builder.icmp_signed("==", segment.size, INDEX(self.stride * self.lanes))

    def _together(self, begin: Any) -> None:
        """Whole vectors of one row."""
        builder = self.builder

        def channel(place: Any, slot: Any) -> None:
            sources = [self._source(slot, r) for r in range(self.stride)]
            with cgutils.for_range(builder, self.index(7)) as vector:
                output = self._segment(builder.add(begin, vector.index)).output
                further = self.bytes(builder.mul(vector.index, INDEX(self.lanes)))
                parts = [[self.load(self.shifted(source, further))] for source in sources]
                woven = interleaved(builder, parts, self.lanes)
                self._line(woven, self.shifted(place, self.bytes(output)))

        self._places(self._segment(begin).row, channel)

    def _apart(self) -> None:
        """Vectors one by one, and each by its segments."""
        builder = self.builder
        with cgutils.for_range(builder, self.index(7)) as vector:
            begin = self._begin(vector.index)
            end = self._begin(builder.add(vector.index, INDEX(1)))
            lane = builder.mul(vector.index, INDEX(self.lanes))
            with cgutils.for_range_slice(builder, begin, end, INDEX(1)) as (index, _):
                segment = self._segment(index)

                def channel(place: Any, slot: Any, segment: _Segment = segment) -> None:
                    place = self.shifted(place, self.bytes(segment.output))
                    if 0 < self.stride <= WOVEN:
                        self._interleaved(place, slot, lane, segment)
                    else:
                        self._one_by_one(place, slot, lane, segment)

                self._places(segment.row, channel)

    def _places(self, row: Any, channel: Callable[[Any, Any], None]) -> None:
        """channel(where the row begins in y, its first slot) for all folded rows and channels."""
        builder, stride = self.builder, self.of(self.layer, STRIDE)
        folded = self.of(self.layer, FOLDED)
        with cgutils.for_range(builder, folded) as fold:
            rows = builder.add(builder.mul(self.index(8), folded), fold.index)
            place = builder.add(builder.mul(rows, self.of(self.block, ROWS)), row)
            target = self.number(self.block, builder.add(self.of(self.block, PLACES), place))
            exists = builder.icmp_signed(">=", target, INDEX(0))
            target = builder.add(target, self.index(1))
            kept = builder.select(exists, self.index(9), INDEX(0))
            with cgutils.for_range(builder, kept) as each:
                further = builder.mul(each.index, self.of(self.layer, CHANNEL_SIZE))
                address = self.shifted(self.data(0), self.bytes(builder.add(target, further)))
                slot = builder.add(builder.mul(each.index, folded), fold.index)
                slot = builder.add(self.of(self.layer, SLOTS), builder.mul(slot, stride))
                channel(address, slot)

    def _interleaved(self, place: Any, slot: Any, lane: Any, segment: _Segment) -> None:
        builder, further = self.builder, self.bytes(lane)
        sources = [self.shifted(self._source(slot, r), further) for r in range(self.stride)]
        woven = interleaved(builder, [[self.load(source)] for source in sources], self.lanes)
        with builder.if_else(self._is_whole(segment)) as (all_kept, some_kept):
            with all_kept:
                self._line(woven, place)
            with some_kept:
                line = self.shifted(self.space, self.bytes(self.of(self.layer, LINE)))
                self._line(woven, line)
                kept = self.shifted(line, self.bytes(segment.skipped))
                with cgutils.for_range(builder, segment.size) as each:
                    value = builder.load(self.element(kept, each.index))
                    builder.store(value, self.element(place, each.index))

    def _source(self, slot: Any, r: int) -> Any:
        """Where the sums of phase r begin."""
        row = self.number(self.layer, self.builder.add(slot, INDEX(r)))
        return self.shifted(self.sums, self.bytes(self._row(row)))

    def _row(self, row: Any) -> Any:
        return self.builder.mul(row, INDEX(self.pitch))

    def _line(self, woven: Sequence[Any], address: Any) -> None:
        for at, value in enumerate(woven):
            self.store(value, self.shifted(address, INDEX(at * self.lanes * self.size)))

    def _one_by_one(self, place: Any, slot: Any, lane: Any, segment: _Segment) -> None:
        """Every output by itself, phase by phase: of any number of phases."""
        builder, stride = self.builder, self.of(self.layer, STRIDE)
        lane = builder.add(lane, builder.sdiv(segment.skipped, stride))
        with cgutils.for_range(builder, stride) as phase:
            row = self.number(self.layer, builder.add(slot, phase.index))
            source = builder.add(self._row(row), lane)
            left = builder.add(
                builder.sub(segment.size, phase.index), builder.sub(stride, INDEX(1))
            )
            with cgutils.for_range(builder, builder.sdiv(left, stride)) as each:
                value = builder.load(self.element(self.sums, builder.add(source, each.index)))
                at = builder.add(builder.mul(each.index, stride), phase.index)
                builder.store(value, self.element(place, at))
