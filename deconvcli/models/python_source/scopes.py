"""The variables of a source file: where each is bound, and which of them a place sees."""

from __future__ import annotations

import ast
from typing import NamedTuple, TypeAlias

Loop: TypeAlias = ast.For | ast.AsyncFor | ast.comprehension


class Context(NamedTuple):
    """Where an expression stands: its scope, and the loops around it within that scope."""

    scope: Scope
    loops: tuple[Loop, ...] = ()


class Binding(NamedTuple):
    """One way in which a name gets a value.

    path: the dotted name of what an import binds; empty for one from the project itself, None where
    it is no import. value: the expression that is assigned. node: a function, a class, a loop, or
    the function whose parameter it is; None where the value is not known.
    """

    context: Context
    path: str | None = None
    value: ast.expr | None = None
    node: ast.AST | None = None


class Condition(NamedTuple):
    """A test whose value has to be true, or false, for a part of the code to be reached."""

    test: ast.expr
    context: Context
    expected: bool


class Call(NamedTuple):
    """A call, where it stands, the parts of the code around it, and what has to hold there.

    around: the outermost first. conditions: those within its function.
    """

    node: ast.Call
    context: Context
    around: tuple[ast.AST, ...]
    conditions: tuple[Condition, ...] = ()


class Scope:
    """The names of a module, a class, a function or a comprehension, with all their bindings.

    standing: where a comprehension stands, which is evaluated there; None for all others.
    """

    def __init__(
        self, node: ast.AST, parent: Scope | None, standing: Context | None = None
    ) -> None:
        self.node = node
        self.parent = parent
        self.standing = standing
        self.bindings: dict[str, list[Binding]] = {}
        # Of a class: what its methods assign to `self`.
        self.attributes: dict[str, list[Binding]] = {}
        # Names of other scopes that this one binds.
        self.outer: set[str] = set()

    def bind(self, name: str, binding: Binding) -> None:
        """Add a binding of a name."""
        self.bindings.setdefault(name, []).append(binding)

    def find(self, name: str) -> Scope | None:
        """Return the scope whose name this is, as Python looks it up."""
        scope: Scope | None = self
        while scope is not None:
            # The functions in a class do not see its names.
            is_hidden = scope is not self and isinstance(scope.node, ast.ClassDef)
            if name in scope.bindings and not is_hidden:
                return scope
            scope = scope.parent
        return None


def find_owner(node: ast.expr, scope: Scope) -> Scope | None:
    """Return the class whose object or class an expression is, as `self` in one of its methods."""
    if not isinstance(node, ast.Name):
        return None
    holder = scope.find(node.id)
    if holder is None or holder.parent is None or not isinstance(holder.parent.node, ast.ClassDef):
        return None
    match holder.node:
        case ast.FunctionDef(args=ast.arguments(args=[first, *_])) if first.arg == node.id:
            return holder.parent
    return None
