"""The register tile: sums of products that stay in registers."""

from __future__ import annotations

from collections.abc import Sequence

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
)
from deconvcli.compute.kernels.tiled.tile import Tile


@intrinsic(prefer_literal=True)
def multiply(
    typing_context: object,
    sums: Argument,
    sums_at: Argument,
    bias: Argument,
    bias_at: Argument,
    panel: Argument,
    panel_at: Argument,
    channel_pitch: Argument,
    starts: Argument,
    first: Argument,
    offsets: Argument,
    offset_at: Argument,
    taps: Argument,
    inputs: Argument,
    weights: Argument,
    weight_at: Argument,
    resumed: Argument,
    channels: Argument,
    planes: Argument,
    steps: Argument,
    masks: Argument,
    vectors: Argument,
    lanes: Argument,
) -> Intrinsic:
    """Compute one tile: bias + all (input channel, tap) products for each row and vector.

    The sums go to sums[sums_at + row*vectors*lanes ...], row by row, vector by vector. Vector p
    starts at panel[panel_at + starts[first + p]]. Input channel c lies c*channel_pitch further, and
    step u of tap t lies offsets[offset_at + t*steps + u] further. Weights lie in the order of their
    use: input channel, tap, step, row. Each sum begins with the bias, or, if `resumed`, with its
    value in `sums`, and follows the order of the weights.
    """
    literals = (channels, planes, steps, masks, vectors, lanes)
    tile = Tile(*(literal.literal_value for literal in literals))
    signature = types.void(
        sums, sums_at, bias, bias_at, panel, panel_at, channel_pitch, starts, first, offsets,
        offset_at, taps, inputs, weights, weight_at, resumed, *literals,
    )  # fmt: skip

    def codegen(
        context: Context, builder: Builder, signature: Signature, arguments: Values
    ) -> Value:
        _Multiply(context, builder, signature, arguments, tile).write()
        return context.get_dummy_value()

    return signature, codegen


