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
from deconvcli.common.shelf import nearest
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
_KEYS_FOR_A_KIND = ("type", "kind", "layer", "class_name", "module", "operation")


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
    is_whole = problems.count == before and not problems.has_settled(entry.path)
    return found if is_whole else ParsedLayer("", _NOTHING, name=found.name)


def read_common_keys(layer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a layer has under the keys of every layer, also where one is misspelled.

    A misspelled name has been reported, and layers that take it would be findings as well.
    """
    try:
        known = _list_keys(layer.get("op", ""))
    except (UsageError, TypeError):  # the kind is wrong, too
        known = LAYER
    unknown = [key for key in layer if key not in known]
    meant = {nearest(key, list(known)): layer[key] for key in unknown}
    return {**layer, **{key: meant[key] for key in LAYER if key in meant and key not in layer}}


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
        if "op" in value:
            help = "name its kind, such as op: conv."
            problems.report(
                "illegal-value", (*path, "op"), f"op is {format_value(operation)}", help
            )
        else:
            problems.report_missing(path, "this layer", "op", _explain_missing_kind(value))
        return None
    return _parse_keys(operation, value, path, (*path, "op"), problems)


def _explain_missing_kind(value: Mapping[str, Any]) -> str:
    """Return what to do about a layer without `op`, whose kind may be under another key."""
    if "layers" in value:
        return "write repeat: 3 in a block of layers, and op: conv in a layer."
    for name in value:
        if "(" in name:
            return f"write a call as text, without braces: - {name}..."
        if name.startswith("op:"):
            return "write a space after each colon, as in op: conv."
        if name in _KEYS_FOR_A_KIND:
            return f"write op in place of {name}."
        if name in list_names():
            return f"write op: {name}, and its keys beside it: {{op: {name}, kernel: 3}}."
    return "name its kind, such as op: conv."


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
    _check_keys(given, path, operation, problems)
    found: dict[str, Any] = {}
    # In the order of the file, so that the second of two names for one key is the one reported.
    for name in filter(known.__contains__, given):
        key = known[name]
        if key.name in found:
            message = f"{name} sets {key.name} a second time"
            problems.report("illegal-value", (*path, name), message, "keep one of them.")
        found[key.name] = _read_value(key, name, given, path, problems)
    # A required key under a wrong name is one mistake, and has been reported above.
    for key in take(operation).keys if given.keys() <= known.keys() else ():
        if key.required and key.name not in found:
            problems.report_missing(path, operation, key.name, f"add {key.name}: {key.meaning}.")
    return found


def _check_keys(given: Mapping[str, Any], path: Path, operation: str, problems: Problems) -> None:
    """Report the keys that this kind does not have; a layer written as a key is one."""
    known = _list_keys(operation)
    unknown = [name for name in given if name not in known]
    if not unknown:
        return
    split = {part for name in given for part in _split_tuple(given, name)}
    layers = [name for name in unknown if name in list_names()]
    for name in layers:
        value = given[name]
        layer = value if isinstance(value, str) and value in list_names() else name
        help = f"write {layer} as a layer of its own, after this one."
        problems.report_key((*path, name), operation, help)
    other = {name: given[name] for name in unknown if name not in (*layers, *split)}
    problems.check_keys(other, known, path, operation)


def _read_value(
    key: Key, name: str, given: Mapping[str, Any], path: Path, problems: Problems
) -> Any:
    value, place = given[name], (*path, name)
    if parts := _split_tuple(given, name):
        written = ", ".join(parts)
        message = f"YAML splits {name}: {written} at the comma"
        problems.report("illegal-value", place, message, f"write {name}: [{written[1:-1]}].")
        return None
    try:
        return FORMS[key.form].take(key, value)
    except Misfit as misfit:
        help = f"write {misfit}. {explain_misreading(value)}".strip()
        message, close = f"{name} is {format_value(value)}", guess_value(key, value)
        problems.report("illegal-value", place, message, help, close)
        return None


def _split_tuple(given: Mapping[str, Any], name: str) -> list[str]:
    """Return the value and the keys that `kernel: (4, 4)` is to YAML in braces, or nothing."""
    value = given[name]
    if not isinstance(value, str) or not value.startswith("(") or value.endswith(")"):
        return []
    parts = [value]
    for part in list(given)[list(given).index(name) + 1 :]:
        if given[part] is not None:
            break
        parts.append(part)
        if part.endswith(")"):
            return parts
    return []
