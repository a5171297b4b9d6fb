"""A pasted Python call, parsed and never executed: names, numbers and simple arithmetic only."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from math import ceil, floor, isfinite
from operator import add, floordiv, mod, mul, sub, truediv
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.values import MAX_INT64
from deconvcli.frameworks.pasted.bindings import list_bound, pair_targets
from deconvcli.frameworks.pasted.layer import COMPUTED, Name
from deconvcli.frameworks.pasted.refusals import refuse_unpacking, refuse_unreadable, unclear
from deconvcli.layers.axis import Linear, Size

_NO_VARIABLES: Mapping[str, Any] = MappingProxyType({})


class Tensor(NamedTuple):
    """A tensor with a written shape, such as torch.zeros(1, 64, 5, 5)."""

    shape: tuple[int, ...]


class PythonCall(NamedTuple):
    """A call `name(positional..., keyword=...)` of numbers, strings, lists, Name and Tensor.

    data: the tensor to which the text applies the layer that the call makes.
    """

    name: str
    positional: tuple[Any, ...]
    keywords: Mapping[str, Any]
    data: Tensor | None = None


# Calls that return their first argument, as far as numbers and lists of them matter.
_CONVERSIONS = {
    *("stack", "pack", "TensorShape", "Size", "convert_to_tensor", "constant", "array", "asarray"),
    *("tuple", "list", "cast", "Variable", "Dims", "DimsHW"),
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = dict(
    zip(COMPUTED, (int, ceil, floor, round, max, min, abs), strict=True)
)
# Methods that return a tensor of the same shape.
_CASTS = {
    *("to", "cuda", "cpu", "float", "half", "double", "contiguous", "requires_grad_", "detach"),
    *("clone", "astype"),
}
_MAKERS = {
    *("zeros", "ones", "randn", "rand", "empty", "normal", "uniform", "placeholder", "Input"),
    # TensorFlow 1's; of the last, the shape comes after a name.
    *("truncated_normal", "random_normal", "random_uniform", "get_variable"),
}
_SHAPE_WORDS = ("shape", "size", "batch_shape")
# JSON's words for the three constants.
_JSON_WORDS: Mapping[str, Any] = MappingProxyType({"true": True, "false": False, "null": None})
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: truediv,
    ast.FloorDiv: floordiv,
    ast.Mod: mod,
    ast.Pow: pow,
}
# Of a number within 64 bits such a power has 4,032 bits at most, which costs no time.
MAX_EXPONENT = 64
# The longest list that is computed; no tensor has as many axes.
MAX_ITEMS = 16


class ValueReader:
    """Reads the arguments of calls; `variables` have the values of what the text only names.

    used: the variables that were needed. defaults: those that are parameters of a function in the
    text, with the value that they have by default.
    """

    def __init__(self, variables: Mapping[str, Any] = _NO_VARIABLES) -> None:
        self.variables = dict(variables)
        self.given = frozenset(variables)
        self.used: set[str] = set()
        self.defaults: dict[str, Any] = {}

    def learn_defaults(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Remember what the parameters of a function are if its caller says nothing."""
        named, only = function.args.args, function.args.kwonlyargs
        last = named[len(named) - len(function.args.defaults) :]
        pairs = [*zip(last, function.args.defaults, strict=True)]
        pairs += [
            (name, value)
            for name, value in zip(only, function.args.kw_defaults, strict=True)
            if value
        ]
        for parameter, default in pairs:
            value = self.read(default)
            if (
                value is not None
                and not isinstance(value, Name)
                and parameter.arg not in self.given
            ):
                self.variables[parameter.arg] = value
                self.defaults[parameter.arg] = value

    def learn(self, statement: ast.stmt) -> None:
        """Remember the values of variables that the text itself assigns: `k, s = 4, 2`.

        A variable that it may change in any other way has no value afterwards.
        """
        pairs: list[tuple[str, ast.expr]] = []
        match statement:
            case ast.Assign(targets=targets, value=node):
                pairs = [pair for target in targets for pair in pair_targets(target, node)]
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as node):
                pairs = pair_targets(target, node)
        values = [(name, self.read(node)) for name, node in pairs]
        self.forget(list_bound(statement))
        for name, value in values:
            if name in self.given or isinstance(value, Name):
                continue
            self.variables[name] = value
            if isinstance(value, Tensor):
                sizes = list(value.shape)
                self.variables |= {f"{name}.{form}": sizes for form in ("shape", "size()")}

    def forget(self, names: Iterable[str]) -> None:
        """Drop the values of variables, except those that the user gives."""
        for name in {*names} - self.given:
            for form in (name, f"{name}.shape", f"{name}.size()"):
                self.variables.pop(form, None)
            self.defaults.pop(name, None)

    def read_call(self, node: ast.Call) -> PythonCall:
        """Return a call with its arguments as values.

        Raises:
            UsageError: it has arguments that are unpacked from a mapping.
        """
        positional = tuple(self._read_items(node.args))
        return PythonCall(ast.unparse(node.func), positional, self._read_keywords(node))

    def _read_items(self, nodes: list[ast.expr]) -> Iterator[Any]:
        """Yield the values of a list, those of a list within it after a star.

        Raises:
            UsageError: what comes after a star is no known list.
        """
        for node in nodes:
            value = self.read(node.value if isinstance(node, ast.Starred) else node)
            if not isinstance(node, ast.Starred):
                yield value
            elif isinstance(value, list):
                yield from value
            else:
                raise refuse_unpacking(node)

    def _read_keywords(self, node: ast.Call) -> dict[str, Any]:
        words: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.read(keyword.value)
            added = value if keyword.arg is None else {keyword.arg: value}
            if not isinstance(added, dict):
                raise refuse_unpacking(keyword.value, "**")
            words |= added
        return words

    def read(self, node: ast.expr) -> Any:
        """Return a value: a number, a word, a list, a mapping, a Tensor, or else a Name."""
        match node:
            case ast.Constant(value=value):
                if value is ...:
                    raise unclear("it is cut short by ...", "paste all of its arguments.")
                return value
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return list(self._read_items(items))
            case ast.Dict(keys=keys, values=values):
                return self._read_mapping(node, keys, values)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value = self.read(operand)
                return -value if type(value) is int else Name(ast.unparse(node))
            case ast.BinOp(left=left, right=right):
                return compute(node, self.read(left), self.read(right))
            case ast.Call(func=ast.Attribute(attr=maker) | ast.Name(id="Input" as maker)) if (
                maker in _MAKERS
            ):
                return self._read_tensor(node)
            case ast.Call(func=ast.Attribute(attr=name, value=tensor)) if name in _CASTS:
                value = self.read(tensor)
                return value if isinstance(value, Tensor) else self._read_name(ast.unparse(node))
            case ast.Call(
                func=ast.Attribute(attr="Size"), args=[ast.List() | ast.Tuple() as sizes]
            ):
                return self.read(sizes)
            case ast.Call(func=ast.Name(id="dict"), args=[]):
                return self._read_keywords(node)
            case ast.Subscript(value=items, slice=place):
                return self._read_part(node, self.read(items), place)
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[first, *_]) if (
                name in _CONVERSIONS or name in _FUNCTIONS
            ):
                return self._read_function(node, name, first)
            case _:
                return self._read_name(ast.unparse(node))

    def _read_function(self, node: ast.Call, name: str, first: ast.expr) -> Any:
        """Return what int(5 / 2), max(k, s) and tf.stack([b, 10]) are."""
        values = list(self._read_items(node.args))
        if name in _CONVERSIONS:
            # TensorRT's DimsHW takes both numbers of a list.
            value = values if len(values) > 1 and name == "DimsHW" else values[0]
            return self._read_name(ast.unparse(node)) if isinstance(value, Name) else value
        # The size of a tensor may be a letter, which int() leaves as it is.
        if name == "int" and type(values[0]) is Linear:
            return values[0]
        if all(type(value) in (int, float) and isfinite(value) for value in values):
            with suppress(TypeError):  # the number of arguments is another
                return _FUNCTIONS[name](*values)
        return self._read_name(ast.unparse(node))

    def _read_part(self, node: ast.Subscript, items: Any, place: ast.expr) -> Any:
        """Return x.shape[1] and x.shape[2:] where the list is known."""
        is_slice = isinstance(place, ast.Slice)
        parts = (place.lower, place.upper) if isinstance(place, ast.Slice) else (place,)
        ends: list[Any] = [None if part is None else self.read(part) for part in parts]
        if isinstance(items, list) and all(type(end) in (int, type(None)) for end in ends):
            index: Any = slice(*ends) if is_slice else ends[0]
            with suppress(IndexError, TypeError):  # x[None]
                return items[index]
        return self._read_name(ast.unparse(node))

    def _read_name(self, text: str) -> Any:
        if text in self.variables:
            self.used.add(text)
            return self.variables[text]
        return _JSON_WORDS[text] if text in _JSON_WORDS else Name(text)

    def _read_mapping(self, node: ast.Dict, keys: list[Any], values: list[ast.expr]) -> Any:
        # The names of an object in JavaScript have no quotes.
        names = [getattr(key, "id" if isinstance(key, ast.Name) else "value", None) for key in keys]
        if not all(isinstance(name, str) for name in names):
            return Name(ast.unparse(node))
        return dict(zip(names, map(self.read, values), strict=True))

    def _read_tensor(self, node: ast.Call) -> Any:
        sizes = list(self._read_items(node.args))
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        shape = next((named[name] for name in _SHAPE_WORDS if name in named), None)
        if shape is not None:
            sizes = [self.read(shape)]
        # A shape in a list may come second, after JAX's random key.
        sizes = next((size for size in sizes[:2] if isinstance(size, list)), sizes)
        sizes = sizes[1:] if sizes[:1] == [None] else sizes  # an open batch
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


