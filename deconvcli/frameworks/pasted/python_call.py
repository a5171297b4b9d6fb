"""A pasted Python call, parsed and never executed: names, numbers and simple arithmetic only."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from operator import add, floordiv, mul, sub
from typing import Any, NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64

MAX_CALL_CHARACTERS = 4000


class Name(NamedTuple):
    """A variable, or an expression with one, whose value only the author's program has."""

    text: str


class Tensor(NamedTuple):
    """A tensor with a written shape, such as torch.zeros(1, 64, 5, 5)."""

    shape: tuple[int, ...]


class PythonCall(NamedTuple):
    """A call `name(positional..., keyword=...)` of numbers, strings, lists, Name and Tensor."""

    name: str
    positional: tuple[Any, ...]
    keywords: Mapping[str, Any]


_MAKERS = {"zeros", "ones", "randn", "rand", "empty", "normal", "uniform"}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.FloorDiv: floordiv,
}


def read_call(text: str) -> PythonCall:
    """Return the one call in `text`, without an assignment or a trailing comma around it.

    Raises:
        UsageError: it is not one call, or has an argument that no layer takes.
    """
    try:
        if len(text) > MAX_CALL_CHARACTERS:
            raise _unclear(f"{len(text)} characters are too many for one call")
        body = ast.parse(text.strip().rstrip(",;")).body
        statement = body[0] if len(body) == 1 else None
        node = getattr(statement, "value", None)
        if not isinstance(node, ast.Call):
            raise _unclear("there is no single call in it")
        return PythonCall(
            ast.unparse(node.func),
            tuple(_value(argument) for argument in node.args),
            {_keyword(keyword): _value(keyword.value) for keyword in node.keywords},
        )
    except SyntaxError as error:
        place = f" at column {error.offset}" if error.offset else ""
        raise _unclear(f"it is not Python{place}: {error.msg}") from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise _unclear("it is nested too deeply or holds a number that is too long") from error


def _unclear(why: str) -> UsageError:
    return UsageError(
        f"the pasted layer cannot be read: {why}",
        help="paste one call, such as 'nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1)'.",
        code="pasted-call",
    )


def _keyword(keyword: ast.keyword) -> str:
    if keyword.arg is None:
        raise _unclear("**arguments have no names here")
    return keyword.arg


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return [_value(item) for item in items]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
        case ast.BinOp(op=operator, left=left, right=right) if type(operator) in _OPERATORS:
            return _compute(node, _OPERATORS[type(operator)], _value(left), _value(right))
        case ast.Call(func=ast.Attribute(attr=maker)) if maker in _MAKERS:
            return _tensor(node)
        case _:
            return Name(ast.unparse(node))


def _compute(node: ast.BinOp, operator: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """Return 64*8 as its number; anything else remains an expression without a value."""
    if type(left) is not int or type(right) is not int or (operator is floordiv and right == 0):
        return Name(ast.unparse(node))
    if max(abs(left), abs(right)) > MAX_INT64:
        raise _unclear("it computes with a number beyond 64 bits")
    return operator(left, right)


def _tensor(node: ast.Call) -> Any:
    sizes = [_value(argument) for argument in node.args]
    # A shape in a list may come second, after JAX's random key.
    sizes = next((size for size in sizes[:2] if isinstance(size, list)), sizes)
    if sizes and all(type(size) is int and size >= 0 for size in sizes):
        return Tensor(tuple(sizes))
    return Name(ast.unparse(node))
