"""Vector instructions in Numba: products added to sums of output channels, and sums to outputs.

Arrays are flat and of one float dtype, tables are int64, and the last arguments are literals.
Nothing is checked here: the tables of work.py must keep every access inside its array. Each
function has a plain twin in loops.py.
"""

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
    interleave,
)


@intrinsic(prefer_literal=True)
def multiply(
    typing_context: object,
    sums: Argument,
    places: Argument,
    first: Argument,
    x: Argument,
    x_at: Argument,
    pitch: Argument,
    inputs: Argument,
    weights: Argument,
    weight_at: Argument,
    fetches: Argument,
    rows: Argument,
    vectors: Argument,
    lanes: Argument,
) -> Intrinsic:
    """Add the products of one tap and some input channels, for `rows` meetings.

    Meeting r adds the products of the input at x[x_at + places[first + 2*r + 1]] to the vectors at
    sums[places[first + 2*r]]. The next input channel lies `pitch` further, and its weights follow
    those of this one. There must be at least one channel. If `fetches`, as many weights after these
    are prefetched, those of the next tap.
    """
    literals = (rows, vectors, lanes)
    height, count, width = (literal.literal_value for literal in literals)
    signature = types.void(
        sums, places, first, x, x_at, pitch, inputs, weights, weight_at, fetches, *literals
    )

    def codegen(
        context: Context, builder: Builder, signature: Signature, arguments: Values
    ) -> Value:
        emit = _Multiply(context, builder, signature, arguments)
        emit.use(signature.args[0].dtype, width)
        emit.write(height, count)
        return context.get_dummy_value()

    return signature, codegen


class _Multiply(Emitter):
    """The loop of `multiply` over input channels."""

    def write(self, rows: int, vectors: int) -> None:
        """Load the sums into registers, add all products, store the sums."""
        builder, step = self.builder, self.lanes * self.size
        places, first = self.data(1), self.index(2)
        x, pitch = self.advance(self.data(3), self.bytes(self.index(4))), self.bytes(self.index(5))
        weights = self.advance(self.data(7), self.bytes(self.index(8)))
        targets, sources = [], []
        for row in range(rows):
            target, source = (
                self.bytes(self.number(places, builder.add(first, INDEX(2 * row + which))))
                for which in (0, 1)
            )
            start = self.advance(self.data(0), target)
            targets += [self.advance(start, INDEX(v * step)) for v in range(vectors)]
            sources.append(self.advance(x, source))
        inputs, ahead = self.index(6), builder.mul(self.index(6), INDEX(vectors * step))
        # All sums are loaded before any is stored. At one tap every input meets another output;
        # only meetings that fill a tile up share a place, and nobody reads that.
        carried = [INDEX(0), weights, *map(self.load, targets)]

        def products(fetches: bool) -> None:
            def channel(_: Value, at: Value, weight: Value, *sums: Value) -> list[Value]:
                def number(row: int) -> Value:
                    return self.splat(self.advance(sources[row], at))

                def vector(v: int) -> Value:
                    return self.load(self.advance(weight, INDEX(v * step)))

                further = self.advance(weight, ahead)
                for v in range(vectors if fetches else 0):
                    self.prefetch(self.advance(further, INDEX(v * step)))
                summed = list(sums)
                self.multiply(range(rows), vectors, number, vector, summed)
                after = self.advance(weight, INDEX(vectors * step))
                return [builder.add(at, pitch), after, *summed]

            for target, value in zip(targets, self.loop(inputs, carried, channel)[2:], strict=True):
                self.store(value, target)

        # Two copies of the loop, so that no channel pays for the test.
        with builder.if_else(builder.icmp_signed("!=", self.index(9), INDEX(0))) as (do, do_not):
            with do:
                products(fetches=True)
            with do_not:
                products(fetches=False)


@intrinsic(prefer_literal=True)
def store(
    typing_context: object,
    y: Argument,
    at: Argument,
    pitch: Argument,
    size: Argument,
    kept: Argument,
    sums: Argument,
    sums_at: Argument,
    width: Argument,
    lanes: Argument,
) -> Intrinsic:
    """Write y[at + c*pitch + o] = sums[sums_at + o*width + c] for o < size and c < kept."""
    count = lanes.literal_value

    def codegen(
        context: Context, builder: Builder, signature: Signature, arguments: Values
    ) -> Value:
        emit = _Store(context, builder, signature, arguments)
        emit.use(signature.args[0].dtype, count)
        emit.write()
        return context.get_dummy_value()

    return types.void(y, at, pitch, size, kept, sums, sums_at, width, lanes), codegen


class _Store(Emitter):
    """The loops of `store`: squares transposed in registers, the remaining numbers one by one."""

    def write(self) -> None:
        """Store whole vectors of channels, then the remaining channels."""
        builder = self.builder
        self.y = self.advance(self.data(0), self.bytes(self.index(1)))
        self.sums = self.advance(self.data(5), self.bytes(self.index(6)))
        self.pitch, outputs, kept, self.width = map(self.index, (2, 3, 4, 7))
        lanes = INDEX(self.lanes)
        # With fewer outputs than lanes there is no square: all channels are stored one by one.
        fits = builder.icmp_signed(">=", outputs, lanes)
        whole = builder.mul(builder.sdiv(kept, lanes), lanes)
        whole = builder.select(fits, whole, INDEX(0))
        last = builder.sub(outputs, lanes)
        with (
            cgutils.for_range_slice(builder, INDEX(0), whole, lanes) as (channel, _),
            cgutils.for_range_slice(builder, INDEX(0), outputs, lanes) as (output, _),
        ):
            self._square(channel, self.smaller(output, last))
        with cgutils.for_range(builder, builder.sub(kept, whole)) as left:
            channel = builder.add(whole, left.index)
            with cgutils.for_range(builder, outputs) as output:
                value = builder.load(self._of(channel, output.index))
                builder.store(value, self._to(channel, output.index))

    def _square(self, channel: Value, output: Value) -> None:
        """Store as many channels as outputs; the last square of a row overlaps its predecessor."""
        source, target = self._of(channel, output), self._to(channel, output)
        rows = []
        for _ in range(self.lanes):
            rows.append([self.load(source)])
            source = self.builder.gep(source, [self.width])
        for value in interleave(self.builder, rows, self.lanes):
            self.store(value, target)
            target = self.builder.gep(target, [self.pitch])

    def _of(self, channel: Value, output: Value) -> Value:
        builder = self.builder
        return self.element(self.sums, builder.add(builder.mul(output, self.width), channel))

    def _to(self, channel: Value, output: Value) -> Value:
        builder = self.builder
        return self.element(self.y, builder.add(builder.mul(channel, self.pitch), output))
