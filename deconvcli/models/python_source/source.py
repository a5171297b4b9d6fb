"""The scopes of a source file, its calls, and what has to hold where they stand."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from deconvcli.frameworks.pasted.bindings import pair_targets
from deconvcli.models.python_source.scopes import (
    Binding,
    Call,
    Condition,
    Context,
    Loop,
    Scope,
    find_owner,
)

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
MAX_CONDITIONS = 32
"""Those around one call that are remembered, the innermost ones."""
# Methods that change a list or a container, after which it is no longer what was assigned.
_CHANGES = frozenset(
    (
        *("append", "extend", "insert", "pop", "remove", "reverse", "sort", "clear", "update"),
        *("add", "setdefault", "popitem", "add_module", "register_module", "add_sublayer"),
    )
)


class Source:
    """The scopes of a file, its calls, and the modules of which it imports every name."""

    def __init__(self, tree: ast.Module) -> None:
        self.module = Scope(tree, None)
        self.scopes: dict[ast.AST, Scope] = {tree: self.module}
        self.calls: list[Call] = []
        self.stars: list[str] = []
        self._around: list[ast.AST] = []
        self._conditions: tuple[Condition, ...] = ()
        self._visit_block(tree.body, Context(self.module))

    def _visit_all(self, nodes: Sequence[ast.AST], context: Context) -> None:
        for node in nodes:
            self._visit(node, context)

    def _visit_block(self, nodes: Sequence[ast.AST], context: Context) -> None:
        """Visit statements, of which one that leaves the block is a condition for those after."""
        before = self._conditions
        for node in nodes:
            self._visit(node, context)
            match node:
                case ast.If(test=test, body=[*_, last], orelse=[]) if isinstance(last, _EXITS):
                    self._require(Condition(test, context, expected=False))
                case ast.Assert(test=test):
                    self._require(Condition(test, context, expected=True))
        self._conditions = before

    def _visit_if(self, node: ast.If, context: Context) -> None:
        self._visit(node.test, context)
        self._visit_under(node.test, node.body, context, expected=True)
        self._visit_under(node.test, node.orelse, context, expected=False)

    def _visit_choice(self, node: ast.IfExp, context: Context) -> None:
        self._visit(node.test, context)
        self._visit_under(node.test, [node.body], context, expected=True)
        self._visit_under(node.test, [node.orelse], context, expected=False)

    def _visit_under(
        self,
        test: ast.expr,
        nodes: Sequence[ast.AST],
        context: Context,
        *,
        expected: bool,
    ) -> None:
        before = self._conditions
        self._require(Condition(test, context, expected))
        self._visit_block(nodes, context)
        self._conditions = before

    def _require(self, condition: Condition) -> None:
        """Add a condition for what is visited next."""
        self._conditions = (*self._conditions[1 - MAX_CONDITIONS :], condition)

    def _visit(self, node: ast.AST, context: Context) -> None:
        kind = type(node)
        if kind in _LEAVES:
            return
        is_around = isinstance(node, _AROUND)
        if is_around:
            self._around.append(node)
        handler = _HANDLERS.get(kind)
        if handler is None:
            for name in _list_bound(node):
                self._bind(name, Binding(context))
            self._visit_all(list(ast.iter_child_nodes(node)), context)
        else:
            handler(self, node, context)
        if is_around:
            self._around.pop()

    def _visit_function(self, node: ast.FunctionDef, context: Context) -> None:
        self._bind(node.name, Binding(context, node=node))
        self._visit_all([*node.decorator_list, *_list_defaults(node.args)], context)
        # It is called later, where other conditions hold.
        around, self._conditions = self._conditions, ()
        self._visit_block(node.body, self._enter(node, context))
        self._conditions = around

    def _visit_lambda(self, node: ast.Lambda, context: Context) -> None:
        self._visit_all(_list_defaults(node.args), context)
        self._visit(node.body, self._enter(node, context))

    def _visit_class(self, node: ast.ClassDef, context: Context) -> None:
        self._bind(node.name, Binding(context, node=node))
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords], context)
        self._visit_all(node.body, self._open(node, context))

    def _visit_loop(self, node: ast.For, context: Context) -> None:
        self._visit(node.iter, context)
        self._bind_loop(node, context)
        self._visit_block(node.body, Context(context.scope, (*context.loops, node)))
        self._visit_block(node.orelse, context)

    def _visit_assignment(self, node: ast.Assign, context: Context) -> None:
        self._visit(node.value, context)
        for target in node.targets:
            self._assign(target, node.value, context)

    def _visit_annotated(self, node: ast.AnnAssign, context: Context) -> None:
        if node.value is not None:
            self._visit(node.value, context)
            self._assign(node.target, node.value, context)

    def _visit_attribute(self, node: ast.Attribute, context: Context) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._assign(node, None, context)
        self._visit(node.value, context)

    def _visit_call(self, node: ast.Call, context: Context) -> None:
        self.calls.append(Call(node, context, tuple(self._around), self._conditions))
        self._note_change(node, context)
        self._visit_all([node.func, *node.args, *node.keywords], context)

    def _visit_outside(self, node: ast.Global | ast.Nonlocal, context: Context) -> None:
        context.scope.outer.update(node.names)
        for name in node.names:
            self._spoil(name, context)

    def _open(self, node: ast.AST, context: Context) -> Context:
        """Return the context in a new scope."""
        standing = context if isinstance(node, _COMPREHENSIONS) else None
        self.scopes[node] = Scope(node, context.scope, standing)
        return Context(self.scopes[node])

    def _enter(self, node: Function, context: Context) -> Context:
        """Return the context in a function, whose parameters are bound."""
        inner = self._open(node, context)
        arguments = node.args
        for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
            inner.scope.bind(argument.arg, Binding(inner, node=node))
        for argument in filter(None, (arguments.vararg, arguments.kwarg)):
            inner.scope.bind(argument.arg, Binding(inner, node=node))
        return inner

    def _visit_comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, context: Context
    ) -> None:
        inner = self._open(node, context)
        for loop in node.generators:
            self._visit(loop.iter, context if loop is node.generators[0] else inner)
            self._bind_loop(loop, inner)
            inner = Context(inner.scope, (*inner.loops, loop))
            self._visit_all(loop.ifs, inner)
        values = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._visit_all(values, inner)

    def _bind_loop(self, loop: Loop, context: Context) -> None:
        for node in ast.walk(loop.target):
            if isinstance(node, ast.Name):
                self._bind(node.id, Binding(context, node=loop))
            elif isinstance(node, ast.Attribute):
                self._assign(node, None, context)

    def _bind(self, name: str, binding: Binding) -> None:
        scope = binding.context.scope
        scope.bind(name, binding)
        if name in scope.outer:  # of another scope, which may have any value then
            self._spoil(name, binding.context)

    def _spoil(self, name: str, context: Context) -> None:
        """Take the value of a name from all scopes around, whichever of them has it."""
        scope: Scope | None = context.scope
        while scope is not None:
            scope.bind(name, Binding(context))
            scope = scope.parent

    def _assign(self, target: ast.expr, value: ast.expr | None, context: Context) -> None:
        pairs = dict(pair_targets(target, value)) if value is not None else {}
        for name, part in pairs.items():
            self._bind(name, Binding(context, value=part))
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
                if node.id not in pairs:
                    self._bind(node.id, Binding(context))
            elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
                self._bind(node.value.id, Binding(context))
            elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
                self._assign_attribute(node.value, Binding(context))
            elif isinstance(node, ast.Attribute):
                given = value if node is target else None
                self._assign_attribute(node, Binding(context, value=given))

    def _assign_attribute(self, node: ast.Attribute, binding: Binding) -> None:
        owner = find_owner(node.value, binding.context.scope)
        if owner is not None:
            owner.attributes.setdefault(node.attr, []).append(binding)
        elif isinstance(node.value, ast.Name):
            # `Config.rates = ...` changes a class, of which nothing is known then.
            self._bind(node.value.id, Binding(binding.context))

    def _note_change(self, node: ast.Call, context: Context) -> None:
        match node.func:
            case ast.Attribute(value=ast.Name(id=name), attr=method) if method in _CHANGES:
                scope = context.scope.find(name) or context.scope
                scope.bind(name, Binding(context))
            case ast.Attribute(value=ast.Attribute() as holder, attr=method) if method in _CHANGES:
                self._assign_attribute(holder, Binding(context))

    def _import(self, node: ast.Import | ast.ImportFrom, context: Context) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                first = alias.name.partition(".")[0]
                path = alias.name if alias.asname else first
                self._bind(alias.asname or first, Binding(context, path=path))
            elif alias.name == "*":
                self.stars.append("" if node.level else node.module or "")
            else:
                path = "" if node.level else f"{node.module}.{alias.name}"
                self._bind(alias.asname or alias.name, Binding(context, path=path))


def _list_defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *filter(None, arguments.kw_defaults)]


def _list_bound(node: ast.AST) -> list[str]:
    """Return the names that a part of the code binds itself, to values that are not known here."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.ExceptHandler(name=str() as name) | ast.MatchStar(name=str() as name):
            return [name]
        case ast.MatchAs(name=str() as name) | ast.MatchMapping(_, _, str() as name):
            return [name]
        case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name))):
            return [name]
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return [name]
    return []


