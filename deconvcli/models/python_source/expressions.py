"""The values of expressions: arithmetic, conditions, and the functions of Python itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from contextlib import suppress
from operator import eq, ge, gt, is_, is_not, le, lt, ne
from typing import Any

from deconvcli.frameworks.pasted.layer import Name
from deconvcli.frameworks.pasted.python_call import Tensor, ValueReader, compute
from deconvcli.models.python_source.tensors import find_shape, find_source

_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: eq,
    ast.NotEq: ne,
    ast.Lt: lt,
    ast.LtE: le,
    ast.Gt: gt,
    ast.GtE: ge,
    ast.Is: is_,
    ast.IsNot: is_not,
    ast.In: lambda value, items: value in items,
    ast.NotIn: lambda value, items: value not in items,
}
_BUILTINS = frozenset(("int", "max", "min", "abs", "round", "tuple", "list"))
_FUNCTIONS = frozenset(("math.ceil", "math.floor", "numpy.ceil", "numpy.floor", "torch.Size"))
_SAME_SHAPE = frozenset(
    (
        *("to", "cuda", "cpu", "float", "half", "double", "contiguous", "requires_grad_", "detach"),
        *("clone", "astype"),
    )
)

FindVariable = Callable[[ast.Name | ast.Attribute], Any]
ListItems = Callable[[ast.expr], list[Any] | None]
FindPath = Callable[[ast.expr], str | None]
Spend = Callable[[int], None]


class SourceReader(ValueReader):
    """Reads expressions whose names have values in the file.

    find_variable: the value of a name, a Name where only the program knows it. find_path: the
    dotted name that imports give an expression, None for a name of Python's own and for one that
    the file does not bind. list_items: what a comprehension gives, or a function such as range.
    spend: is called with each step, and ends the reading where these are too many.
    """

    def __init__(
        self,
        find_variable: FindVariable,
        find_path: FindPath,
        list_items: ListItems,
        spend: Spend,
    ) -> None:
        super().__init__()
        self._find_variable = find_variable
        self._find_path = find_path
        self._list_items = list_items
        self._spend = spend

    def read(self, node: ast.expr) -> Any:
        """Return a value: a number, a word, a list, a mapping, a Tensor, or else a Name."""
        self._spend(1)
        match node:
            case ast.Constant(value=value):
                return _name(node) if value is ... else value
            case ast.Name() | ast.Attribute():
                return self._read_variable(node)
            case ast.Call():
                return self._read_any_call(node)
            case ast.BinOp(left=left, right=right):
                values = self.read(left), self.read(right)
                return compute(node, *values) if all(map(is_known, values)) else _name(node)
            case ast.UnaryOp(op=operator, operand=operand):
                return _apply_sign(node, operator, self.read(operand))
            case ast.ListComp() | ast.GeneratorExp():
                found = self._list_items(node)
                return _name(node) if found is None else found
            case ast.IfExp(test=test, body=body, orelse=other):
                is_true = self.read(test)
                if is_known(is_true):
                    return self.read(body if is_true else other)
                return _name(node)
            case ast.BoolOp(op=operator, values=values):
                return self._choose(node, isinstance(operator, ast.Or), values)
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self._compare(node, _COMPARISONS[type(operator)], left, right)
            case ast.Subscript(value=items, slice=place):
                return self._read_item(node, self.read(items), place)
            case ast.Tuple() | ast.List() | ast.Dict():
                return super().read(node)
        return _name(node)

    def _read_variable(self, node: ast.Name | ast.Attribute) -> Any:
        value = self._find_variable(node)
        if isinstance(value, Name):
            return _name(node)
        if not isinstance(value, Tensor):
            text = node.id if isinstance(node, ast.Name) else ast.unparse(node)
            self.variables[text] = value
            self.used.add(text)
        return value

    def _read_any_call(self, node: ast.Call) -> Any:
        path, function = self._find_path(node.func), node.func
        if path and (source := find_source(node, path)) is not None:
            value = self.read(source)
            return value if isinstance(value, Tensor) else _name(node)
        if path and (shape := find_shape(node, path)) is not None:
            return _make_tensor(node, self.read(shape))
        match function:
            case ast.Name(id="sum" | "len" as name) if path is None and len(node.args) == 1:
                return _count(node, name, self.read(node.args[0]))
            case ast.Name(id="range" | "zip" | "enumerate" | "reversed") if path is None:
                found = self._list_items(node)
                return _name(node) if found is None else found
            case ast.Name(id="dict") if path is None and not node.args:
                return super().read(node)
            case ast.Name(id=name) if path is None and name in _BUILTINS and node.args:
                return self._read_function(node, name, node.args[0])
            case ast.Attribute(attr="get", value=mapping) if len(node.args) in (1, 2):
                return self._read_entry(node, self.read(mapping), *map(self.read, node.args))
            case ast.Attribute(attr=name, value=tensor) if name in _SAME_SHAPE:
                value = self.read(tensor)
                return value if isinstance(value, Tensor) else _name(node)
            case ast.Attribute(attr=name) if path and node.args:
                if path in _FUNCTIONS:
                    return self._read_function(node, name, node.args[0])
        return _name(node)

    def _read_entry(self, node: ast.Call, mapping: Any, key: Any, default: Any = None) -> Any:
        """Return what `options.get("stride", 1)` gives."""
        is_plain = isinstance(mapping, dict) and isinstance(key, str)
        return mapping.get(key, default) if is_plain else _name(node)

    def _read_name(self, text: str) -> Any:
        """Return a name without a value, for what a function gives."""
        return Name("")

    def _choose(self, node: ast.expr, is_or: bool, values: list[ast.expr]) -> Any:
        """Return the value of `k or 3`, and of several conditions."""
        value: Any = None
        for each in values:
            value = self.read(each)
            if not is_known(value):
                return _name(node)
            if bool(value) is is_or:
                break
        return value

    def _compare(
        self, node: ast.expr, operator: Callable[[Any, Any], Any], left: ast.expr, right: ast.expr
    ) -> Any:
        values = self.read(left), self.read(right)
        if all(map(is_known, values)):
            with suppress(TypeError):  # an order of what has none
                return bool(operator(*values))
        return _name(node)

    def _read_item(self, node: ast.Subscript, items: Any, place: ast.expr) -> Any:
        """Return K[0], K[1:] and K['a'] where these are known."""
        index: Any
        if isinstance(place, ast.Slice):
            parts = (place.lower, place.upper, place.step)
            ends = [None if part is None else self.read(part) for part in parts]
            if not all(type(end) in (int, type(None)) for end in ends):
                return _name(node)
            index = slice(*ends)
        else:
            index = self.read(place)
        if isinstance(items, list | dict) and isinstance(index, int | str | slice):
            # An index outside, a step of 0, a word as the index of a list.
            with suppress(IndexError, KeyError, TypeError, ValueError):
                return items[index]  # type: ignore[index]
        return _name(node)


def is_known(value: Any) -> bool:
    """Return whether a value has no part that only the program knows."""
    if isinstance(value, list | dict):
        parts = value.values() if isinstance(value, dict) else value
        return all(map(is_known, parts))
    return not isinstance(value, Name | Tensor)


def _name(node: ast.expr) -> Name:
    """Return what stands for an expression without a value.

    Only those of names and calls are read; to write out all the others would take long.
    """
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return Name(name)
        case ast.Call():
            return Name("value()")
    return Name("value")


def _apply_sign(node: ast.expr, operator: ast.unaryop, value: Any) -> Any:
    if isinstance(operator, ast.Not) and is_known(value):
        return not value
    is_minus = isinstance(operator, ast.USub) and type(value) in (int, float)
    return -value if is_minus else _name(node)


def _make_tensor(node: ast.Call, sizes: Any) -> Any:
    sizes = sizes if isinstance(sizes, list) else [sizes]
    if sizes and all(type(size) is int and size >= 0 for size in sizes):
        return Tensor(tuple(sizes))
    return _name(node)


def _count(node: ast.Call, name: str, items: Any) -> Any:
    """Return what `len` and `sum` give."""
    if isinstance(items, list) and (name == "len" or all(type(each) is int for each in items)):
        return len(items) if name == "len" else sum(items)
    return _name(node)
