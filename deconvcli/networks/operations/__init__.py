"""The shelf of operations: one file per kind of layer, under the name that users type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import Shelf, suggestion
from deconvcli.networks.operation import Call, Key, Operation

OPERATIONS: Shelf[Operation] = Shelf("deconvcli.networks.operations", "OPERATION", "operation")


@cache
def take(name: str) -> Operation:
    """Return the operation of this name or alias.

    Raises:
        UsageError: none has this name.
    """
    if name in OPERATIONS.names:
        return OPERATIONS.take(name)
    known = _by_alias()
    if name not in known:
        raise UsageError(
            f"operation {name!r} is not known",
            help=suggestion(name, list_names()) or f"choose from: {', '.join(OPERATIONS.names)}.",
            code="unknown-operation",
        )
    return known[name]


@cache
def find_size_keys(name: str) -> tuple[str, ...]:
    """Return the keys of an operation whose values may have letters; none for an unknown one."""
    try:
        return take(name).size_keys
    except UsageError:
        return ()


@cache
def index_keys(name: str) -> Mapping[str, Key]:
    """Return the keys of an operation, by our names and by the frameworks' own.

    Raises:
        UsageError: none has this name.
    """
    keys = take(name).keys
    names = {key.name: key for key in keys}
    # Our names last, so that no alias of another key can hide one.
    return MappingProxyType({alias: key for key in keys for alias in key.aliases} | names)


@cache
def list_names() -> list[str]:
    """Return every name and alias."""
    return [*OPERATIONS.names, *sorted(_by_alias())]


@cache
def index_calls() -> Mapping[str, Sequence[tuple[str, Call]]]:
    """Return (operation, call) of each framework for every name that people paste."""
    found: dict[str, list[tuple[str, Call]]] = {}
    for operation in OPERATIONS.names:
        for call in OPERATIONS.take(operation).calls:
            for name in call.full_names:
                found.setdefault(name, []).append((operation, call))
    return found


@cache
def _by_alias() -> dict[str, Operation]:
    """Return the operation of every alias."""
    # Importing every file takes a while; only a name that is not a file's gets here.
    taken = [OPERATIONS.take(name) for name in OPERATIONS.names]
    return {alias: operation for operation in taken for alias in operation.aliases}
