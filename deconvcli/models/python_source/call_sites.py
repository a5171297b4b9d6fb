"""The calls of a file's own functions and classes: which values its parameters get there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple, TypeAlias

from deconvcli.models.python_source.scopes import Call, Context, Scope, find_owner
from deconvcli.models.python_source.source import Source

Owner: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Site(NamedTuple):
    """A call of a function of the file. is_method: whether the first parameter is not given."""

    call: Call
    is_method: bool


class Argument(NamedTuple):
    """What a parameter gets: an expression, and where that stands."""

    value: ast.expr
    context: Context


class Others(NamedTuple):
    """The arguments of a call that no parameter names, as a list or a mapping."""

    value: ast.expr | None = None
    context: Context | None = None


class CallSites:
    """The calls of one file by the function that they reach."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def find(self, function: ast.AST) -> list[Site]:
        """Return the calls that reach a function, or that make an object without a constructor."""
        return self._sites.get(function, [])

    @cached_property
    def _sites(self) -> dict[ast.AST, list[Site]]:
        found: dict[ast.AST, list[Site]] = {}
        for call in self._source.calls:
            target = self._find_target(call)
            if target is not None:
                found.setdefault(target[0], []).append(Site(call, target[1]))
        return found

    def _find_target(self, call: Call) -> tuple[ast.AST, bool] | None:
        """Return the function that a call reaches, and whether its object is not an argument."""
        function, scope = call.node.func, call.context.scope
        owner = self.find_class(function, scope)
        if owner is not None:
            maker = self._find_method(owner, "__init__") or owner.node
            return maker, True
        match function:
            case ast.Name(id=name):
                found = _find_only(scope.find(name), name)
                return (found, False) if isinstance(found, ast.FunctionDef) else None
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=method):
                inside = self._find_class_around(scope)
                bases = [] if inside is None else self._list_bases(inside)
                methods = [self._find_method(base, method) for base in bases]
                return next(((each, True) for each in methods if each is not None), None)
            case ast.Attribute(value=holder, attr=method):
                own = find_owner(holder, scope)
                found = None if own is None else self._find_method(own, method)
                return None if found is None else (found, not _is_static(found))
        return None

    def find_class(self, node: ast.expr, scope: Scope) -> Scope | None:
        """Return the class of the file that a name stands for."""
        if not isinstance(node, ast.Name):
            return None
        found = _find_only(scope.find(node.id), node.id)
        return self._source.scopes[found] if isinstance(found, ast.ClassDef) else None

    def has_other(self, owner: Scope, attribute: str) -> bool:
        """Return whether a class that is derived from this one gives an attribute as well."""
        return any(
            owner in self._list_ancestors(other)
            for other in self._source.scopes.values()
            if other is not owner
            and isinstance(other.node, ast.ClassDef)
            and (attribute in other.bindings or attribute in other.attributes)
        )

    def _list_ancestors(self, owner: Scope) -> list[Scope]:
        found: list[Scope] = []
        for base in self._list_bases(owner):
            # A class that is its own base is no Python, and parses.
            if base is not owner and base not in found:
                found += [base, *self._list_bases(base)]
        return found

    def _list_bases(self, owner: Scope) -> list[Scope]:
        if not isinstance(owner.node, ast.ClassDef) or owner.parent is None:
            return []
        bases = [self.find_class(base, owner.parent) for base in owner.node.bases]
        return [base for base in bases if base is not None and base is not owner]

    def _find_method(self, owner: Scope, name: str) -> ast.FunctionDef | None:
        for each in (owner, *self._list_ancestors(owner)):
            if name in each.bindings:
                found = _find_only(each, name)
                return found if isinstance(found, ast.FunctionDef) else None
        return None

    def _find_class_around(self, scope: Scope) -> Scope | None:
        parent = scope.parent
        return parent if parent is not None and isinstance(parent.node, ast.ClassDef) else None


def find_argument(function: ast.AST, name: str, site: Site | None) -> Argument | None:
    """Return what a parameter of a function gets in a call; None where that is not known.

    site: None for a function that the file does not call; its defaults are not in the answer.
    """
    if site is None:
        return None
    call, context = site.call.node, site.call.context
    for keyword in call.keywords:
        if keyword.arg == name:
            return Argument(keyword.value, context)
    place = _find_place(function, name, site)
    before = call.args[: place + 1] if place is not None else []
    if place is None or any(isinstance(each, ast.Starred) for each in before):
        return None
    return Argument(call.args[place], context) if place < len(call.args) else None


def find_others(function: ast.AST, name: str, site: Site | None) -> Others | None:
    """Return what `*args` or `**options` of a function gets in a call; None for other parameters.

    Unknown, as `Others()` without parts, where the call unpacks arguments itself.
    """
    arguments = getattr(function, "args", None)
    if not isinstance(arguments, ast.arguments):
        return None
    is_list = arguments.vararg is not None and arguments.vararg.arg == name
    is_mapping = arguments.kwarg is not None and arguments.kwarg.arg == name
    if not (is_list or is_mapping):
        return None
    if site is None or is_open(site):
        return Others()
    call = site.call.node
    named = [each.arg for each in (*arguments.posonlyargs, *arguments.args)][site.is_method :]
    if is_list:
        return Others(ast.List(call.args[len(named) :], ast.Load()), site.call.context)
    known = {*named, *(each.arg for each in arguments.kwonlyargs)}
    words = [each for each in call.keywords if each.arg not in known]
    keys: list[ast.expr | None] = [ast.Constant(each.arg) for each in words]
    return Others(ast.Dict(keys, [each.value for each in words]), site.call.context)


def is_open(site: Site | None) -> bool:
    """Return whether a call may give any parameter, as one with `*args` or `**options`."""
    if site is None:
        return False
    call = site.call.node
    return any(isinstance(each, ast.Starred) for each in call.args) or any(
        keyword.arg is None for keyword in call.keywords
    )


def find_default(function: ast.AST, name: str) -> ast.expr | None:
    """Return the default of a parameter."""
    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return dict(_list_defaults(function.args)).get(name)
    return dict(list_fields(function)).get(name)


def list_fields(owner: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the fields of a class as a dataclass has them, each with its default."""
    for line in owner.body if isinstance(owner, ast.ClassDef) else ():
        match line:
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                yield name, value


def _list_defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    named = [*arguments.posonlyargs, *arguments.args]
    last = named[len(named) - len(arguments.defaults) :]
    yield from ((each.arg, value) for each, value in zip(last, arguments.defaults, strict=True))
    for each, given in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if given is not None:
            yield each.arg, given


def _find_place(function: ast.AST, name: str, site: Site) -> int | None:
    """Return the position of a parameter in a call."""
    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = function.args
        names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
        names = names[1:] if site.is_method else names
    else:
        names = [field for field, _ in list_fields(function)]
    return names.index(name) if name in names else None


def _find_only(scope: Scope | None, name: str) -> ast.AST | None:
    """Return the function or class of a name that the file binds once."""
    bindings = scope.bindings[name] if scope is not None else []
    return bindings[0].node if len(bindings) == 1 else None


def _is_static(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id == "staticmethod" for each in function.decorator_list
    )