# Statements after which the others of their block are not reached.
_EXITS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
# Kinds of nodes that bind nothing and have no parts of interest.
_LEAVES = frozenset((ast.Constant, ast.Pass, ast.Load, ast.Store, ast.Del))
# What the name of a layer depends on.
_AROUND = (ast.stmt, ast.Call, ast.List, ast.Tuple)
_HANDLERS: Mapping[type, Callable[[Source, Any, Context], None]] = {
    ast.FunctionDef: Source._visit_function,
    ast.AsyncFunctionDef: Source._visit_function,
    ast.Lambda: Source._visit_lambda,
    ast.ClassDef: Source._visit_class,
    ast.ListComp: Source._visit_comprehension,
    ast.SetComp: Source._visit_comprehension,
    ast.GeneratorExp: Source._visit_comprehension,
    ast.DictComp: Source._visit_comprehension,
    ast.For: Source._visit_loop,
    ast.AsyncFor: Source._visit_loop,
    ast.Assign: Source._visit_assignment,
    ast.AnnAssign: Source._visit_annotated,
    ast.Attribute: Source._visit_attribute,
    ast.Import: Source._import,
    ast.ImportFrom: Source._import,
    ast.Call: Source._visit_call,
    ast.If: Source._visit_if,
    ast.IfExp: Source._visit_choice,
    ast.Global: Source._visit_outside,
    ast.Nonlocal: Source._visit_outside,
}