def compute_sizes(expression: str, tensor: str, shape: Sequence[Size | None]) -> Any:
    """Return the value of an expression in a tensor's sizes: tf.shape(x)[1] * 2.

    tensor: its expression. shape: its sizes, None where one is not known.
    """
    forms = (
        *(f"tf.shape({tensor})", f"{tensor}.shape", f"{tensor}.get_shape()", f"{tensor}.size()"),
        *(f"{tensor}.shape.as_list()", f"{tensor}.get_shape().as_list()", f"K.shape({tensor})"),
        *(f"K.int_shape({tensor})", f"jnp.shape({tensor})", f"np.shape({tensor})"),
    )
    variables = {
        f"{form}[{index}]{end}": size
        for form in forms
        for place, size in enumerate(shape)
        for index in (place, place - len(shape))
        for end in ("", ".value")
        if size is not None
    }
    with refuse_unreadable(expression):
        return ValueReader(variables).read(ast.parse(expression, mode="eval").body)


def compute(node: ast.BinOp, left: Any, right: Any) -> Any:
    """Return 64*8 as its number, of its two values; any other remains an expression without one.

    Raises:
        UsageError: a number is beyond 64 bits.
    """
    operator = _OPERATORS.get(type(node.op))
    if operator is None:
        return Name(ast.unparse(node))
    kinds = (type(left), type(right))
    if (operator, kinds) == (add, (list, list)) and len(left) + len(right) <= MAX_ITEMS:
        return left + right
    if (operator, kinds) == (mul, (list, int)) and len(left) * right <= MAX_ITEMS:
        return left * right
    divides = operator in (truediv, floordiv, mod)
    has_numbers = {*kinds} <= {int, float} and not (divides and right == 0)
    if operator is pow:
        has_numbers = kinds == (int, int) and 0 <= right <= MAX_EXPONENT
    if has_numbers and max(abs(left), abs(right)) > MAX_INT64:
        raise unclear("it computes with a number beyond 64 bits")
    # A letter is divided by numbers only, and raised to no power.
    has_letters = Linear in kinds and {*kinds} <= {int, Linear} and operator not in (truediv, pow)
    if has_numbers or (has_letters and not (divides and (kinds[1] is Linear or right == 0))):
        return operator(left, right)
    return Name(ast.unparse(node))
