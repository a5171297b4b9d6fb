"""A pasted Python call, parsed and never executed: names, numbers and simple arithmetic only."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from operator import add, floordiv, mod, mul, sub
from types import MappingProxyType
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64
from deconvcli.frameworks.pasted.layer import Name

# A layer that Keras serialized with indentation takes about 3,000.
MAX_CALL_CHARACTERS = 10_000
_NO_VARIABLES: Mapping[str, Any] = MappingProxyType({})


class Tensor(NamedTuple):
    """A tensor with a written shape, such as torch.zeros(1, 64, 5, 5)."""

    shape: tuple[int, ...]


class PythonCall(NamedTuple):
    """A call `name(positional..., keyword=...)` of numbers, strings, lists, Name and Tensor."""

    name: str
    positional: tuple[Any, ...]
    keywords: Mapping[str, Any]


_MAKERS = {"zeros", "ones", "randn", "rand", "empty", "normal", "uniform"}
# JSON's words for the three constants.
_JSON_WORDS: Mapping[str, Any] = MappingProxyType({"true": True, "false": False, "null": None})
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.FloorDiv: floordiv,
    ast.Mod: mod,
    ast.Pow: pow,
}
MAX_EXPONENT = 64


class ValueReader:
    """Reads the arguments of calls; `variables` have the values of what the text only names.

    used: the variables that were needed.
    """

    def __init__(self, variables: Mapping[str, Any] = _NO_VARIABLES) -> None:
        self.variables = dict(variables)
        self.used: set[str] = set()

    def learn(self, statement: ast.stmt) -> None:
        """Remember the value of a variable that the text itself assigns: `k = 4`."""
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=node) if not isinstance(
                node, ast.Call
            ):
                value = self.read(node)
                if not isinstance(value, Name):
                    self.variables.setdefault(name, value)

    def read_call(self, node: ast.Call) -> PythonCall:
        """Return a call with its arguments as values.

        Raises:
            UsageError: it has arguments that are unpacked from a mapping.
        """
        return PythonCall(
            ast.unparse(node.func),
            tuple(self.read(argument) for argument in node.args),
            {_keyword(keyword): self.read(keyword.value) for keyword in node.keywords},
        )

    def read(self, node: ast.expr) -> Any:
        """Return a value: a number, a word, a list, a mapping, a Tensor, or else a Name."""
        match node:
            case ast.Constant(value=value):
                if value is ...:
                    raise unclear("it is cut short by ...", "paste all of its arguments.")
                return value
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return [self.read(item) for item in items]
            case ast.Dict(keys=keys, values=values):
                return self._read_mapping(node, keys, values)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value = self.read(operand)
                return -value if type(value) is int else Name(ast.unparse(node))
            case ast.BinOp(op=operator, left=left, right=right) if type(operator) in _OPERATORS:
                return _compute(node, _OPERATORS[type(operator)], self.read(left), self.read(right))
            case ast.Call(func=ast.Attribute(attr=maker)) if maker in _MAKERS:
                return self._read_tensor(node)
            case ast.Call(func=ast.Name(id="dict"), args=[]):
                return {_keyword(keyword): self.read(keyword.value) for keyword in node.keywords}
            case _:
                return self._read_name(ast.unparse(node))

    def _read_name(self, text: str) -> Any:
        if text in self.variables:
            self.used.add(text)
            return self.variables[text]
        return _JSON_WORDS[text] if text in _JSON_WORDS else Name(text)

    def _read_mapping(self, node: ast.Dict, keys: list[Any], values: list[ast.expr]) -> Any:
        names = [key.value if isinstance(key, ast.Constant) else None for key in keys]
        if not all(isinstance(name, str) for name in names):
            return Name(ast.unparse(node))
        return dict(zip(names, map(self.read, values), strict=True))

    def _read_tensor(self, node: ast.Call) -> Any:
        sizes = [self.read(argument) for argument in node.args]
        # A shape in a list may come second, after JAX's random key.
        sizes = next((size for size in sizes[:2] if isinstance(size, list)), sizes)
        if sizes and all(type(size) is int and size >= 0 for size in sizes):
            return Tensor(tuple(sizes))
        return Name(ast.unparse(node))


def read_call(text: str) -> PythonCall:
    """Return the one call in `text`, without an assignment or a trailing comma around it.

    Raises:
        UsageError: it is not one call, or has an argument that no layer takes.
    """
    with refuse_unreadable(text):
        body = ast.parse(text.strip().rstrip(",;")).body
        statement = body[0] if len(body) == 1 else None
        node = getattr(statement, "value", None)
        if not isinstance(node, ast.Call):
            raise unclear("there is no single call in it")
        return ValueReader().read_call(node)


@contextmanager
def refuse_unreadable(text: str) -> Iterator[None]:
    """Return a context in which text that Python cannot parse is a UsageError."""
    if len(text) > MAX_CALL_CHARACTERS:
        raise unclear(f"{len(text)} characters are too many for one call")
    try:
        with catch_warnings():
            simplefilter("ignore")  # Python warns about text such as `3or 4`
            yield
    except SyntaxError as error:
        if error.msg.startswith("Exceeds the limit"):  # CPython's, for integers
            raise unclear("it holds a number that is too long") from error
        place = f" at column {error.offset}" if error.offset else ""
        raise unclear(f"it is not Python{place}: {error.msg}") from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise unclear("it is nested too deeply or holds a number that is too long") from error


def unclear(why: str, help: str = "") -> UsageError:
    """Return the error for a text that is no single layer."""
    return UsageError(
        f"the pasted layer cannot be read: {why}",
        help=help
        or "paste one call, such as 'nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1)'.",
        code="pasted-call",
    )


def _keyword(keyword: ast.keyword) -> str:
    if keyword.arg is None:
        raise unclear("**arguments have no names here")
    return keyword.arg


def _compute(node: ast.BinOp, operator: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """Return 64*8 as its number; anything else remains an expression without a value."""
    if type(left) is not int or type(right) is not int:
        return Name(ast.unparse(node))
    if (operator in (floordiv, mod) and right == 0) or (
        operator is pow and not 0 <= right <= MAX_EXPONENT
    ):
        return Name(ast.unparse(node))
    if max(abs(left), abs(right)) > MAX_INT64:
        raise unclear("it computes with a number beyond 64 bits")
    return operator(left, right)
