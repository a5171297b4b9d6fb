"""Sizes and guards as torch.export stores them, parsed and never executed.

Sizes are text of SymPy's constructors, `Add(FloorDiv(Symbol('s53', integer=True), Integer(2)),
Integer(1))`; guards are Python, `(1 + L['x'].size()[2]) // 4 == 3`. Both become one tree.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64, shorten
from deconvcli.models.expressions import MINUS_ONE, Expression

MAX_CHARACTERS = 20_000
MAX_DEPTH = 100

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
    return Expression("*", (MINUS_ONE, part))


_PAIRS = ("//", "/", "%", "**", "ceil", "==", "!=", "<", "<=", ">", ">=")


def _check_count(name: str, parts: tuple[Expression, ...], text: str) -> tuple[Expression, ...]:
    needed = 2 if _CONSTRUCTORS[name] in _PAIRS else 1 if name == "Not" else None
    if needed is not None and len(parts) != needed:
        raise _error(text, f"{name} has {len(parts)} operands in place of {needed}")
    return parts
