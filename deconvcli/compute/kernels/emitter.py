"""The base of the generators of vector code, and what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numba.core.cgutils
from llvmlite import ir
from numba.core import types

cgutils: Any = numba.core.cgutils
INDEX = ir.IntType(64)
BYTE = ir.IntType(8)


class Emitter:
    """A generator of LLVM code for one intrinsic, with typed addresses into its flat arrays."""

    def __init__(self, context: Any, builder: Any, signature: Any, arguments: Any) -> None:
        self.context, self.builder = context, builder
        self.signature, self.arguments = signature, arguments

    def use(self, dtype: Any, lanes: int) -> None:
        """Generate code for vectors of `lanes` numbers of a Numba type."""
        self.scalar = self.context.get_value_type(dtype)
        self.vector = ir.VectorType(self.scalar, lanes)
        self.lanes, self.size = lanes, dtype.bitwidth // 8
        kind = ir.FunctionType(self.vector, [self.vector] * 3)
        name = f"llvm.fma.v{lanes}f{dtype.bitwidth}"
        self.fma = cgutils.get_or_insert_function(self.builder.module, kind, name)

    def index(self, place: int) -> Any:
        """Return argument `place` as a 64-bit integer."""
        value, kind = self.arguments[place], self.signature.args[place]
        return self.context.cast(self.builder, value, kind, types.int64)

    def data(self, place: int) -> Any:
        """Return the address of array argument `place` as a pointer to bytes."""
        return self.builder.bitcast(self._array(place).data, BYTE.as_pointer())

    def _array(self, place: int) -> Any:
        make = self.context.make_array(self.signature.args[place])
        return make(self.context, self.builder, self.arguments[place])

    def number(self, base: Any, at: Any) -> Any:
        """Load element `at` of an int64 table."""
        place = self.advance(base, self.builder.mul(at, INDEX(8)))
        return self.builder.load(self.builder.bitcast(place, INDEX.as_pointer()))

    def advance(self, base: Any, by: Any) -> Any:
        """Return the address that lies `by` bytes further."""
        return self.builder.gep(base, [by])

    def bytes(self, elements: Any) -> Any:
        """Return the distance of `elements` numbers in bytes."""
        return self.builder.mul(elements, INDEX(self.size))

    def load(self, address: Any) -> Any:
        """Load the vector at an address, which may have any alignment."""
        value = self.builder.load(self.builder.bitcast(address, self.vector.as_pointer()))
        value.align = self.size
        return value

    def prefetch(self, address: Any) -> None:
        """Prefetch the cache line at an address, which may lie outside of every array."""
        kind = ir.FunctionType(ir.VoidType(), [address.type, *[ir.IntType(32)] * 3])
        module, name = self.builder.module, "llvm.prefetch.p0i8"
        to_read, near, data = (ir.IntType(32)(number) for number in (0, 2, 1))
        function = cgutils.get_or_insert_function(module, kind, name)
        self.builder.call(function, [address, to_read, near, data])

    def lane_mask(self, low: Any, high: Any) -> Any:
        """Return the mask of lanes low ... high-1; both may lie far outside the vector."""
        builder, kind = self.builder, ir.VectorType(ir.IntType(32), self.lanes)

        def broadcast(end: Any) -> Any:
            inside = self.smaller(self.larger(end, INDEX(0)), INDEX(self.lanes))
            return self._broadcast(builder.trunc(inside, kind.element))

        lane = ir.Constant(kind, list(range(self.lanes)))
        from_low = builder.icmp_signed(">=", lane, broadcast(low))
        return builder.and_(from_low, builder.icmp_signed("<", lane, broadcast(high)))

    def load_some(self, address: Any, mask: Any) -> Any:
        """Load the lanes of a mask; the others become 0, and their memory is not read."""
        place = self.builder.bitcast(address, self.vector.as_pointer())
        align, zeros = ir.IntType(32)(self.size), ir.Constant(self.vector, None)
        kinds = [place.type, align.type, mask.type, self.vector]
        name = self._masked_name("load")
        kind = ir.FunctionType(self.vector, kinds)
        function = cgutils.get_or_insert_function(self.builder.module, kind, name)
        return self.builder.call(function, [place, align, mask, zeros])

    def store_some(self, value: Any, address: Any, mask: Any) -> None:
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

    def store(self, value: Any, address: Any) -> None:
        """Store a vector at an address, which may have any alignment."""
        place = self.builder.bitcast(address, self.vector.as_pointer())
        self.builder.store(value, place).align = self.size

    def element(self, base: Any, at: Any) -> Any:
        """Return the address of number `at`."""
        place = self.advance(base, self.bytes(at))
        return self.builder.bitcast(place, self.scalar.as_pointer())

    def head(self, table: Any, place: int) -> Any:
        """Load number `place` of a table's head."""
        return self.number(table, INDEX(place))

    def smaller(self, a: Any, b: Any) -> Any:
        """Return the smaller of two integers."""
        return self.builder.select(self.builder.icmp_signed("<", a, b), a, b)

    def larger(self, a: Any, b: Any) -> Any:
        """Return the larger of two integers."""
        return self.builder.select(self.builder.icmp_signed(">", a, b), a, b)

    def splat(self, address: Any) -> Any:
        """Return a vector that repeats the number at `address`."""
        builder = self.builder
        return self._broadcast(builder.load(builder.bitcast(address, self.scalar.as_pointer())))

    def _broadcast(self, number: Any) -> Any:
        """Return a vector that repeats one number."""
        builder = self.builder
        undefined = ir.Constant(ir.VectorType(number.type, self.lanes), ir.Undefined)
        alone = builder.insert_element(undefined, number, ir.IntType(32)(0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        return builder.shuffle_vector(alone, undefined, zeros)

    def loop(self, count: Any, carried: Sequence[Any], body: Callable[..., list[Any]]) -> list[Any]:
        """Run `carried = body(index, *carried)` `count` times, at least once, and return the last.

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
            phi.add_incoming(value, builder.block)
        builder.cbranch(builder.icmp_signed("<", following[0], count), body_block, after_block)
        builder.position_at_end(after_block)
        return after

    def multiply(
        self,
        rows: Sequence[int],
        vectors: int,
        number: Callable[[int], Any],
        vector: Callable[[int], Any],
        sums: list[Any],
    ) -> None:
        """Add number(place) * vector(p) to the sums of row rows[place] and vector p, in place.

        Of numbers and vectors, those that are fewer are loaded first and stay in registers.
        """

        def add(row: int, p: int, a: Any, b: Any) -> None:
            at = row * vectors + p
            sums[at] = self.builder.call(self.fma, [a, b, sums[at]])

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


def interleave(builder: Any, lists: list[list[Any]], lanes: int) -> list[Any]:
    """Return the elements of all lists in turn; every list has the same number of vectors."""
    if len(lists) % 2:
        return lists[0] if len(lists) == 1 else _merge(builder, lists, lanes)
    even, odd = (interleave(builder, lists[half::2], lanes) for half in (0, 1))
    return _merge(builder, [even, odd], lanes)


def _merge(builder: Any, lists: list[list[Any]], lanes: int) -> list[Any]:
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
