"""The layers of pasted Python code: calls in lists, containers, assignments and chains."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from textwrap import dedent
from typing import Any

from deconvcli.frameworks.pasted.bindings import list_bound
from deconvcli.frameworks.pasted.layer import Name
from deconvcli.frameworks.pasted.python_call import PythonCall, Tensor, ValueReader
from deconvcli.frameworks.pasted.python_code import parse_lines
from deconvcli.frameworks.pasted.understand import find_declaration
from deconvcli.networks.pasted.calls import is_layer
from deconvcli.networks.pasted.entries import (
    MAX_DEPTH,
    MAX_LAYERS,
    PLAIN_CONTAINERS,
    Entry,
    Listing,
    too_many,
    unreadable,
)

# Calls that add a layer to a container: `model.add(...)`.
_ADDERS = ("add", "append", "add_module", "add_sublayer", "register_module", "push")
# Functions that normalize the weights of a layer and return it.
_WRAPPERS = ("weight_norm", "spectral_norm", "remove_weight_norm", "SpectralNormalization")
# Functions that join tensors, and the layer that does the same.
_JOINS = {"concatenate": "Concatenate", "concat": "Concatenate", "add": "Add"}
_INPUTS = ("Input", "InputLayer", "InputSpec")
# Containers that only hold what is given to them.
_HOLDERS = (
    *PLAIN_CONTAINERS,
    *("Model", "Functional", "ModuleList", "ModuleDict", "LayerList", "LayerDict"),
)
# Calls that make or change no layer.
_SILENT = (
    *("__init__", "compile", "print", "summary", "build", "eval", "train", "to", "cuda", "fit"),
    *("size", "get_shape", "backward", "item", "numpy", "detach"),
)
# Methods that run a model: their calls are of layers that were created before.
_RUNNING = ("forward", "call", "__call__", "hybrid_forward", "construct")


def read_code(text: str, variables: Mapping[str, Any]) -> Listing:
    """Return the layers of Python code, which is parsed and never executed.

    Raises:
        UsageError: it has a loop or unpacks a list, or too many layers.
        SyntaxError: it is not Python code.
    """
    return read_statements(parse_lines(dedent(text).strip().rstrip(",;")).body, variables)


def read_statements(body: Sequence[ast.stmt], variables: Mapping[str, Any]) -> Listing:
    """Return the layers of statements that have been parsed.

    Raises:
        UsageError: they have a loop or unpack a list, or too many layers.
    """
    reader = _Reader(variables)
    reader.read_statements(body, depth=0)
    used = frozenset(reader.values.used)
    return Listing(tuple(reader.entries), reader.is_registered, reader.declared, used)


class _Reader:
    """Collects layers in the order of the code.

    known: for each variable that holds the output of a layer, the name of that layer; None for
    the input. made: for each variable that holds a layer, the layer's name.
    """

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self.values = ValueReader(variables)
        self.entries: list[Entry] = []
        self.is_registered = False
        self.declared: tuple[int | None, ...] | None = None
        self.known: dict[str, str | None] = {}
        self.made: dict[str, str] = {}
        self._names: set[str] = set()

    def read_statements(self, body: Sequence[ast.stmt], depth: int) -> None:
        for statement in body:
            self.values.learn(statement)
            match statement:
                case ast.Expr(value=value) | ast.Return(value=ast.expr() as value):
                    self._read(value, (), depth)
                case ast.Assign(targets=[target, *others], value=value):
                    self._assign(target, value, depth)
                    for other in others:  # `x = skip = Conv2D(8, 3)(x)`
                        self._assign(other, target, depth)
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    self._assign(target, value, depth)
                case ast.ClassDef(body=inner):
                    self.read_statements(inner, depth + 1)
                case ast.FunctionDef(name=name, body=inner) if name not in _RUNNING:
                    outer = dict(self.values.variables)
                    self.values.forget(list_bound(statement.args))
                    self.read_statements(inner, depth + 1)
                    self.values.variables = outer
                case ast.For() | ast.While() | ast.If() | ast.With() | ast.Try():
                    self._refuse_layers(statement, "depends on a loop or a condition")
                case _:
                    pass

    def _assign(self, target: ast.expr, value: ast.expr, depth: int) -> None:
        """Read what a name is given; a variable may then stand for the last layer's output."""
        before = len(self.entries)
        # `x` is a tensor that passes from layer to layer; `up1` or `self.up1` is a layer's name.
        is_tensor = isinstance(value, ast.Call) and (
            isinstance(value.func, ast.Call) or _last_name(value.func) in _JOINS
        )
        named = isinstance(target, ast.Attribute | ast.Name) and not is_tensor
        path = (_last_name(target),) if named else ()
        if isinstance(value, ast.Name) and value.id in self.known and isinstance(target, ast.Name):
            self.known[target.id] = self.known[value.id]
            return
        maker = _last_name(value.func) if isinstance(value, ast.Call) else ""
        given = Name("") if maker in _INPUTS else self.values.read(value)
        if isinstance(given, Tensor) and isinstance(target, ast.Name):
            # A placeholder's open batch is left out already.
            has_batch = maker != "placeholder" or len(given.shape) > 3
            self.known[target.id] = None
            self.declared = self.declared or given.shape[has_batch:]
            return
        if maker and not isinstance(given, Name):
            return  # a number, such as int(2 * width)
        if isinstance(value, ast.Call) and (made := self.made.get(ast.unparse(value.func))):
            self._apply(made, value)
            if isinstance(target, ast.Name):
                self.known[target.id] = made
            return
        self._read(value, path, depth)
        if named and len(self.entries) == before + 1:
            self.made[ast.unparse(target)] = self.entries[-1].name
        self.is_registered |= isinstance(target, ast.Attribute) and len(self.entries) > before
        if isinstance(target, ast.Name):
            if is_tensor and len(self.entries) > before:
                self.known[target.id] = self.entries[-1].name
            elif isinstance(value, ast.Call) and _last_name(value.func) in _INPUTS:
                self.known[target.id] = None

    def _apply(self, name: str, node: ast.Call) -> None:
        """Move a layer to where it is applied: `h = down(x)` after `down = nn.Conv2d(...)`."""
        entry = next(entry for entry in self.entries if entry.name == name)
        words = {keyword.arg: keyword.value for keyword in node.keywords}
        call = entry.call
        if call and "output_size" in words:
            size = self.values.read(words["output_size"])
            # torch takes a whole shape too; the class has its number of axes.
            axes = next((int(sign) for sign in entry.type if sign in "123"), 2)
            size = size[2:] if isinstance(size, list) and len(size) == axes + 2 else size
            call = call._replace(keywords={**call.keywords, "output_size": size})
        self.entries.remove(entry)
        self.entries.append(entry._replace(call=call, inputs=self._list_inputs(node.args)))

    def _read(self, node: ast.expr, path: tuple[str, ...], depth: int) -> None:
        """Read the layers of an expression; path: the names of what holds it."""
        if depth > MAX_DEPTH:
            raise unreadable("it is nested too deeply")
        match node:
            case ast.List(elts=items) | ast.Tuple(elts=items):
                self._read_items(items, path, depth)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    label = key.value if isinstance(key, ast.Constant) else None
                    self._read(value, (*path, str(label)) if label else path, depth + 1)
            case ast.Call():
                self._read_call(node, path, depth)
            case ast.Starred() | ast.ListComp() | ast.GeneratorExp() | ast.BinOp() | ast.IfExp():
                self._refuse_layers(node, "is computed by the program")
            case ast.Constant(value=value) if value is ...:
                raise unreadable("it is cut short by ...")
            case _:
                pass

    def _read_items(self, items: Sequence[ast.expr], path: tuple[str, ...], depth: int) -> None:
        place = 0
        for item in items:
            match item:
                # An entry of an OrderedDict: ("conv1", nn.Conv2d(...)).
                case ast.Tuple(elts=[ast.Constant(value=str() as label), inner]):
                    self._read(inner, (*path, label), depth + 1)
                case ast.Call(func=function) if _last_name(function) in _INPUTS:
                    self._read(item, path, depth + 1)
                case ast.Name() | ast.Attribute() | ast.Subscript() if path:
                    raise unreadable(
                        f"{ast.unparse(item)[:60]} is a layer that was created elsewhere"
                    )
                case _:
                    # torch numbers the modules of a container; lines of their own are numbered on.
                    label = str(place) if path or len(items) > 1 else ""
                    self._read(item, (*path, label) if label else path, depth + 1)
                    place += 1

    def _read_call(self, node: ast.Call, path: tuple[str, ...], depth: int) -> None:
        """Read one layer, or those in a container."""
        function, last = node.func, _last_name(node.func)
        if isinstance(function, ast.Call):  # a layer applied to a tensor: Conv2D(...)(x)
            for argument in node.args:
                self._read_tensor(argument, depth + 1)
            inputs = self._list_inputs(node.args)
            if not self._is_container(function):
                self._add(function, path, inputs)
            else:
                self._read_call(function, path, depth + 1)
        elif last in _INPUTS:
            self._declare(node)
        elif last in _JOINS and (inputs := self._list_inputs(node.args)):
            words = self.values.read_call(node).keywords
            call = PythonCall(_JOINS[last], (), {k: words[k] for k in words if k == "axis"})
            self._add_entry(call, path, last, node, inputs)
        elif last in _ADDERS and isinstance(function, ast.Attribute):
            labels = [str(item.value) for item in node.args if isinstance(item, ast.Constant)]
            for inner in node.args:
                self._read(inner, (*path, *labels[:1]), depth + 1)
        elif last in _WRAPPERS and node.args:
            self._read(node.args[0], path, depth + 1)
        elif is_layer(last):
            self._add(node, path, None)
        elif self._is_container(node):
            self.is_registered |= last not in _HOLDERS
            self._read_container(node, path, depth)
        # Calls such as self.conv1(x) are of layers that were created before.
        elif last not in (*_SILENT, *_HOLDERS) and _root_name(function) != "self":
            self._add(node, path, None)

    def _is_container(self, node: ast.Call) -> bool:
        """Return whether a call is given layers, and nothing else in a class of its own."""
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        last = _last_name(node.func)
        if is_layer(last) or not any(map(_has_call, given)):
            return False
        # Block(64, nn.ReLU()) has layers of its own.
        return last in _HOLDERS or all(map(_has_call, given))

    def _read_container(self, node: ast.Call, path: tuple[str, ...], depth: int) -> None:
        items = [item for item in node.args if not isinstance(item, ast.Constant)]
        if len(items) == 1 and isinstance(items[0], ast.List | ast.Tuple | ast.Dict | ast.Call):
            holds_one = isinstance(items[0], ast.Call) and is_layer(_last_name(items[0].func))
            if holds_one:
                self._read(items[0], (*path, "0") if path else path, depth + 1)
            else:
                self._read(items[0], path, depth + 1)
        else:
            self._read_items(items, path, depth + 1)
        for keyword in node.keywords:
            if _has_call(keyword.value):
                self._read(keyword.value, path, depth + 1)

    def _read_tensor(self, node: ast.expr, depth: int) -> None:
        """Read the layers in a tensor: those that made it are before the one that takes it."""
        if depth > MAX_DEPTH:
            raise unreadable("it is nested too deeply")
        if isinstance(node, ast.Call):
            self._read_call(node, (), depth)
        elif isinstance(node, ast.List | ast.Tuple):
            for item in node.elts:
                self._read_tensor(item, depth + 1)

    def _list_inputs(self, arguments: Sequence[ast.expr]) -> tuple[str, ...] | None:
        """Return the layers whose outputs are taken; None for the layer before."""
        listed = arguments[0] if arguments else None
        items = listed.elts if isinstance(listed, ast.List | ast.Tuple) else [listed]
        if not all(isinstance(item, ast.Name) and item.id in self.known for item in items):
            return None
        found = [self.known[item.id] for item in items if isinstance(item, ast.Name)]
        return tuple("input" if name is None else name for name in found)

    def _add(self, node: ast.Call, path: tuple[str, ...], inputs: tuple[str, ...] | None) -> None:
        call = self.values.read_call(node)
        self._declare_by_keyword(call)
        self._add_entry(call, path, _last_name(node.func), node, inputs)

    def _add_entry(
        self,
        call: PythonCall,
        path: tuple[str, ...],
        type: str,
        node: ast.Call,
        inputs: tuple[str, ...] | None,
    ) -> None:
        own = call.keywords.get("name")
        name = own if isinstance(own, str) and own else ".".join(path)
        if not name or name in self._names or name == "input":
            name = self._invent(name)
        self._names.add(name)
        self.entries.append(Entry(name, type, call, node.lineno, inputs, node.col_offset))
        if len(self.entries) > MAX_LAYERS:
            raise too_many()

    def _invent(self, name: str) -> str:
        """Return a name that no layer has: that of its call, if any, and its number."""
        number = len(self.entries)
        while True:
            invented = f"{name}.{number}" if name else str(number)
            if invented not in self._names:
                return invented
            number += 1

    def _declare(self, node: ast.Call) -> None:
        """Keep the shape of an input: Input(shape=(8, 8, 64))."""
        call = self.values.read_call(node)
        shape = call.keywords.get("shape", next(iter(call.positional), None))
        self._declare_by_keyword(PythonCall(call.name, (), {"input_shape": shape, **call.keywords}))

    def _declare_by_keyword(self, call: PythonCall) -> None:
        if self.declared is None and (found := find_declaration(call.keywords)):
            self.declared = found.sizes

    def _refuse_layers(self, node: ast.AST, why: str) -> None:
        """Refuse a part of the code that has layers, of which only the program knows how many."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and is_layer(_last_name(inner.func)):
                raise unreadable(
                    f"line {inner.lineno}: {_last_name(inner.func)}(...) {why}",
                    "paste what print(model) writes, which has each layer.",
                )


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _root_name(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _has_call(node: ast.expr) -> bool:
    """Return whether an argument is a layer, or a list of layers."""
    if isinstance(node, ast.List | ast.Tuple):
        return any(map(_has_call, node.elts))
    if isinstance(node, ast.Dict):
        return any(map(_has_call, node.values))
    if isinstance(node, ast.Starred):
        return True
    return isinstance(node, ast.Call) and _last_name(node.func) not in ("Size", "zeros", "ones")
