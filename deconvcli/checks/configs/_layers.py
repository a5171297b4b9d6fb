"""One layer as it is written, a mapping, a word or a pasted call, made into a node."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.checks.configs._blocks import Written
from deconvcli.checks.configs._calls import Arguments, read_pasted_layer
from deconvcli.checks.configs._forms import FORMS, Misfit, meant, misread, shown
from deconvcli.checks.configs._problems import Problems
from deconvcli.checks.configs._tables import LAYER
from deconvcli.checks.documents import Path
from deconvcli.common.errors import UsageError
from deconvcli.networks.operation import Key
from deconvcli.networks.operations import take, words

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Kind(NamedTuple):
    """What a layer says of itself: its kind, and that kind's keys.

    dialect: of a pasted call; empty where it names none. arguments: how they were written in one.
    """

    operation: str
    parameters: Mapping[str, Any]
    dialect: str = ""
    arguments: Arguments | None = None


@cache
def keys_of(operation: str) -> Mapping[str, Key]:
    """The keys of a kind of layer, by their names and by the frameworks' own.

    Raises:
        UsageError: there is no such kind.
    """
    keys = take(operation).keys
    names = {key.name: key for key in keys}
    return MappingProxyType({alias: key for key in keys for alias in key.aliases} | names)


@cache
def _allowed(operation: str) -> Mapping[str, Any]:
    """Its keys, and those that every layer has."""
    return MappingProxyType({**keys_of(operation), **LAYER})


def kind(written: Written, dialect: str, problems: Problems) -> Kind | None:
    """The layer's kind and keys; None where something is wrong with them."""
    before, value = problems.count, written.value
    found = _kind(value, written.path, dialect, problems)
    return found if problems.count == before else None


def _kind(value: Any, path: Path, dialect: str, problems: Problems) -> Kind | None:
    try:
        if isinstance(value, str):
            return _from_text(value, path, dialect, problems)
        if isinstance(value, dict):
            return _from_mapping(value, path, problems)
    except UsageError as error:
        problems.pass_on(error, path)
        return None
    help = "write {op: conv, out_channels: 64, kernel: 3}, or paste the call."
    problems.tell("illegal-value", path, f"this layer is {shown(value)}", help)
    return None


def _from_text(text: str, path: Path, dialect: str, problems: Problems) -> Kind | None:
    """`relu`, or a pasted call."""
    if "(" not in text:
        return _named(text, _NOTHING, path, path, problems)
    read = read_pasted_layer(text, dialect)
    given = {name: value for name, value in read.parameters.items() if value is not None}
    parameters = _parameters(given, path, read.operation, problems)
    return Kind(read.operation, parameters, read.dialect, read.arguments)


def _from_mapping(value: Mapping[str, Any], path: Path, problems: Problems) -> Kind | None:
    operation = value.get("op")
    if not isinstance(operation, str):
        help = "name its kind, as op: conv."
        if "op" in value:
            problems.tell("illegal-value", (*path, "op"), f"op is {shown(operation)}", help)
        else:
            problems.missing(path, "this layer", "op", help)
        return None
    return _named(operation, value, path, (*path, "op"), problems)


def _named(
    operation: str, value: Mapping[str, Any], path: Path, place: Path, problems: Problems
) -> Kind | None:
    """The layer at a path, whose kind is named at `place`."""
    try:
        known = keys_of(operation)
    except UsageError as error:
        problems.misspelled(error, place, operation, words())
        return None
    given = {name: each for name, each in value.items() if name in known or name not in LAYER}
    return Kind(operation, _parameters(given, path, operation, problems))


def _parameters(
    given: Mapping[str, Any], path: Path, operation: str, problems: Problems
) -> dict[str, Any]:
    known = keys_of(operation)
    problems.unknown_keys(given, _allowed(operation), path, operation)
    found: dict[str, Any] = {}
    for name in given.keys() & known.keys():
        key = known[name]
        if key.name in found:
            message = f"{name} says {key.name} a second time"
            problems.tell("illegal-value", (*path, name), message, "keep one of them.")
        found[key.name] = _value(key, name, given[name], path, problems)
    # A required key under a wrong name is one mistake, told above.
    for key in take(operation).keys if given.keys() <= known.keys() else ():
        if key.required and key.name not in found:
            problems.missing(path, operation, key.name, f"add {key.name}: {key.meaning}.")
    return found


def _value(key: Key, name: str, value: Any, path: Path, problems: Problems) -> Any:
    try:
        return FORMS[key.form].take(key, value)
    except Misfit as misfit:
        help = f"write {misfit}. {misread(value)}".strip()
        message, close = f"{name} is {shown(value)}", meant(key, value)
        problems.tell("illegal-value", (*path, name), message, help, close)
        return None
