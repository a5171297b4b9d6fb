"""The machine's vectors in Numba: a register tile of a matrix product, and moves in and out of it.

Numba's own vectoriser keeps no tile of accumulators in registers; explicit LLVM vectors do, and
reach the rate of the multipliers. Every function has a plain twin of the same name in loops.py.

All arrays are flat and of one float dtype, tables are int64. The last arguments are literals, and
one version is compiled for each. Nothing is checked here: plan.py keeps the reads inside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numba.core.cgutils
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from deconvcli.kernels.tiled.tables import (
    BEGIN,
    CHANNEL_SIZE,
    COLUMNS,
    COPIES,
    COPY_PITCH,
    FILLED,
    FIRST_SEGMENT,
    FOLDED,
    IMAGE_SIZE,
    LINE,
    PANEL_PITCH,
    PANEL_ROWS,
    PLACES,
    ROW_PITCH,
    ROWS,
    SEGMENTS,
    SHIFTS,
    SLOTS,
    SOURCES,
    STRIDE,
    N,
)  # fmt: skip
from deconvcli.kernels.tiled.tile import Tile

WOVEN = 16
"""Phases that are interleaved in registers; more are stored one by one."""

cgutils: Any = numba.core.cgutils
INDEX = ir.IntType(64)
BYTE = ir.IntType(8)


@intrinsic(prefer_literal=True)
def multiply(
    typing: Any,
    sums: Any,
    sums_at: Any,
    bias: Any,
    bias_at: Any,
    panel: Any,
    panel_at: Any,
    channel_pitch: Any,
    starts: Any,
    first: Any,
    offsets: Any,
    offset_at: Any,
    taps: Any,
    inputs: Any,
    weights: Any,
    weight_at: Any,
    resumed: Any,
    channels: Any,
    planes: Any,
    steps: Any,
    masks: Any,
    vectors: Any,
    lanes: Any,
) -> Any:
    """Sums of one tile: for each row and vector, bias + every (input channel, tap) product.

    Writes sums[sums_at + row*vectors*lanes ...], row by row, vector by vector. Vector p starts at
    panel[panel_at + starts[first + p]]; input channel c lies c*channel_pitch further, step u of
    tap t offsets[offset_at + t*steps + u] further. Weights lie in the order in which they are used:
    input channel, tap, step, row. The order of each sum is that of its weights, bias first; if
    `resumed`, it goes on from what `sums` holds.
    """
    literals = (channels, planes, steps, masks, vectors, lanes)
    tile = Tile(*(literal.literal_value for literal in literals))
    signature = types.void(
        sums, sums_at, bias, bias_at, panel, panel_at, channel_pitch, starts, first, offsets,
        offset_at, taps, inputs, weights, weight_at, resumed, *literals,
    )  # fmt: skip

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _Multiply(context, builder, signature, arguments, tile).write()
        return context.get_dummy_value()

    return signature, codegen


class _Emitter:
    """What the code generators below share: typed addresses into flat arrays."""

    def __init__(self, context: Any, builder: Any, signature: Any, arguments: Any) -> None:
        self.context, self.builder = context, builder
        self.signature, self.arguments = signature, arguments

    def use(self, dtype: Any, lanes: int) -> None:
        """Work on vectors of `lanes` numbers of a Numba type."""
        self.scalar = self.context.get_value_type(dtype)
        self.vector = ir.VectorType(self.scalar, lanes)
        self.lanes, self.size = lanes, dtype.bitwidth // 8

    def index(self, place: int) -> Any:
        """Argument `place` as a 64-bit integer."""
        value, kind = self.arguments[place], self.signature.args[place]
        return self.context.cast(self.builder, value, kind, types.int64)

    def data(self, place: int) -> Any:
        """The address of array argument `place`, in bytes."""
        return self.builder.bitcast(self._array(place).data, BYTE.as_pointer())

    def _array(self, place: int) -> Any:
        make = self.context.make_array(self.signature.args[place])
        return make(self.context, self.builder, self.arguments[place])

    def number(self, base: Any, at: Any) -> Any:
        """Element `at` of an int64 table."""
        place = self.shifted(base, self.builder.mul(at, INDEX(8)))
        return self.builder.load(self.builder.bitcast(place, INDEX.as_pointer()))

    def shifted(self, base: Any, by: Any) -> Any:
        """The address `by` bytes further."""
        return self.builder.gep(base, [by])

    def bytes(self, elements: Any) -> Any:
        """The distance of so many numbers."""
        return self.builder.mul(elements, INDEX(self.size))

    def load(self, address: Any) -> Any:
        """The vector at any address."""
        value = self.builder.load(self.builder.bitcast(address, self.vector.as_pointer()))
        value.align = self.size
        return value

    def store(self, value: Any, address: Any) -> None:
        """A vector to any address."""
        place = self.builder.bitcast(address, self.vector.as_pointer())
        self.builder.store(value, place).align = self.size

    def element(self, base: Any, at: Any) -> Any:
        """The address of number `at`."""
        place = self.shifted(base, self.bytes(at))
        return self.builder.bitcast(place, self.scalar.as_pointer())

    def of(self, table: Any, place: int) -> Any:
        """A number in the head of a table."""
        return self.number(table, INDEX(place))

    def length(self, place: int) -> Any:
        """The number of elements of array argument `place`."""
        kind = self.signature.args[place]
        return self.context.make_array(kind)(
            self.context, self.builder, self.arguments[place]
        ).nitems

    def smaller(self, a: Any, b: Any) -> Any:
        """The smaller of two integers."""
        return self.builder.select(self.builder.icmp_signed("<", a, b), a, b)

    def larger(self, a: Any, b: Any) -> Any:
        """The larger of two integers."""
        return self.builder.select(self.builder.icmp_signed(">", a, b), a, b)

    def splat(self, address: Any) -> Any:
        """A vector of the one number at `address`."""
        builder, undefined = self.builder, ir.Constant(self.vector, ir.Undefined)
        number = builder.load(builder.bitcast(address, self.scalar.as_pointer()))
        alone = builder.insert_element(undefined, number, ir.IntType(32)(0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        return builder.shuffle_vector(alone, undefined, zeros)


class _Multiply(_Emitter):
    """The loops of `multiply`: input channels outside, taps inside, steps unrolled."""

    def __init__(
        self, context: Any, builder: Any, signature: Any, arguments: Any, tile: Tile
    ) -> None:
        super().__init__(context, builder, signature, arguments)
        self.tile = tile
        self.use(signature.args[0].dtype, tile.lanes)
        kind = ir.FunctionType(self.vector, [self.vector] * 3)
        name = f"llvm.fma.v{tile.lanes}f{8 * self.size}"
        self.fma = cgutils.get_or_insert_function(builder.module, kind, name)

    def write(self) -> None:
        """Bias into the accumulators, both loops, the accumulators into `sums`."""
        builder, tile = self.builder, self.tile
        panel, pitch = (
            self.shifted(self.data(4), self.bytes(self.index(5))),
            self.bytes(self.index(6)),
        )
        starts, first = self.data(7), self.index(8)
        self.offsets = self.shifted(self.data(9), builder.mul(self.index(10), INDEX(8)))
        self.taps, inputs = self.index(11), self.index(12)
        weights = self.shifted(self.data(13), self.bytes(self.index(14)))
        self.lane_starts = [
            self.bytes(self.number(starts, builder.add(first, INDEX(p))))
            for p in range(tile.vectors)
        ]
        carried = [panel, weights, *self._started()]
        alone = builder.icmp_signed("==", self.taps, INDEX(1))
        some = builder.icmp_signed(">", builder.mul(self.taps, inputs), INDEX(0))
        with builder.if_else(some) as (sums, nothing):
            with sums, builder.if_else(alone) as (one_tap, more_taps):
                with one_tap:
                    self._keep(self._one_tap(inputs, pitch, carried))
                with more_taps:
                    self._keep(self._all_taps(inputs, pitch, carried))
            with nothing:
                self._keep(carried[2:])

    def _one_tap(self, inputs: Any, pitch: Any, carried: Sequence[Any]) -> list[Any]:
        """The sums where the loop over taps would only cost time."""
        offsets = [self.number(self.offsets, INDEX(step)) for step in range(self.tile.steps)]

        def channel(_: Any, panel: Any, weight: Any, *sums: Any) -> list[Any]:
            return [self.shifted(panel, pitch), *self._tap(panel, offsets, weight, sums)]

        return self._loop(inputs, carried, channel)[2:]

    def _all_taps(self, inputs: Any, pitch: Any, carried: Sequence[Any]) -> list[Any]:
        """The sums: input channels outside, taps inside."""
        builder, steps = self.builder, range(self.tile.steps)

        def channel(_: Any, panel: Any, *carried: Any) -> list[Any]:
            def tap(index: Any, weight: Any, *sums: Any) -> list[Any]:
                first = builder.mul(index, INDEX(len(steps)))
                places = [builder.add(first, INDEX(step)) for step in steps]
                offsets = [self.number(self.offsets, place) for place in places]
                return self._tap(panel, offsets, weight, sums)

            return [self.shifted(panel, pitch), *self._loop(self.taps, carried, tap)]

        return self._loop(inputs, carried, channel)[2:]

    def _loop(
        self, count: Any, carried: Sequence[Any], body: Callable[..., list[Any]]
    ) -> list[Any]:
        """What becomes of `carried` by body(index, *carried), done `count` times, once at least."""
        builder, before = self.builder, self.builder.block
        block, behind = builder.append_basic_block("loop"), builder.append_basic_block("behind")
        builder.branch(block)
        builder.position_at_end(block)
        starts = [INDEX(0), *carried]
        index, *held = phis = [builder.phi(value.type) for value in starts]
        after = body(index, *held)
        following = [builder.add(index, INDEX(1)), *after]
        for phi, start, value in zip(phis, starts, following, strict=True):
            phi.add_incoming(start, before)
            phi.add_incoming(value, builder.block)
        builder.cbranch(builder.icmp_signed("<", following[0], count), block, behind)
        builder.position_at_end(behind)
        return after

    def _started(self) -> list[Any]:
        """The accumulators before any product: the bias, or the sums so far."""
        builder = self.builder
        resumed = builder.icmp_signed("!=", self.index(15), INDEX(0))
        with builder.if_else(resumed) as (later, first):
            with later:
                held = [self.load(place) for place in self._places()]
                later_end = builder.block
            with first:
                biases = self._biases()
                first_end = builder.block
        return [self._either(a, later_end, b, first_end) for a, b in zip(held, biases, strict=True)]

    def _places(self) -> list[Any]:
        """Where the sums of each row and vector lie."""
        target, count = self.shifted(self.data(0), self.bytes(self.index(1))), self.tile.rows
        step = self.lanes * self.size
        return [self.shifted(target, INDEX(at * step)) for at in range(count * self.tile.vectors)]

    def _biases(self) -> list[Any]:
        bias = self.shifted(self.data(2), self.bytes(self.index(3)))
        rows = [
            self.splat(self.shifted(bias, INDEX(row * self.size))) for row in range(self.tile.rows)
        ]
        return [row for row in rows for _ in range(self.tile.vectors)]

    def _tap(
        self, panel: Any, offsets: Sequence[Any], weight: Any, sums: Sequence[Any]
    ) -> list[Any]:
        """The weights' address and the sums after all steps of a tap."""
        summed = list(sums)
        for step, offset in enumerate(offsets):
            rows = self.tile.rows_of(step)
            self._step(self.shifted(panel, self.bytes(offset)), weight, rows, summed)
            weight = self.shifted(weight, INDEX(len(rows) * self.size))
        return [weight, *summed]

    def _step(self, source: Any, weights: Any, rows: Sequence[int], sums: list[Any]) -> None:
        """One load of every vector, multiplied for `rows`: the fewer operands stay in registers."""

        def vector(p: int) -> Any:
            return self.load(self.shifted(source, self.lane_starts[p]))

        def weight(place: int) -> Any:
            return self.splat(self.shifted(weights, INDEX(place * self.size)))

        vectors = range(self.tile.vectors)
        if len(rows) < self.tile.vectors:
            kept = [weight(place) for place in range(len(rows))]
            for p in vectors:
                x = vector(p)
                for place, row in enumerate(rows):
                    self._add(sums, row, p, kept[place], x)
        else:
            kept = [vector(p) for p in vectors]
            for place, row in enumerate(rows):
                w = weight(place)
                for p in vectors:
                    self._add(sums, row, p, w, kept[p])

    def _add(self, sums: list[Any], row: int, p: int, w: Any, x: Any) -> None:
        place = row * self.tile.vectors + p
        sums[place] = self.builder.call(self.fma, [w, x, sums[place]])

    def _either(self, value: Any, block: Any, other: Any, other_block: Any) -> Any:
        phi = self.builder.phi(value.type)
        phi.add_incoming(value, block)
        phi.add_incoming(other, other_block)
        return phi

    def _keep(self, sums: Sequence[Any]) -> None:
        for place, value in zip(self._places(), sums, strict=True):
            self.store(value, place)


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


