"""The formulas of `deconvcli.layers.arithmetic` in JavaScript, as exact as in Python.

All numbers are BigInt: Number is exact only to 2**53. `v` holds them by name. floorDivide, modulo,
min, max, count and format are functions of the page.
"""

from __future__ import annotations

import ast
from json import dumps

_INFIX = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_DIVISIONS = {ast.FloorDiv: "floorDivide", ast.Mod: "modulo"}
_COMPARISONS = {
    ast.Eq: "===",
    ast.NotEq: "!==",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_JUNCTIONS = {ast.And: " && ", ast.Or: " || "}
_FUNCTIONS = {"min": "min", "max": "max", "len": "count"}


def translate_formula(formula: str) -> str:
    """Return a formula as a JavaScript expression.

    Raises:
        ValueError: the formula uses something that has no translation.
    """
    return _translate(ast.parse(formula, mode="eval").body)


def translate_text(text: str) -> str:
    """Return a text with {formulas} as a JavaScript expression that joins its parts."""
    # The text is a Python f-string without its f; an empty one parses to a plain constant.
    parsed = ast.parse(f"f{text!r}", mode="eval").body
    parts = parsed.values if isinstance(parsed, ast.JoinedStr) else [parsed]
    return " + ".join(map(_part, parts)) or '""'


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        return f"format({_translate(node.value)})"
    return _translate(node)


def _translate(node: ast.expr) -> str:
    match node:
        case ast.Name(name):
            return f"v.{name}"
        case ast.Constant(constant):
            return write_constant(constant)
        case ast.UnaryOp(ast.Not(), operand):
            return f"!({_translate(operand)})"
        case ast.UnaryOp(ast.USub(), operand):
            return f"(-{_translate(operand)})"
        case ast.BinOp(left, operator, right) if type(operator) in _INFIX:
            return f"({_translate(left)} {_INFIX[type(operator)]} {_translate(right)})"
        case ast.BinOp(left, operator, right) if type(operator) in _DIVISIONS:
            return f"{_DIVISIONS[type(operator)]}({_translate(left)}, {_translate(right)})"
        case ast.BoolOp(operator, values):
            return f"({_JUNCTIONS[type(operator)].join(map(_translate, values))})"
        case ast.Compare(left, operators, right):
            return _comparison([left, *right], operators)
        case ast.IfExp(test, body, orelse):
            return f"({_translate(test)} ? {_translate(body)} : {_translate(orelse)})"
        case ast.Call(ast.Name(name), arguments):
            return _call(name, arguments)
    raise ValueError(f"no JavaScript for {ast.unparse(node)}")


def write_constant(constant: object) -> str:
    """Return a constant: whole numbers as BigInt, booleans and texts as in JSON."""
    # A boolean is an int for Python, hence no isinstance.
    return f"{constant}n" if type(constant) is int else dumps(constant)


def _comparison(terms: list[ast.expr], operators: list[ast.cmpop]) -> str:
    """Return a comparison that may be chained, as in Python: a < b < c."""
    # Not strict: there is one term more than there are operators.
    pairs = zip(terms, operators, terms[1:], strict=False)
    links = [f"{_translate(a)} {_COMPARISONS[type(op)]} {_translate(b)}" for a, op, b in pairs]
    return f"({' && '.join(links)})"


def _call(name: str, arguments: list[ast.expr]) -> str:
    if name in _FUNCTIONS:
        return f"{_FUNCTIONS[name]}({', '.join(map(_translate, arguments))})"
    [ratio] = arguments
    if name not in ("floor", "ceil") or not isinstance(ratio, ast.BinOp):
        raise ValueError(f"no JavaScript for {name}")
    top, bottom = _translate(ratio.left), _translate(ratio.right)
    # Only floor(a / b) and ceil(a / b) exist; ceil(a / b) is -floor(-a / b), exactly.
    down = f"floorDivide({'-' if name == 'ceil' else ''}{top}, {bottom})"
    return down if name == "floor" else f"(-{down})"
