"""The spatial sizes of tensors as numbers, at an example where they are open."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence

EXAMPLE = 2**12 * 3**3 * 5**2 * 7
"""What an open size is: divisible by what the strides of a network multiply to, and so large that
a few elements more or less are no other resolution."""
# As in `x.2`, the size of an axis; functions are left.
_NAMES = re.compile(r"\b[A-Za-z_][\w.]*\b(?!\()")
_SIGNS: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    # Quotients without a remainder for the sizes that work are rounded for the example.
    ast.Div: operator.floordiv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def find_extent(sizes: Sequence[int | str | None]) -> tuple[int, ...] | None:
    """Return sizes as numbers; None if one of them is not known."""
    found = [_find_number(size) for size in sizes]
    return None if None in found else tuple([size for size in found if size is not None])


def _find_number(size: int | str | None) -> int | None:
    if not isinstance(size, str):
        return size
    try:
        return _evaluate(ast.parse(_NAMES.sub("n", size), mode="eval").body)
    # Names of sizes may be any text, and formulas are nested as deep as networks.
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None


def _evaluate(node: ast.expr) -> int:
    """Return a formula at the example; every name in it is an open size.

    Raises:
        ValueError: it is no formula of sizes.
    """
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.Name():
            return EXAMPLE
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluate(operand)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
            return _SIGNS[type(sign)](_evaluate(left), _evaluate(right))
        case ast.Call(func=ast.Name(id="max" | "min" as name), args=arguments) if arguments:
            return (max if name == "max" else min)([_evaluate(one) for one in arguments])
        case ast.Call(func=ast.Name(id="ceil"), args=[one, other]):
            return -(-_evaluate(one) // _evaluate(other))
    raise ValueError("no formula of sizes")
