"""Sizes of tensors as formulas, and conditions on them: made, shown and evaluated."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

from deconvcli.common.values import MAX_INT64

MAX_POWER = 64

Values: TypeAlias = Mapping[str, int]


class Expression(NamedTuple):
    """A tree of operations: a number, a name, or an operation with its operands.

    operation: `number`, `name`, or a key of the tables below.
    """

    operation: str
    operands: tuple[Any, ...]

    def names(self) -> set[str]:
        """Return the names in the tree: symbols, and sizes of inputs as `x.2`."""
        if self.operation == "name":
            return {self.operands[0]}
        if self.operation == "number":
            return set()
        return {name for part in self.operands for name in part.names()}

    def evaluate(self, values: Values) -> int | bool | None:
        """Return the value; None if a name has none, or if no number results."""
        if self.operation == "number":
            return int(self.operands[0])
        if self.operation == "name":
            return values.get(self.operands[0])
        parts = [part.evaluate(values) for part in self.operands]
        if None in parts:
            return None
        try:
            found = _OPERATIONS[self.operation].compute(parts)
        except (ArithmeticError, ValueError):
            return None
        return found if abs(found) <= MAX_INT64 else None

    def __str__(self) -> str:
        return self._write(0)

    def _write(self, outer: int) -> str:
        """Return the text, in parentheses where the operation around it binds more strongly."""
        if self.operation in ("number", "name"):
            text = str(self.operands[0])
            return f"({text})" if text.startswith("-") and outer else text
        known = _OPERATIONS[self.operation]
        if not known.sign:
            return f"{self.operation}({', '.join(part._write(0) for part in self.operands)})"
        if self.operation == "+":
            return self._write_sum(outer)
        if self.operation == "*" and self.operands[0] == MINUS_ONE and len(self.operands) == 2:
            # As a sum binds: -s53 % 8 would be another number for some readers.
            text = f"-{self.operands[1]._write(known.rank)}"
            return f"({text})" if outer >= _OPERATIONS["+"].rank else text
        text = known.sign.join(part._write(known.rank) for part in self.operands)
        return f"({text})" if outer >= known.rank else text

    def _write_sum(self, outer: int) -> str:
        # A negative number is subtracted, and stands last.
        parts = sorted(self.operands, key=lambda part: part.operation == "number")
        rank = _OPERATIONS["+"].rank
        text = parts[0]._write(0 if parts[0].operation == "number" else rank - 1)
        for part in parts[1:]:
            if part.operation == "number" and part.operands[0] < 0:
                text += f" - {-part.operands[0]}"
            else:
                text += f" + {part._write(rank - 1)}"
        return f"({text})" if outer >= rank else text


MINUS_ONE = Expression("number", (-1,))

Size: TypeAlias = int | Expression
"""A size: a number, or a formula of those that are open."""


def name_size(name: str) -> Expression:
    """Return a size that is open, under its name."""
    return Expression("name", (name,))


def evaluate(size: Size, values: Values) -> int | None:
    """Return the number that a size is at these values; None if a name has none."""
    return size.evaluate(values) if isinstance(size, Expression) else size


def add(*sizes: Size) -> Size:
    """Return a sum, in which each formula stands once."""
    return _make_sum(*_add_terms(sizes))


def multiply(size: Size, other: Size) -> Size:
    """Return a product; a number is multiplied into every term of a sum."""
    if isinstance(size, Expression) and isinstance(other, Expression):
        return Expression("*", (size, other))
    formula, factor = (size, other) if isinstance(other, int) else (other, size)
    assert isinstance(factor, int)
    terms, number = _list_terms(formula)
    return _make_sum({term: factor * own for term, own in terms.items()}, factor * number)


def divide_down(size: Size, divisor: int) -> Size:
    """Return a quotient rounded down; terms that the divisor divides are taken out of it."""
    terms, number = _list_terms(size)
    whole = {term: own // divisor for term, own in terms.items() if own % divisor == 0}
    left = _make_sum({term: own for term, own in terms.items() if term not in whole}, number)
    if isinstance(left, int):
        return _make_sum(whole, left // divisor)
    quotient = Expression("//", (left, Expression("number", (divisor,))))
    return add(_make_sum(whole, 0), quotient)


def divide_up(size: Size, divisor: int) -> Size:
    """Return a quotient rounded up."""
    return divide_down(add(size, divisor - 1), divisor)


def _list_terms(size: Size) -> tuple[dict[Expression, int], int]:
    """Return the factor of each formula of a sum, and the number in it."""
    if isinstance(size, int):
        return {}, size
    match size:
        case Expression("number", (int(number),)):
            return {}, number
        case Expression("*", (Expression("number", (int(factor),)), *others)):
            one = others[0] if len(others) == 1 else Expression("*", tuple(others))
            terms, number = _list_terms(one)
            return {term: factor * own for term, own in terms.items()}, factor * number
        case Expression("+", operands):
            return _add_terms(operands)
    return {size: 1}, 0


def _add_terms(sizes: Sequence[Size]) -> tuple[dict[Expression, int], int]:
    factors: dict[Expression, int] = {}
    total = 0
    for size in sizes:
        terms, number = _list_terms(size)
        total += number
        for term, factor in terms.items():
            factors[term] = factors.get(term, 0) + factor
    return factors, total


def _make_sum(factors: Mapping[Expression, int], number: int) -> Size:
    terms = [
        term if factor == 1 else Expression("*", (Expression("number", (factor,)), term))
        for term, factor in factors.items()
        if factor
    ]
    if not terms:
        return number
    if number:
        terms.append(Expression("number", (number,)))
    return terms[0] if len(terms) == 1 else Expression("+", tuple(terms))


class _Operation(NamedTuple):
    """How an operation is computed and written: a sign between its operands, or its name."""

    compute: Callable[[Sequence[Any]], Any]
    sign: str = ""
    rank: int = 0


def _power(parts: Sequence[int]) -> int:
    if not 0 <= parts[1] <= MAX_POWER:
        raise ValueError("a power that is no size")
    return int(parts[0] ** parts[1])


def _divide_exactly(parts: Sequence[int]) -> int:
    whole, remainder = divmod(parts[0], parts[1])
    if remainder:
        raise ValueError("a division with a remainder")
    return int(whole)


_OPERATIONS: Mapping[str, _Operation] = {
    "or": _Operation(any, " or ", 1),
    "and": _Operation(all, " and ", 2),
    "not": _Operation(lambda parts: not parts[0]),
    "==": _Operation(lambda parts: parts[0] == parts[1], " == ", 3),
    "!=": _Operation(lambda parts: parts[0] != parts[1], " != ", 3),
    "<": _Operation(lambda parts: parts[0] < parts[1], " < ", 3),
    "<=": _Operation(lambda parts: parts[0] <= parts[1], " <= ", 3),
    ">": _Operation(lambda parts: parts[0] > parts[1], " > ", 3),
    ">=": _Operation(lambda parts: parts[0] >= parts[1], " >= ", 3),
    "+": _Operation(sum, " + ", 5),
    "*": _Operation(lambda parts: reduce(operator.mul, parts, 1), "*", 6),
    "//": _Operation(lambda parts: parts[0] // parts[1], "//", 6),
    "/": _Operation(_divide_exactly, "/", 6),
    "%": _Operation(lambda parts: parts[0] % parts[1], " % ", 6),
    "**": _Operation(_power, "**", 7),
    "max": _Operation(max),
    "min": _Operation(min),
    "ceil": _Operation(lambda parts: -(-parts[0] // parts[1])),
}
