"""Classes whose `forward` passes one tensor from layer to layer, as networks in that order."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from deconvcli.models.python_source.frameworks import Resolver
from deconvcli.models.python_source.scopes import Binding, Context, Scope
from deconvcli.models.python_source.source import Source

# The classes from which networks are derived, and their dialects.
_BASES = {
    "torch.nn.Module": "torch",
    "torch.nn.modules.module.Module": "torch",
    "paddle.nn.Layer": "paddle",
}
_FUNCTIONS = ("relu", "leaky_relu", "sigmoid", "tanh", "gelu", "silu", "elu", "softplus", "dropout")
_HOMES = ("torch", "torch.nn.functional", "paddle", "paddle.nn.functional")
# Functions and methods that return a tensor of the same shape.
_KEEPING = frozenset(f"{home}.{name}" for home in _HOMES for name in _FUNCTIONS)
_METHODS = frozenset(("relu", "sigmoid", "tanh", "contiguous", "float", "half", "clone"))


# Parts of the code with variables of their own.
_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Forward(NamedTuple):
    """A class with what its `forward` applies one after the other.

    layers: the expressions that make them, by the attributes that hold them. context: where these
    stand. line: of the definition of `forward`.
    """

    node: ast.ClassDef
    layers: Mapping[str, ast.expr]
    context: Context
    dialect: str
    line: int

    @property
    def statement(self) -> ast.stmt:
        """The class as a container of its layers."""
        pairs: list[ast.expr] = [
            ast.Tuple([ast.Constant(name), layer], ast.Load())
            for name, layer in self.layers.items()
        ]
        ordered = ast.Call(_parse("collections.OrderedDict"), [ast.List(pairs, ast.Load())], [])
        container = ast.Call(_parse(f"{self.dialect}.nn.Sequential"), [ordered], [])
        statement = ast.Assign([ast.Name(self.node.name, ast.Store())], container)
        return ast.fix_missing_locations(ast.copy_location(statement, self.node))


def list_forwards(source: Source, resolver: Resolver) -> Iterator[Forward]:
    """Yield the classes whose layers are applied in a straight line, at least from the start."""
    for node, scope in source.scopes.items():
        if isinstance(node, ast.ClassDef) and (dialect := _find_dialect(node, scope, resolver)):
            function = _find_method(scope, "forward")
            if function is not None and len(function.args.args) == 2:
                layers = _Walk(scope, source.scopes[function], resolver).read(function)
                found = {name: _find_layer(scope, name) for name in layers}
                made = {name: each for name, each in found.items() if each is not None}
                if made and len(made) == len(found):
                    context = next(iter(made.values())).context
                    yield Forward(
                        node,
                        {name: each.value for name, each in made.items() if each.value},
                        context,
                        dialect,
                        function.lineno,
                    )


@cache
def _parse(path: str) -> ast.expr:
    return ast.parse(path, mode="eval").body


def _find_dialect(node: ast.ClassDef, scope: Scope, resolver: Resolver) -> str | None:
    if len(node.bases) != 1 or scope.parent is None:
        return None
    paths = [*resolver.find_paths(node.bases[0], scope.parent)]
    return _BASES.get(paths[0]) if len(paths) == 1 else None


def _find_method(scope: Scope, name: str) -> ast.FunctionDef | None:
    bindings = scope.bindings.get(name, [])
    node = bindings[0].node if len(bindings) == 1 else None
    return node if isinstance(node, ast.FunctionDef) else None


def _find_layer(scope: Scope, name: str) -> Binding | None:
    """Return the only assignment of an attribute, which the constructor makes outside loops."""
    given = scope.attributes.get(name, [])
    if len(given) != 1 or not isinstance(given[0].value, ast.Call) or given[0].context.loops:
        return None
    return given[0] if getattr(given[0].context.scope.node, "name", "") == "__init__" else None


class _Walk:
    """Follows the tensor through one function."""

    def __init__(self, owner: Scope, inner: Scope, resolver: Resolver) -> None:
        self._owner = owner
        self._inner = inner
        self._resolver = resolver
        # The layers that each variable has passed; None once this is not known.
        self._passed: dict[str, tuple[str, ...] | None] = {}
        self._itself = ""
        self._longest: tuple[str, ...] = ()
        self._has_branch = False

    def read(self, function: ast.FunctionDef) -> Sequence[str]:
        """Return the layers, as far as they are applied one after the other, each once."""
        self._itself, tensor = (each.arg for each in function.args.args)
        self._passed = {tensor: ()}
        for statement in function.body:
            before = self._longest
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._passed[name] = self._read(value)
                case ast.Return(value=ast.expr() as value) | ast.Expr(value=value):
                    self._read(value)
                case _:
                    break
            if self._has_branch:
                self._longest = before
                break
        return self._longest if len({*self._longest}) == len(self._longest) else ()

    def _read(self, node: ast.expr) -> tuple[str, ...] | None:
        """Return the layers that the value of an expression has passed."""
        match node:
            case ast.Name(id=name):
                return self._passed.get(name)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=itself), attr=name), args=[value], keywords=[]
            ) if itself == self._itself:
                return self._apply(name, self._read(value))
            case ast.Call(func=ast.Attribute(value=value, attr=method), args=[]) if (
                method in _METHODS
            ):
                return self._read(value)
            case ast.Call(func=function, args=[value, *_]) if self._keeps(function):
                return self._read(value)
        # What it makes of the tensor is not known, but layers in it may be applied before.
        if not isinstance(node, _SCOPES):
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.expr):
                    self._read(part)
        return None

    def _apply(self, name: str, before: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if before is None:
            return None
        passed = (*before, name)
        if before != self._longest:
            self._has_branch = True
        else:
            self._longest = passed
        return passed

    def _keeps(self, function: ast.expr) -> bool:
        """Return whether a function returns a tensor of the same shape."""
        paths = {*self._resolver.find_paths(function, self._inner)}
        return bool(paths) and paths <= _KEEPING
