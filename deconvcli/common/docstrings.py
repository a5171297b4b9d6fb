"""Docstrings that users read, also where `python -OO` has removed them."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any


def read_docstring(documented: ModuleType | Callable[..., Any]) -> str:
    """Return the docstring of a module or a function, from its source if nothing else has it."""
    if documented.__doc__ is not None:
        return documented.__doc__
    # Imported where it is needed, which is nearly never.
    import ast
    from inspect import getsource, unwrap
    from textwrap import dedent

    if isinstance(documented, ModuleType):
        return ast.get_docstring(ast.parse(getsource(documented)), clean=False) or ""
    [function] = ast.parse(dedent(getsource(unwrap(documented)))).body
    assert isinstance(function, ast.FunctionDef)
    return ast.get_docstring(function, clean=False) or ""
