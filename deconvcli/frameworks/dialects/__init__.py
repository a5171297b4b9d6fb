"""The shelf of dialects: one file per framework, with only what is different about it."""

from __future__ import annotations

from functools import cache

from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import Shelf, suggestion
from deconvcli.frameworks.dialect import Dialect

DIALECTS: Shelf[Dialect] = Shelf("deconvcli.frameworks.dialects", "DIALECT", "dialect")

# Searched first, in this order, if no dialect is named; all others follow by name.
PREFERRED = ("torch", "keras", "tensorflow", "onnx")


def in_order() -> list[str]:
    """Return all dialects, those that most people use first."""
    return [*PREFERRED, *(name for name in DIALECTS.names if name not in PREFERRED)]


@cache
def take(name: str) -> tuple[Dialect, str]:
    """Return (dialect, implementation) of `keras` or `keras@tensorflow`.

    Raises:
        UsageError: either part is unknown.
    """
    dialect_name, at, implementation = name.partition("@")
    dialect = DIALECTS.take(dialect_name)
    if at and implementation not in dialect.implementations:
        known = [f"{dialect_name}@{known}" for known in dialect.implementations]
        raise UsageError(
            f"{dialect_name} has no implementation {implementation!r} here",
            help=suggestion(name, known or [dialect_name]),
            code="unknown-implementation",
        )
    return dialect, implementation
