"""The register tile: sums of products that stay in registers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numba.core import types
from numba.extending import intrinsic

from deconvcli.compute.kernels.emitter import INDEX, Emitter
from deconvcli.compute.kernels.tiled.tile import Tile


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


class _Multiply(Emitter):
    """The loops of `multiply`: input channels outside, taps inside, steps unrolled."""

    def __init__(
        self, context: Any, builder: Any, signature: Any, arguments: Any, tile: Tile
    ) -> None:
        super().__init__(context, builder, signature, arguments)
        self.tile = tile
        self.use(signature.args[0].dtype, tile.lanes)

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

        return self.loop(inputs, carried, channel)[2:]

    def _all_taps(self, inputs: Any, pitch: Any, carried: Sequence[Any]) -> list[Any]:
        """The sums: input channels outside, taps inside."""
        builder, steps = self.builder, range(self.tile.steps)

        def channel(_: Any, panel: Any, *carried: Any) -> list[Any]:
            def tap(index: Any, weight: Any, *sums: Any) -> list[Any]:
                first = builder.mul(index, INDEX(len(steps)))
                places = [builder.add(first, INDEX(step)) for step in steps]
                offsets = [self.number(self.offsets, place) for place in places]
                return self._tap(panel, offsets, weight, sums)

            return [self.shifted(panel, pitch), *self.loop(self.taps, carried, tap)]

        return self.loop(inputs, carried, channel)[2:]

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
            take = self._step if len(offsets) == 1 else self._step_apart
            take(panel, offset, weight, rows, summed)
            weight = self.shifted(weight, INDEX(len(rows) * self.size))
        return [weight, *summed]

    def _step_apart(
        self, panel: Any, offset: Any, weights: Any, rows: Sequence[int], sums: list[Any]
    ) -> None:
        """A step as a block of its own, behind a branch that is always taken.

        LLVM would read the operands of all steps first, far more than there are registers for, and
        move everything to memory and back. Over a branch that it cannot foresee it moves nothing.
        """
        before, held = self.builder.block, list(sums)
        exists = self.builder.icmp_signed(">=", offset, INDEX(0))
        with self.builder.if_then(exists, likely=True):
            self._step(panel, offset, weights, rows, sums)
            behind = self.builder.block
        for at, (value, old) in enumerate(zip(sums, held, strict=True)):
            if value is not old:
                sums[at] = self._either(value, behind, old, before)

    def _step(
        self, panel: Any, offset: Any, weights: Any, rows: Sequence[int], sums: list[Any]
    ) -> None:
        """One load of every vector, multiplied for `rows`."""
        source = self.shifted(panel, self.bytes(offset))

        def vector(p: int) -> Any:
            return self.load(self.shifted(source, self.lane_starts[p]))

        def weight(place: int) -> Any:
            return self.splat(self.shifted(weights, INDEX(place * self.size)))

        self.multiply(rows, self.tile.vectors, weight, vector, sums)

    def _either(self, value: Any, block: Any, other: Any, other_block: Any) -> Any:
        phi = self.builder.phi(value.type)
        phi.add_incoming(value, block)
        phi.add_incoming(other, other_block)
        return phi

    def _keep(self, sums: Sequence[Any]) -> None:
        for place, value in zip(self._places(), sums, strict=True):
            self.store(value, place)
