"""What the code generators share."""

from __future__ import annotations

from typing import Any

import numba.core.cgutils
from llvmlite import ir
from numba.core import types

cgutils: Any = numba.core.cgutils
INDEX = ir.IntType(64)
BYTE = ir.IntType(8)


class Emitter:
    """Typed addresses into flat arrays, for the arguments of one intrinsic."""

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
