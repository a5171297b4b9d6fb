"""One layer of a file (a mapping, a word or a pasted call), parsed into its kind and keys."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.checks.configs._blocks import LayerEntry
from deconvcli.checks.configs._problems import Problems
from deconvcli.checks.configs._tables import LAYER
from deconvcli.checks.documents import Path
from deconvcli.common.errors import UsageError
from deconvcli.networks.forms import (
    FORMS,
    Misfit,
    explain_misreading,
    format_value,
    guess_value,
)
from deconvcli.networks.operation import Key
from deconvcli.networks.operations import index_keys, list_names, take
from deconvcli.networks.pasted.layer import Arguments

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class ParsedLayer(NamedTuple):
    """The kind of a layer, empty where it could not be read, with the values of that kind's keys.

    dialect: of a pasted call, or empty. arguments: of a pasted call, as they were written.
    name: the one that a pasted call gives itself, or empty. data_format: the order of the axes that
    a pasted call gives, or empty.
    """

    operation: str
    parameters: Mapping[str, Any]
    dialect: str = ""
    arguments: Arguments | None = None
    name: str = ""
    data_format: str = ""


@cache
def _list_keys(operation: str) -> Mapping[str, Any]:
    """Return the keys of a kind, and those that every layer has."""
    return MappingProxyType({**index_keys(operation), **LAYER})


def parse_layer(entry: LayerEntry, dialect: str, problems: Problems) -> ParsedLayer:
    """Return the layer's kind and keys; if something is wrong with them, at most its name."""
    # A value that is wrong has been replaced by None, which no operation accepts.
    before, value = problems.count, entry.value
    found = _parse(value, entry.path, dialect, problems)
    if found is None:
        return ParsedLayer("", _NOTHING)
    # Without its name the layers that take it would be findings as well.
    return found if problems.count == before else ParsedLayer("", _NOTHING, name=found.name)


def _parse(value: Any, path: Path, dialect: str, problems: Problems) -> ParsedLayer | None:
    try:
        if isinstance(value, str):
            return _from_text(value, path, dialect, problems)
        if isinstance(value, dict):
            return _from_mapping(value, path, problems)
    except UsageError as error:
        problems.report_error(error, path)
        return None
    help = "write {op: conv, out_channels: 64, kernel: 3}, or paste a call."
    problems.report("illegal-value", path, f"this layer is {format_value(value)}", help)
    return None


def _from_text(text: str, path: Path, dialect: str, problems: Problems) -> ParsedLayer | None:
    """Parse a word such as `relu`, or a pasted call."""
    if "(" not in text:
        return _parse_keys(text, _NOTHING, path, path, problems)
    # Most configs have no calls, and load no parser of them.
    from deconvcli.networks.pasted.calls import read_pasted_layer

    read = read_pasted_layer(text, dialect)
    # None is the default that the call states, as in output_padding=None.
    given = {name: value for name, value in read.parameters.items() if value is not None}
    parameters = _parameters(given, path, read.operation, problems)
    return ParsedLayer(
        read.operation,
        parameters,
        read.dialect,
        read.arguments,
        read.name,
        read.data_format,
    )


def _from_mapping(value: Mapping[str, Any], path: Path, problems: Problems) -> ParsedLayer | None:
    operation = value.get("op")
    if not isinstance(operation, str):
        help = "name its kind, such as op: conv."
        if "op" in value:
            problems.report(
                "illegal-value", (*path, "op"), f"op is {format_value(operation)}", help
            )
        else:
            problems.report_missing(path, "this layer", "op", help)
        return None
    return _parse_keys(operation, value, path, (*path, "op"), problems)


def _parse_keys(
    operation: str, value: Mapping[str, Any], path: Path, place: Path, problems: Problems
) -> ParsedLayer | None:
    """Return the layer at a path; the name of its kind is at `place`."""
    try:
        known = index_keys(operation)
    except UsageError as error:
        problems.report_misspelling(error, place, operation, list_names())
        return None
    # `name` and `inputs` belong to every layer, unless this kind has a key of that name.
    given = {name: each for name, each in value.items() if name in known or name not in LAYER}
    implied = take(operation).implies.get(operation, _NOTHING)
    return ParsedLayer(operation, {**implied, **_parameters(given, path, operation, problems)})


def _parameters(
    given: Mapping[str, Any], path: Path, operation: str, problems: Problems
) -> dict[str, Any]:
    known = index_keys(operation)
    problems.check_keys(given, _list_keys(operation), path, operation)
    found: dict[str, Any] = {}
    # In the order of the file, so that the second of two names for one key is the one reported.
    for name in filter(known.__contains__, given):
        key = known[name]
        if key.name in found:
            message = f"{name} sets {key.name} a second time"
            problems.report("illegal-value", (*path, name), message, "keep one of them.")
        found[key.name] = _read_value(key, name, given[name], path, problems)
    # A required key under a wrong name is one mistake, and has been reported above.
    for key in take(operation).keys if given.keys() <= known.keys() else ():
        if key.required and key.name not in found:
            problems.report_missing(path, operation, key.name, f"add {key.name}: {key.meaning}.")
    return found


def _read_value(key: Key, name: str, value: Any, path: Path, problems: Problems) -> Any:
    try:
        return FORMS[key.form].take(key, value)
    except Misfit as misfit:
        help = f"write {misfit}. {explain_misreading(value)}".strip()
        message, close = f"{name} is {format_value(value)}", guess_value(key, value)
        problems.report("illegal-value", (*path, name), message, help, close)
        return None
