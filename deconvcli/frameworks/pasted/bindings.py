"""The variables that Python code binds, and the parts of an assignment that they get."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

# Parts of the code with variables of their own.
_SCOPES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


def list_bound(tree: ast.AST, around: Collection[ast.AST] = ()) -> Iterator[str]:
    """Yield the variables that a part of the code may change.

    around: the functions and loops around a call, which sees their variables.
    """
    if isinstance(tree, _SCOPES) and tree not in around:
        # Its own variables are not those around it.
        yield getattr(tree, "name", "")
        for node in ast.walk(tree):
            yield from node.names if isinstance(node, ast.Global) else ()
        return
    match tree:
        case (
            ast.Name(id=name, ctx=ast.Store() | ast.Del())
            | ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del())
            | ast.arg(arg=name)
            | ast.ExceptHandler(name=str() as name)
        ):
            yield name
        case ast.alias(name=name, asname=other):
            yield other or name.partition(".")[0]
        case ast.Global(names=names):
            yield from names
    for inner in ast.iter_child_nodes(tree):
        yield from list_bound(inner, around)


def pair_targets(target: ast.expr, node: ast.expr) -> list[tuple[str, ast.expr]]:
    """Return the variables of an assignment with the parts of the value that they get."""
    if isinstance(target, ast.Name):
        return [(target.id, node)]
    both = (target, node)
    if all(isinstance(each, ast.Tuple | ast.List) for each in both):
        targets, nodes = (each.elts for each in both)  # type: ignore[attr-defined]
        if len(targets) == len(nodes) and not any(
            isinstance(n, ast.Starred) for n in targets + nodes
        ):
            return [
                pair for each in zip(targets, nodes, strict=True) for pair in pair_targets(*each)
            ]
    return []
