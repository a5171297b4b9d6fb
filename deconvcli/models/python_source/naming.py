"""Names of layers in a file: their class or function, and what they are assigned to."""

from __future__ import annotations

import ast
from itertools import pairwise

from deconvcli.models.python_source.scopes import Call


def name_layer(call: Call, kind: str) -> str:
    """Return the name of a layer, such as `Decoder.up.0`; kind: where nothing names it."""
    owners = [
        node.name
        for node in call.around
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name != "__init__"
    ]
    return ".".join([*owners, *(_find_target(call) or [kind])])


def is_refusal_expected(call: Call) -> bool:
    """Return whether a test expects an error there: `with pytest.raises(ValueError):`."""
    makers = [
        item.context_expr.func
        for node in call.around
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.context_expr, ast.Call)
    ]
    return any("raises" in ast.unparse(maker).lower() for maker in makers)


def _find_target(call: Call) -> list[str]:
    """Return the variable or attribute that holds a layer, and its places in the containers."""
    holder = next((node for node in reversed(call.around) if isinstance(node, ast.stmt)), None)
    match holder:
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            pass
        case _:
            return []
    match target:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            inside = call.around[call.around.index(holder) + 1 :]
            return [name, *_list_places(inside)]
    return []


def _list_places(around: tuple[ast.AST, ...]) -> list[str]:
    """Return the number of each part in the container around it."""
    found = []
    for outer, inner in pairwise(around):
        items: list[ast.expr] = []
        if isinstance(outer, ast.List | ast.Tuple):
            items = outer.elts
        elif isinstance(outer, ast.Call) and _is_container(outer):
            items = outer.args
        if len(items) > 1 or (items and not isinstance(items[0], ast.List | ast.Tuple)):
            # Only as far as necessary: a container may have thousands of parts.
            place = next((place for place, item in enumerate(items) if item is inner), None)
            found += [] if place is None else [str(place)]
    return found


def _is_container(node: ast.Call) -> bool:
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return "Sequential" in name
    return False
