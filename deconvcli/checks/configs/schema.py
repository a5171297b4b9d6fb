"""The JSON Schema of configs, from the tables that read them.

It is of draft 7, since the YAML servers of editors support no later draft. Names, $variables and
sizes depend on the whole graph, so only `deconv check` can check them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deconvcli.checks.configs._blocks import MAX_NAME_LENGTH, MAX_ROUNDS, VARIABLE
from deconvcli.checks.configs._networks import PREVIOUS
from deconvcli.checks.configs._tables import BLOCK, FILE, LAYER, NETWORK, SHAPE
from deconvcli.common.values import MAX_INT64
from deconvcli.frameworks.converters import CONVERTERS
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialects import DIALECTS, aliases
from deconvcli.networks.forms import FORMS, Schema, sizes_schema
from deconvcli.networks.operation import Key
from deconvcli.networks.operations import OPERATIONS, index_keys, list_names

_SEPARATOR = "[-_ ]*"
DRAFT = "http://json-schema.org/draft-07/schema#"
ID = "https://json.schemastore.org/deconv.json"
"""The address that the catalog of SchemaStore gives to a schema of this name."""
EXAMPLE = {
    "dialect": "torch",
    "networks": {
        "decoder": {
            "input": {"channels": 64, "size": "HxW"},
            "layers": [
                {
                    "op": "conv_transpose",
                    "out_channels": 32,
                    "kernel": 4,
                    "stride": 2,
                    "padding": 1,
                    "expect": "2Hx2W",
                },
                "relu",
                "nn.Conv2d(32, 3, 3, padding=1)",
            ],
        }
    },
}


def schema() -> Schema:
    """Return the whole schema, with a definition for each kind of layer."""
    kinds = {name: _kind(name) for name in OPERATIONS.names}
    return {
        "$schema": DRAFT,
        "$id": ID,
        "title": "deconv: neural network architectures",
        "description": "Networks whose sizes `deconv check` follows from layer to layer.",
        "examples": [EXAMPLE],
        "definitions": {
            "shape": _object(SHAPE, _SHAPE, ["channels"]),
            "expect": {"anyOf": [sizes_schema(), _ref("shape")]},
            "dialect": {"type": "string", **_dialect()},
            "targets": {"type": "array", "items": {"anyOf": [_ref("dialect"), _converter()]}},
            "variable": {"type": "string", "pattern": rf"^{VARIABLE.pattern}$"},
            "network": _network(),
            "layers": {"type": "array", "items": _ref("layer"), "minItems": 1},
            "layer": _layer(),
            "block": _object(BLOCK, _BLOCK, list(BLOCK)),
            **kinds,
        },
        **_object(FILE, _FILE, ["networks"]),
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _object(table: Mapping[str, str], parts: Mapping[str, Schema], needed: list[str]) -> Schema:
    """Return the schema of a mapping with the keys of a table, each with its description."""
    return {
        "type": "object",
        "properties": {name: _describe(parts[name], meaning) for name, meaning in table.items()},
        "required": needed,
        "additionalProperties": False,
    }


def _describe(part: Schema, meaning: str) -> Schema:
    """Return the schema with a description."""
    # Draft 7 ignores everything beside a reference.
    wrapped = {"allOf": [part]} if "$ref" in part else part
    return {**wrapped, "description": meaning}


def _dialect() -> Schema:
    """Return the schema of a dialect: its names here, which editors complete, and all others."""
    taken = {name: DIALECTS.take(name) for name in DIALECTS.names}
    own = [
        full
        for name, dialect in taken.items()
        for full in (name, *(f"{name}@{known}" for known in dialect.implementations))
    ]
    return {"anyOf": [{"enum": own}, {"pattern": f"^({'|'.join(_name_patterns(taken))})$"}]}


def _converter() -> Schema:
    """Return the schema of an exporter or a converter, which only targets may be."""
    others = [alias for name in CONVERTERS.names for alias in CONVERTERS.take(name).aliases]
    pattern = f"^{_any_of([*CONVERTERS.names, *others])}$"
    return {"anyOf": [{"enum": CONVERTERS.names}, {"type": "string", "pattern": pattern}]}


def _name_patterns(taken: Mapping[str, Dialect]) -> Iterator[str]:
    """Yield a pattern for each usual name, in any case, with `-`, `_` and spaces anywhere."""
    others = aliases()
    for name, dialect in taken.items():
        names = [name, *dialect.aliases]
        yield _any_of(names)
        # `keras@tf` and `onnx@ort`: the alias of a dialect, or of the implementation itself.
        own = dialect.implementations
        made = [*own, *(other for other, of in others.items() if of.rpartition("@")[2] in own)]
        if made:
            yield f"{_any_of(names)}@{_any_of(made)}"
    yield _any_of([other for other, of in others.items() if "@" in of])


def _any_of(names: Iterable[str]) -> str:
    return f"({'|'.join(map(_any_case, names))})"


def _any_case(name: str) -> str:
    # Draft 7 has no pattern that ignores case.
    letters = (
        f"[{letter}{letter.upper()}]" if letter.isalpha() else re.escape(letter)
        for letter in name
        if letter not in "-_ "
    )
    return f"{_SEPARATOR}{_SEPARATOR.join(letters)}{_SEPARATOR}"


def _network() -> Schema:
    one_of_both = [{"required": ["input"]}, {"required": ["inputs"]}]
    return {**_object(NETWORK, _NETWORK, ["layers"]), "oneOf": one_of_both}


def _layer() -> Schema:
    """Return the schema of a layer, which looks at its kind first.

    So that a mistake in one key is one error, and not one for each kind that it is not.
    """
    is_block = {"anyOf": [{"required": [name]} for name in BLOCK]}
    kinds = {
        "required": ["op"],
        "properties": {"op": {"enum": list_names()}},
        "allOf": [_when_kind(name) for name in OPERATIONS.names],
    }
    has_no_kind = {"allOf": [is_block, {"not": {"required": ["op"]}}]}
    return {
        "title": "a layer, a word or a call for one, or a block of repeated layers",
        "type": ["string", "object"],
        "allOf": [
            {"if": {"type": "string"}, "then": _text()},
            {
                "if": {"type": "object"},
                "then": {"if": has_no_kind, "then": _ref("block"), "else": kinds},
            },
        ],
    }


def _when_kind(name: str) -> Schema:
    """Return the rule that layers of one kind have the keys of that kind."""
    names = [name, *OPERATIONS.take(name).aliases]
    return {
        "if": {"properties": {"op": {"enum": names}}, "required": ["op"]},
        "then": _ref(name),
    }


def _text() -> Schema:
    """Return the schema of a layer in one word, which needs no keys, or of a pasted call."""
    # An open bracket is enough here: the grammar of calls is beyond a pattern.
    taken = [OPERATIONS.take(name) for name in OPERATIONS.names]
    bare = [kind for kind in taken if not any(key.required for key in kind.keys)]
    words = [word for kind in bare for word in (kind.name, *kind.aliases)]
    return {"if": {"pattern": r"\("}, "else": {"enum": words}}


def _kind(name: str) -> Schema:
    """Return the schema of one kind of layer, with its keys under all their names."""
    keys = index_keys(name)
    parts = {given: _value(key) for given, key in keys.items()}
    operation = OPERATIONS.take(name)
    # Which kind it is has been decided by then.
    common = {**_LAYER, "op": {"type": "string"}}
    # Where both have a key of one name, that of the kind wins, as it does when a file is read.
    texts = {**LAYER, **{given: key.meaning for given, key in keys.items()}}
    table = _object(texts, {**common, **parts}, ["op"])
    needed = [key for key in operation.keys if key.required]
    required = {"allOf": [_require(key) for key in needed]} if needed else {}
    return {"title": operation.title, **table, **required}


def _require(key: Key) -> Schema:
    """Return the rule that a key is present under one of its names."""
    return {"anyOf": [{"required": [name]} for name in (key.name, *key.aliases)]}


def _value(key: Key) -> Schema:
    own = FORMS[key.form].schema(key)
    return {"if": _VARIABLE, "then": _ref("variable"), "else": own} if own else own


_VARIABLE: Schema = {"type": "string", "pattern": r"^\$"}
_NAME: Schema = {"type": "string", "minLength": 1}
_POSITIVE: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_INT64}
_SHAPE: Mapping[str, Schema] = {
    "channels": {"anyOf": [_POSITIVE, _ref("variable")]},
    "size": {"anyOf": [sizes_schema(), _ref("variable")]},
}
_LAYER: Mapping[str, Schema] = {
    "op": _NAME,
    "name": {**_NAME, "maxLength": MAX_NAME_LENGTH, "not": {"const": PREVIOUS}},
    "inputs": {"anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}]},
    "expect": {"anyOf": [_ref("expect"), _ref("variable")]},
    "dialect": {"anyOf": [_ref("dialect"), _ref("variable")]},
}
_ROUND: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": MAX_ROUNDS,
    "items": {
        "anyOf": [{"type": "string", "maxLength": MAX_NAME_LENGTH}, {"not": {"type": "string"}}]
    },
}
_BLOCK: Mapping[str, Schema] = {
    "repeat": {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": MAX_ROUNDS},
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
