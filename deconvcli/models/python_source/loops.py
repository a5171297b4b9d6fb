"""Loops of a source file: which of them an expression is in, and what their variables get."""

from __future__ import annotations

import ast
from typing import Any

from deconvcli.frameworks.pasted.layer import Name
from deconvcli.models.python_source.scopes import Context, Loop, Scope

UNKNOWN = Name("")
"""What has a value only in the program."""


def list_loops(context: Context, scope: Scope) -> tuple[Loop, ...]:
    """Return the loops of a scope that an expression is in."""
    loops: tuple[Loop, ...] = ()
    place: Context | None = context
    while place is not None:
        if place.scope is scope:
            return (*place.loops, *loops)
        # A function is called after its loop has gone on; a comprehension is evaluated in place.
        place = place.scope.standing
    return ()


def take_part(target: ast.expr, item: Any, name: str) -> Any:
    """Return what a variable in the target of a loop gets of an item."""
    if isinstance(target, ast.Name):
        return item if target.id == name else UNKNOWN
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
    if not isinstance(item, list) or len(item) != len(parts):
        return UNKNOWN
    found = [take_part(part, each, name) for part, each in zip(parts, item, strict=True)]
    return next((each for each in found if each is not UNKNOWN), UNKNOWN)
