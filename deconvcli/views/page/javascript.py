"""`deconvcli.layers.arithmetic` in JavaScript, on BigInt: as exact as Python's integers.

`v` holds the numbers by name; floorDivided, modulo, min, max, count and shown are the page's.
"""

from __future__ import annotations

import ast
from json import dumps
from typing import Any

_INFIX = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_CALLED = {ast.FloorDiv: "floorDivided", ast.Mod: "modulo"}
_COMPARED = {
    ast.Eq: "===",
    ast.NotEq: "!==",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_JOINED = {ast.And: " && ", ast.Or: " || "}
_FUNCTIONS = {"min": "min", "max": "max", "len": "count"}


def expression(formula: str) -> str:
    """A formula as a JavaScript expression."""
    return _written(ast.parse(formula, mode="eval").body)


def template(text: str) -> str:
    """A text with {formulas} as a JavaScript expression that joins its parts."""
    parsed = ast.parse(f"f{text!r}", mode="eval").body
    parts = parsed.values if isinstance(parsed, ast.JoinedStr) else [parsed]
    return " + ".join(map(_part, parts)) or '""'


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        return f"shown({_written(node.value)})"
    return _written(node)


def _written(node: ast.expr) -> str:
    match node:
        case ast.Name(name):
            return f"v.{name}"
        case ast.Constant(constant):
            return _constant(constant)
        case ast.UnaryOp(ast.Not(), operand):
            return f"!({_written(operand)})"
        case ast.UnaryOp(ast.USub(), operand):
            return f"(-{_written(operand)})"
        case ast.BinOp(left, operator, right) if type(operator) in _INFIX:
            return f"({_written(left)} {_INFIX[type(operator)]} {_written(right)})"
        case ast.BinOp(left, operator, right) if type(operator) in _CALLED:
            return f"{_CALLED[type(operator)]}({_written(left)}, {_written(right)})"
        case ast.BoolOp(operator, values):
            return f"({_JOINED[type(operator)].join(map(_written, values))})"
        case ast.Compare(left, operators, right):
            return _comparison([left, *right], operators)
        case ast.IfExp(test, body, orelse):
            return f"({_written(test)} ? {_written(body)} : {_written(orelse)})"
        case ast.Call(ast.Name(name), arguments):
            return _call(name, arguments)
    raise ValueError(f"no JavaScript for {ast.unparse(node)}")


def _constant(constant: Any) -> str:
    """Whole numbers as BigInt; true and false and texts as JSON writes them."""
    return f"{constant}n" if type(constant) is int else dumps(constant)


def _comparison(terms: list[ast.expr], operators: list[ast.cmpop]) -> str:
    """Chained as in Python: a < b < c."""
    pairs = zip(terms, operators, terms[1:], strict=False)
    links = [f"{_written(a)} {_COMPARED[type(op)]} {_written(b)}" for a, op, b in pairs]
    return f"({' && '.join(links)})"


def _call(name: str, arguments: list[ast.expr]) -> str:
    if name in _FUNCTIONS:
        return f"{_FUNCTIONS[name]}({', '.join(map(_written, arguments))})"
    [ratio] = arguments
    if name not in ("floor", "ceil") or not isinstance(ratio, ast.BinOp):
        raise ValueError(f"no JavaScript for {name}")
    top, bottom = _written(ratio.left), _written(ratio.right)
    down = f"floorDivided({'-' if name == 'ceil' else ''}{top}, {bottom})"
    return down if name == "floor" else f"(-{down})"