class _Multiply(Emitter):
    """The loops of `multiply`: input channels outside, taps inside, steps unrolled."""

    def __init__(
        self,
        context: Context,
        builder: Builder,
        signature: Signature,
        arguments: Values,
        tile: Tile,
    ) -> None:
        super().__init__(context, builder, signature, arguments)
        self.tile = tile
        self.use(signature.args[0].dtype, tile.lanes)

    def write(self) -> None:
        """Load the accumulators, run both loops, store the accumulators."""
        builder, tile = self.builder, self.tile
        panel, pitch = (
            self.advance(self.data(4), self.bytes(self.index(5))),
            self.bytes(self.index(6)),
        )
        starts, first = self.data(7), self.index(8)
        self.offsets = self.advance(self.data(9), builder.mul(self.index(10), INDEX(8)))
        self.taps, inputs = self.index(11), self.index(12)
        weights = self.advance(self.data(13), self.bytes(self.index(14)))
        self.lane_starts = [
            self.bytes(self.number(starts, builder.add(first, INDEX(p))))
            for p in range(tile.vectors)
        ]
        # Addresses are carried along, so that no multiplication is left inside the loops.
        carried = [panel, weights, *self._initial_sums()]
        alone = builder.icmp_signed("==", self.taps, INDEX(1))
        # The loops test at their end, so they must not be entered for nothing.
        some = builder.icmp_signed(">", builder.mul(self.taps, inputs), INDEX(0))
        with builder.if_else(some) as (sums, nothing):
            with sums, builder.if_else(alone) as (one_tap, more_taps):
                with one_tap:
                    self._store_sums(self._one_tap(inputs, pitch, carried))
                with more_taps:
                    self._store_sums(self._all_taps(inputs, pitch, carried))
            with nothing:
                self._store_sums(carried[2:])

    def _one_tap(self, inputs: Value, pitch: Value, carried: Values) -> list[Value]:
        """Return the sums of a call with one tap, without the cost of a loop over taps."""
        offsets = [self.number(self.offsets, INDEX(step)) for step in range(self.tile.steps)]

        def channel(_: Value, panel: Value, weight: Value, *sums: Value) -> list[Value]:
            return [self.advance(panel, pitch), *self._tap(panel, offsets, weight, sums)]

        return self.loop(inputs, carried, channel)[2:]

    def _all_taps(self, inputs: Value, pitch: Value, carried: Values) -> list[Value]:
        """Return the sums, with input channels in the outer loop and taps in the inner one."""
        builder, steps = self.builder, range(self.tile.steps)

        def channel(_: Value, panel: Value, *carried: Value) -> list[Value]:
            def tap(index: Value, weight: Value, *sums: Value) -> list[Value]:
                first = builder.mul(index, INDEX(len(steps)))
                places = [builder.add(first, INDEX(step)) for step in steps]
                offsets = [self.number(self.offsets, place) for place in places]
                return self._tap(panel, offsets, weight, sums)

            return [self.advance(panel, pitch), *self.loop(self.taps, carried, tap)]

        return self.loop(inputs, carried, channel)[2:]

    def _initial_sums(self) -> list[Value]:
        """Return the accumulators before any product: the bias, or the sums so far."""
        builder = self.builder
        resumed = builder.icmp_signed("!=", self.index(15), INDEX(0))
        with builder.if_else(resumed) as (later, first):
            with later:
                old_sums = [self.load(place) for place in self._places()]
                later_end = builder.block
            with first:
                biases = self._biases()
                first_end = builder.block
        return [
            self._either(a, later_end, b, first_end) for a, b in zip(old_sums, biases, strict=True)
        ]

    def _places(self) -> list[Value]:
        """Return the addresses of the sums of each row and vector."""
        target, count = self.advance(self.data(0), self.bytes(self.index(1))), self.tile.rows
        step = self.lanes * self.size
        return [self.advance(target, INDEX(at * step)) for at in range(count * self.tile.vectors)]

    def _biases(self) -> list[Value]:
        bias = self.advance(self.data(2), self.bytes(self.index(3)))
        rows = [
            self.splat(self.advance(bias, INDEX(row * self.size))) for row in range(self.tile.rows)
        ]
        return [row for row in rows for _ in range(self.tile.vectors)]

    def _tap(self, panel: Value, offsets: Values, weight: Value, sums: Values) -> list[Value]:
        """Return the address of the next weights, and the sums after all steps of a tap."""
        summed = list(sums)
        for step, offset in enumerate(offsets):
            rows = self.tile.rows_of(step)
            take = self._step if len(offsets) == 1 else self._step_apart
            take(panel, offset, weight, rows, summed)
            # Rows that a step does not serve have no weight there; see ABSENT in calls.py.
            weight = self.advance(weight, INDEX(len(rows) * self.size))
        return [weight, *summed]

    def _step_apart(
        self, panel: Value, offset: Value, weights: Value, rows: Sequence[int], sums: list[Value]
    ) -> None:
        """Add a step in a basic block of its own, after a branch that is always taken.

        Otherwise LLVM loads the operands of all steps first. There are not enough registers for
        them, so it would spill everything to memory. It moves no load across a branch that it
        cannot predict.
        """
        before, old_sums = self.builder.block, list(sums)
        exists = self.builder.icmp_signed(">=", offset, INDEX(0))
        with self.builder.if_then(exists, likely=True):
            self._step(panel, offset, weights, rows, sums)
            end = self.builder.block
        for at, (value, old) in enumerate(zip(sums, old_sums, strict=True)):
            if value is not old:
                sums[at] = self._either(value, end, old, before)

    def _step(
        self, panel: Value, offset: Value, weights: Value, rows: Sequence[int], sums: list[Value]
    ) -> None:
        """Load every vector once, and add its products for `rows`."""
        source = self.advance(panel, self.bytes(offset))

        def vector(p: int) -> Value:
            return self.load(self.advance(source, self.lane_starts[p]))

        def weight(place: int) -> Value:
            return self.splat(self.advance(weights, INDEX(place * self.size)))

        self.multiply(rows, self.tile.vectors, weight, vector, sums)

    def _either(self, value: Value, block: Value, other: Value, other_block: Value) -> Value:
        phi = self.builder.phi(value.type)
        phi.add_incoming(value, block)
        phi.add_incoming(other, other_block)
        return phi

    def _store_sums(self, sums: Values) -> None:
        for place, value in zip(self._places(), sums, strict=True):
            self.store(value, place)