class _Store(_Emitter):
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
                woven = _woven(builder, parts, self.lanes)
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
        woven = _woven(builder, [[self.load(source)] for source in sources], self.lanes)
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


def _woven(builder: Any, parts: list[list[Any]], lanes: int) -> list[Any]:
    """The elements of all parts in turn; each part is as many vectors as the others."""
    if len(parts) % 2:
        return parts[0] if len(parts) == 1 else _merged(builder, parts, lanes)
    even, odd = (_woven(builder, parts[half::2], lanes) for half in (0, 1))
    return _merged(builder, [even, odd], lanes)


def _merged(builder: Any, parts: list[list[Any]], lanes: int) -> list[Any]:
    """The same, by one shuffle of two vectors after another."""
    count, merged = len(parts), []
    for vectors in zip(*parts, strict=True):
        for out in range(count):
            # Lane i of the result is element (out*lanes + i)//count of part (out*lanes + i)%count.
            value = vectors[0]
            order = [(out * lanes + i) // count for i in range(lanes)]
            for r in range(1, count):
                owners = [(out * lanes + i) % count for i in range(lanes)]
                pick = [
                    lanes + place if owner == r else (place if r == 1 else i)
                    for i, (owner, place) in enumerate(zip(owners, order, strict=True))
                ]
                mask = ir.Constant(ir.VectorType(ir.IntType(32), lanes), pick)
                value = builder.shuffle_vector(value, vectors[r], mask)
            merged.append(value)
    return merged


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


class _Fill(_Emitter):
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
