"""Sizes and guards as torch.export stores them: parsed, shown and evaluated, never executed.

Sizes are text of SymPy's constructors, `Add(FloorDiv(Symbol('s53', integer=True), Integer(2)),
Integer(1))`; guards are Python, `(1 + L['x'].size()[2]) // 4 == 3`. Both become one tree.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64, shorten

MAX_CHARACTERS = 20_000
MAX_DEPTH = 100
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
        if self.operation == "*" and self.operands[0] == _MINUS and len(self.operands) == 2:
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
_CONSTRUCTORS = {
    "Add": "+",
    "Mul": "*",
    "Pow": "**",
    "PowByNatural": "**",
    "FloorDiv": "//",
    "CleanDiv": "/",
    "IntTrueDiv": "/",
    "CeilDiv": "ceil",
    "PythonMod": "%",
    "Mod": "%",
    "Max": "max",
    "Min": "min",
    "max": "max",
    "min": "min",
    "Equality": "==",
    "Eq": "==",
    "Ne": "!=",
    "Unequality": "!=",
    "StrictLessThan": "<",
    "LessThan": "<=",
    "StrictGreaterThan": ">",
    "GreaterThan": ">=",
    "And": "and",
    "Or": "or",
    "Not": "not",
}
_SIGNS: Mapping[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.And: "and",
    ast.Or: "or",
}
_MINUS = Expression("number", (-1,))


def parse_expression(text: str) -> Expression:
    """Return a size or a guard as a tree.

    Raises:
        UsageError: the text is no such expression, or too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise _error(text, f"it has {len(text)} characters, more than {MAX_CHARACTERS}")
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _error(text, "it is no expression") from None
    return _read(tree.body, text, 0)


def _error(text: str, reason: str) -> UsageError:
    return UsageError(
        f"the size {shorten(text)} cannot be read: {reason}",
        help="export the program again, or report the expression.",
        code="expression",
    )


def _read(node: ast.AST, text: str, depth: int) -> Expression:
    if depth > MAX_DEPTH:
        raise _error(text, f"it is nested more than {MAX_DEPTH} deep")

    def read(*nodes: ast.AST) -> tuple[Expression, ...]:
        return tuple(_read(one, text, depth + 1) for one in nodes)

    match node:
        case ast.Constant(value=bool()):
            return Expression("number", (int(bool(node.value)),))
        case ast.Constant(value=int(number)) if abs(number) <= MAX_INT64:
            return Expression("number", (number,))
        case ast.Call(func=ast.Name(id="Integer"), args=[argument]):
            return read(argument)[0]
        case ast.Call(func=ast.Name(id="Symbol"), args=[ast.Constant(value=str(name)), *_]):
            return Expression("name", (name,))
        case ast.Call(func=ast.Name(id=name), args=[_, *_] as arguments) if name in _CONSTRUCTORS:
            return Expression(_CONSTRUCTORS[name], _check_count(name, read(*arguments), text))
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            one, other = read(left, right)
            return Expression("+", (one, _negate(other)))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
            return Expression(_SIGNS[type(sign)], read(left, right))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _negate(read(operand)[0])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Expression("not", read(operand))
        case ast.BoolOp(op=sign, values=parts):
            return Expression(_SIGNS[type(sign)], read(*parts))
        case ast.Compare(left=left, ops=signs, comparators=others) if all(
            type(sign) in _SIGNS for sign in signs
        ):
            sides = read(left, *others)
            pairs = zip(signs, sides, sides[1:], strict=False)
            found = [Expression(_SIGNS[type(sign)], (a, b)) for sign, a, b in pairs]
            return found[0] if len(found) == 1 else Expression("and", tuple(found))
        # L['x'].size()[2]
        case ast.Subscript(
            value=ast.Call(
                func=ast.Attribute(
                    value=ast.Subscript(
                        value=ast.Name(id="L"), slice=ast.Constant(value=str(name))
                    ),
                    attr="size",
                ),
                args=[],
            ),
            slice=ast.Constant(value=int(axis)),
        ):
            return Expression("name", (f"{name}.{axis}",))
    raise _error(text, "it has an operation that sizes do not have")


def _negate(part: Expression) -> Expression:
    if part.operation == "number":
        return Expression("number", (-part.operands[0],))
    return Expression("*", (_MINUS, part))


_PAIRS = ("//", "/", "%", "**", "ceil", "==", "!=", "<", "<=", ">", ">=")


def _check_count(name: str, parts: tuple[Expression, ...], text: str) -> tuple[Expression, ...]:
    needed = 2 if _CONSTRUCTORS[name] in _PAIRS else 1 if name == "Not" else None
    if needed is not None and len(parts) != needed:
        raise _error(text, f"{name} has {len(parts)} operands in place of {needed}")
    return parts
