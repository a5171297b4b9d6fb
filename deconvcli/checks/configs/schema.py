"""The JSON Schema of our configs, from the tables that read them.

Draft 7, since editors' YAML servers speak no later one. What only the whole graph shows (names,
$variables, sizes) is for `deconv check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.checks.configs._blocks import LONGEST, MOST_ROUNDS, VARIABLE
from deconvcli.checks.configs._forms import FORMS, Schema
from deconvcli.checks.configs._layers import keys_of
from deconvcli.checks.configs._networks import PREVIOUS, TARGETS
from deconvcli.checks.configs._sizes import sizes_schema
from deconvcli.checks.configs._tables import BLOCK, FILE, LAYER, NETWORK, SHAPE
from deconvcli.common.values import MAX_INT64
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.networks.operation import Key
from deconvcli.networks.operations import OPERATIONS

DRAFT = "http://json-schema.org/draft-07/schema#"


def schema() -> Schema:
    """The whole schema, one definition for each kind of layer."""
    kinds = {name: _kind(name) for name in OPERATIONS.names}
    return {
        "$schema": DRAFT,
        "title": "deconv: architectures of neural networks",
        "definitions": {
            "shape": _object(SHAPE, _SHAPE, ["channels"]),
            "expect": {"anyOf": [sizes_schema(), _ref("shape")]},
            "dialect": {"enum": _dialects()},
            "targets": {"type": "array", "items": {"enum": [*_dialects(), *TARGETS]}},
            "variable": {"type": "string", "pattern": rf"^{VARIABLE.pattern}$"},
            "network": _network(),
            "layers": {"type": "array", "items": _ref("layer"), "minItems": 1},
            "layer": {"anyOf": [_text(), _ref("block"), *map(_ref, kinds)]},
            "block": _object(BLOCK, _BLOCK, list(BLOCK)),
            **kinds,
        },
        **_object(FILE, _FILE, ["networks"]),
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _object(table: Mapping[str, str], parts: Mapping[str, Schema], needed: list[str]) -> Schema:
    """A mapping with the keys of a table, each with its meaning."""
    return {
        "type": "object",
        "properties": {name: _described(parts[name], meaning) for name, meaning in table.items()},
        "required": needed,
        "additionalProperties": False,
    }


def _described(part: Schema, meaning: str) -> Schema:
    """With its meaning; in this draft nothing may stand beside a reference."""
    held = {"allOf": [part]} if "$ref" in part else part
    return {**held, "description": meaning}


def _dialects() -> list[str]:
    names = []
    for name in DIALECTS.names:
        names += [name, *(f"{name}@{known}" for known in DIALECTS.take(name).implementations)]
    return names


def _network() -> Schema:
    one_of_both = [{"required": ["input"]}, {"required": ["inputs"]}]
    return {**_object(NETWORK, _NETWORK, ["layers"]), "oneOf": one_of_both}


def _text() -> Schema:
    """A kind that needs no keys, or a pasted call."""
    taken = [OPERATIONS.take(name) for name in OPERATIONS.names]
    bare = [kind for kind in taken if not any(key.required for key in kind.keys)]
    words = [word for kind in bare for word in (kind.name, *kind.aliases)]
    return {"anyOf": [{"enum": words}, {"type": "string", "pattern": r"\("}]}


def _kind(name: str) -> Schema:
    """One kind of layer: its keys under all their names, with the keys of every layer."""
    keys = keys_of(name)
    parts = {given: _value(key) for given, key in keys.items()}
    operation = OPERATIONS.take(name)
    common = {**_LAYER, "op": {"enum": [name, *operation.aliases]}}
    # A key of the kind's own goes before one that every layer has.
    texts = {**LAYER, **{given: key.meaning for given, key in keys.items()}}
    table = _object(texts, {**common, **parts}, ["op"])
    needed = [key for key in operation.keys if key.required]
    return {**table, **({"allOf": [_given(key) for key in needed]} if needed else {})}


def _given(key: Key) -> Schema:
    """That a key is there under one of its names."""
    return {"anyOf": [{"required": [name]} for name in (key.name, *key.aliases)]}


def _value(key: Key) -> Schema:
    own = FORMS[key.form].schema(key)
    return {"anyOf": [own, _ref("variable")]} if own else own


_NAME: Schema = {"type": "string", "minLength": 1}
_POSITIVE: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_INT64}
_SHAPE: Mapping[str, Schema] = {
    "channels": {
        "anyOf": [{"type": "integer", "minimum": 1, "maximum": MAX_INT64}, _ref("variable")]
    },
    "size": {"anyOf": [sizes_schema(), _ref("variable")]},
}
_LAYER: Mapping[str, Schema] = {
    "op": _NAME,
    "name": {**_NAME, "maxLength": LONGEST, "not": {"const": PREVIOUS}},
    "inputs": {"anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}]},
    "expect": {"anyOf": [_ref("expect"), _ref("variable")]},
    "dialect": {"anyOf": [_ref("dialect"), _ref("variable")]},
}
_ROUND: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": MOST_ROUNDS,
    "items": {"anyOf": [{"type": "string", "maxLength": LONGEST}, {"not": {"type": "string"}}]},
}
_BLOCK: Mapping[str, Schema] = {
    "repeat": {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": MOST_ROUNDS},
            {
                "type": "object",
                "propertyNames": {"pattern": r"^[A-Za-z_]\w*$"},
                "additionalProperties": _ROUND,
                "minProperties": 1,
            },
        ]
    },
    "layers": _ref("layers"),
}
_NETWORK: Mapping[str, Schema] = {
    "input": _ref("shape"),
    "inputs": {"type": "object", "additionalProperties": _ref("shape"), "minProperties": 1},
    "layers": _ref("layers"),
    "expect": _ref("expect"),
    "output": _NAME,
    "dialect": _ref("dialect"),
    "targets": _ref("targets"),
}
_FILE: Mapping[str, Any] = {
    "networks": {"type": "object", "additionalProperties": _ref("network"), "minProperties": 1},
    "dialect": _ref("dialect"),
    "targets": _ref("targets"),
    "$schema": {"type": "string"},
}
