"""The base of the generators of vector code, and what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numba.core.cgutils
from llvmlite import ir
from numba.core import types

cgutils: Any = numba.core.cgutils

# Numba's own classes are not typed so far that a strict checker takes them, and llvmlite has no
# types at all: these names are for the reader.
Context: TypeAlias = Any
Signature: TypeAlias = Any
Argument: TypeAlias = Any
"""An argument of an intrinsic: its Numba type when compiled, a number or array when called."""
Builder: TypeAlias = ir.IRBuilder
Value: TypeAlias = ir.Value
Values: TypeAlias = Sequence[Value]
Intrinsic: TypeAlias = tuple[Signature, Callable[..., Value]]
"""What a function decorated with `intrinsic` returns: its signature and its code generator."""

INDEX = ir.IntType(64)
BYTE = ir.IntType(8)


class Emitter:
    """A generator of LLVM code for one intrinsic, with typed addresses into its flat arrays."""

    def __init__(
        self, context: Context, builder: Builder, signature: Signature, arguments: Values
    ) -> None:
        self.context, self.builder = context, builder
        self.signature, self.arguments = signature, arguments

    def use(self, dtype: types.Float, lanes: int) -> None:
        """Generate code for vectors of `lanes` numbers of a Numba type."""
        self.scalar = self.context.get_value_type(dtype)
        self.vector = ir.VectorType(self.scalar, lanes)
        self.lanes, self.size = lanes, dtype.bitwidth // 8
        # Fused explicitly: without fast-math flags LLVM leaves a product and a sum apart.
        kind = ir.FunctionType(self.vector, [self.vector] * 3)
        name = f"llvm.fma.v{lanes}f{dtype.bitwidth}"
        self.fma = cgutils.get_or_insert_function(self.builder.module, kind, name)

    def index(self, place: int) -> Value:
        """Return argument `place` as a 64-bit integer."""
        value, kind = self.arguments[place], self.signature.args[place]
        return self.context.cast(self.builder, value, kind, types.int64)

    def data(self, place: int) -> Value:
        """Return the address of array argument `place` as a pointer to bytes."""
        return self.builder.bitcast(self._array(place).data, BYTE.as_pointer())

    def _array(self, place: int) -> Value:
        make = self.context.make_array(self.signature.args[place])
        return make(self.context, self.builder, self.arguments[place])

    def number(self, base: Value, at: Value) -> Value:
        """Load element `at` of an int64 table."""
        place = self.advance(base, self.builder.mul(at, INDEX(8)))
        return self.builder.load(self.builder.bitcast(place, INDEX.as_pointer()))

    def advance(self, base: Value, by: Value) -> Value:
        """Return the address that lies `by` bytes further."""
        return self.builder.gep(base, [by])

    def bytes(self, elements: Value) -> Value:
        """Return the distance of `elements` numbers in bytes."""
        return self.builder.mul(elements, INDEX(self.size))

    def load(self, address: Value) -> Value:
        """Load the vector at an address, which may have any alignment."""
        value = self.builder.load(self.builder.bitcast(address, self.vector.as_pointer()))
        # Otherwise LLVM assumes the vector's own alignment, and faults at any other address.
        value.align = self.size
        return value

    def prefetch(self, address: Value) -> None:
        """Prefetch the cache line at an address, which may lie outside of every array."""
        kind = ir.FunctionType(ir.VoidType(), [address.type, *[ir.IntType(32)] * 3])
        module, name = self.builder.module, "llvm.prefetch.p0i8"
        # Read, locality 2 of 3 (the second level), data cache.
        to_read, near, data = (ir.IntType(32)(number) for number in (0, 2, 1))
        function = cgutils.get_or_insert_function(module, kind, name)
        self.builder.call(function, [address, to_read, near, data])

    def lane_mask(self, low: Value, high: Value) -> Value:
        """Return the mask of lanes low ... high-1; both may lie far outside the vector."""
        builder, kind = self.builder, ir.VectorType(ir.IntType(32), self.lanes)

        def broadcast(end: Value) -> Value:
            inside = self.smaller(self.larger(end, INDEX(0)), INDEX(self.lanes))
            # Clamped before, so that 32 bits are enough.
            return self._broadcast(builder.trunc(inside, kind.element))

        lane = ir.Constant(kind, list(range(self.lanes)))
        from_low = builder.icmp_signed(">=", lane, broadcast(low))
        return builder.and_(from_low, builder.icmp_signed("<", lane, broadcast(high)))

    def load_some(self, address: Value, mask: Value) -> Value:
        """Load the lanes of a mask; the others become 0, and their memory is not read."""
        place = self.builder.bitcast(address, self.vector.as_pointer())
        align, zeros = ir.IntType(32)(self.size), ir.Constant(self.vector, None)
        kinds = [place.type, align.type, mask.type, self.vector]
        name = self._masked_name("load")
        kind = ir.FunctionType(self.vector, kinds)
        function = cgutils.get_or_insert_function(self.builder.module, kind, name)
        return self.builder.call(function, [place, align, mask, zeros])

    def store_some(self, value: Value, address: Value, mask: Value) -> None:
        """Store the lanes of a mask; the memory of the others is not touched."""
        place = self.builder.bitcast(address, self.vector.as_pointer())
        align = ir.IntType(32)(self.size)
        kind = ir.FunctionType(ir.VoidType(), [self.vector, place.type, align.type, mask.type])
        function = cgutils.get_or_insert_function(
            self.builder.module, kind, self._masked_name("store")
        )
        self.builder.call(function, [value, place, align, mask])

    def _masked_name(self, move: str) -> str:
        kind = f"v{self.lanes}f{8 * self.size}"
        return f"llvm.masked.{move}.{kind}.p0{kind}"

    def store(self, value: Value, address: Value) -> None:
        """Store a vector at an address, which may have any alignment."""
        place = self.builder.bitcast(address, self.vector.as_pointer())
        self.builder.store(value, place).align = self.size

    def element(self, base: Value, at: Value) -> Value:
        """Return the address of number `at`."""
        place = self.advance(base, self.bytes(at))
        return self.builder.bitcast(place, self.scalar.as_pointer())

    def head(self, table: Value, place: int) -> Value:
        """Load number `place` of a table's head."""
        return self.number(table, INDEX(place))

    def smaller(self, a: Value, b: Value) -> Value:
        """Return the smaller of two integers."""
        return self.builder.select(self.builder.icmp_signed("<", a, b), a, b)

    def larger(self, a: Value, b: Value) -> Value:
        """Return the larger of two integers."""
        return self.builder.select(self.builder.icmp_signed(">", a, b), a, b)

    def splat(self, address: Value) -> Value:
        """Return a vector that repeats the number at `address`."""
        builder = self.builder
        return self._broadcast(builder.load(builder.bitcast(address, self.scalar.as_pointer())))

    def _broadcast(self, number: Value) -> Value:
        """Return a vector that repeats one number."""
        builder = self.builder
        undefined = ir.Constant(ir.VectorType(number.type, self.lanes), ir.Undefined)
        alone = builder.insert_element(undefined, number, ir.IntType(32)(0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        return builder.shuffle_vector(alone, undefined, zeros)

    def loop(self, count: Value, carried: Values, body: Callable[..., list[Value]]) -> list[Value]:
        """Run `carried = body(index, *carried)` `count` times, at least once; return the last.

        The test comes last: where `count` may be 0, the caller must branch around the loop.
        """
        builder, before = self.builder, self.builder.block
        body_block, after_block = (
            builder.append_basic_block("loop"),
            builder.append_basic_block("after"),
        )
        builder.branch(body_block)
        builder.position_at_end(body_block)
        starts = [INDEX(0), *carried]
        index, *values = phis = [builder.phi(value.type) for value in starts]
        after = body(index, *values)
        following = [builder.add(index, INDEX(1)), *after]
        for phi, start, value in zip(phis, starts, following, strict=True):
            phi.add_incoming(start, before)
            # Not body_block: the body may have ended in a block of its own.
            phi.add_incoming(value, builder.block)
        builder.cbranch(builder.icmp_signed("<", following[0], count), body_block, after_block)
        builder.position_at_end(after_block)
        return after

    def multiply(
        self,
        rows: Sequence[int],
        vectors: int,
        number: Callable[[int], Value],
        vector: Callable[[int], Value],
        sums: list[Value],
    ) -> None:
        """Add number(place) * vector(p) to the sums of row rows[place] and vector p, in place.

        Of numbers and vectors, those that are fewer are loaded first and stay in registers.
        """

        def add(row: int, p: int, a: Value, b: Value) -> None:
            at = row * vectors + p
            sums[at] = self.builder.call(self.fma, [a, b, sums[at]])

        # All of the smaller side stay in registers while the larger one passes through one.
        if len(rows) < vectors:
            numbers = [number(place) for place in range(len(rows))]
            for p in range(vectors):
                read = vector(p)
                for row, each in zip(rows, numbers, strict=True):
                    add(row, p, each, read)
        else:
            kept = [vector(p) for p in range(vectors)]
            for place, row in enumerate(rows):
                each = number(place)
                for p in range(vectors):
                    add(row, p, each, kept[p])


def interleave(builder: Builder, lists: list[list[Value]], lanes: int) -> list[Value]:
    """Return the elements of all lists in turn; every list has the same number of vectors."""
    if len(lists) % 2:
        return lists[0] if len(lists) == 1 else _merge(builder, lists, lanes)
    # Halved while even: each time costs one shuffle a vector; S lists at once would cost S - 1.
    even, odd = (interleave(builder, lists[half::2], lanes) for half in (0, 1))
    return _merge(builder, [even, odd], lanes)


def _merge(builder: Builder, lists: list[list[Value]], lanes: int) -> list[Value]:
    """Interleave lists with one shuffle of two vectors after another."""
    count, merged = len(lists), []
    for vectors in zip(*lists, strict=True):
        for out in range(count):
            # Lane i of the result is element (out*lanes + i)//count of list (out*lanes + i)%count.
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
