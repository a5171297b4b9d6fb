"""The schema and our reader agree on the form of a config, in both directions."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deconvcli.checks import configs
from deconvcli.checks.configs.schema import schema
from deconvcli.checks.documents import read
from deconvcli.frameworks.dialects import aliases, in_order, take
from deconvcli.networks.operation import Key
from deconvcli.networks.operations import OPERATIONS
from tests.cli.commandline import deconv

SCHEMA = schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
# A schema of forms cannot see whether a name exists, and cannot read a call.
BEYOND = {"unknown-name", "duplicate-name", "pasted-call"}


def agree(config: Any) -> bool:
    """Assert that both accept or both refuse, and return whether they accept."""
    document = read("a.json", json.dumps(config).encode(), "json")
    ours = [p for p in configs.read(document).problems if p.code not in BEYOND]
    theirs = [error.message for error in VALIDATOR.iter_errors(document.value)]
    assert bool(ours) == bool(theirs), (config, ours, theirs)
    return not ours


def with_layers(*layers: Any, **more: Any) -> dict[str, Any]:
    """Return a config of one network."""
    network = {"input": {"channels": 3, "size": [8, 8]}, "layers": list(layers), **more}
    return {"networks": {"net": network}}


NUMBERS = st.integers(-2, 5)
VALUES = (
    NUMBERS
    | st.lists(NUMBERS | st.lists(NUMBERS, max_size=3), max_size=7)
    | st.sampled_from(("same", "valid", "3x3", "0x3", "1x2x3x4", "", True, None, 1.5, 2.0, {}))
    | st.sampled_from((2**63 - 1, -(2**63) + 1, "no", "5:30", "017"))
)
SIZES = VALUES | st.sampled_from(("8x8", "HxW", "2H+1xW", "0N", "X", ["H", 3], ["HxW"], "8x8x8x8"))


def legal(key: Key) -> st.SearchStrategy[Any]:
    """Return values near those that the key accepts."""
    return VALUES if not key.choices else VALUES | st.sampled_from(key.choices)


@st.composite
def layers(draw: st.DrawFn) -> Any:
    """Return a layer with keys of its kind, and sometimes with others."""
    operation = OPERATIONS.take(draw(st.sampled_from(OPERATIONS.names)))
    chosen = draw(st.lists(st.sampled_from(operation.keys), unique=True)) if operation.keys else []
    layer: dict[str, Any] = {"op": operation.name}
    for key in {*chosen, *(key for key in operation.keys if key.required)}:
        layer[draw(st.sampled_from((key.name, *key.aliases)))] = draw(legal(key))
    common = {
        "name": st.sampled_from(("a", "", "previous", 3, None)),
        "inputs": st.sampled_from(("input", ["input"], [], 3, ["input", ""], None)),
        "expect": SIZES | st.fixed_dictionaries({"channels": NUMBERS}, optional={"size": SIZES}),
        "dialect": st.sampled_from(("torch", "keras@jax", "keras@nothing", "tf", 3)),
        "typo": NUMBERS,
    }
    for name in draw(st.lists(st.sampled_from(sorted(common)), max_size=1)):
        if name not in layer:
            layer[name] = draw(common[name])
    return layer


@settings(max_examples=400)
@given(layers() | VALUES | st.fixed_dictionaries({"op": VALUES}))
def test_layers_agree(layer: Any) -> None:
    agree(with_layers(layer))


@settings(max_examples=200)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "repeat": NUMBERS | st.dictionaries(st.sampled_from(("a", "b-c", "")), VALUES) | VALUES,
            "layers": st.lists(st.just({"op": "conv", "out_channels": 2, "kernel": 1})) | VALUES,
            "op": st.just("conv"),
        },
    )
)
def test_blocks_agree(block: dict[str, Any]) -> None:
    if "repeat" in block and not _unequal(block["repeat"]):
        agree(with_layers(block))


def _unequal(repeat: Any) -> bool:
    """Return whether lists have unequal lengths, which a schema cannot see."""
    lists = list(repeat.values()) if isinstance(repeat, dict) else []
    return len({len(values) for values in lists if isinstance(values, list)}) > 1


SHAPES = st.fixed_dictionaries({}, optional={"channels": VALUES, "size": SIZES, "more": NUMBERS})


@settings(max_examples=300)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "input": SHAPES | VALUES,
            "inputs": st.dictionaries(st.just("image"), SHAPES | VALUES) | VALUES,
            "layers": st.lists(st.just("relu"), max_size=2) | VALUES,
            "expect": SIZES,
            "dialect": VALUES | st.sampled_from(("onnx", "onnxruntime")),
            "targets": VALUES | st.lists(st.sampled_from(("onnxruntime", "keras", "nobody", 3))),
            "extra": NUMBERS,
        },
    )
)
@example({"input": {"channels": 3}, "inputs": {"a": {"channels": 3}}, "layers": ["relu"]})
def test_networks_agree(network: dict[str, Any]) -> None:
    agree({"networks": {"net": network}})


@pytest.mark.parametrize(
    "config",
    [None, [], 3, {}, {"networks": {}}, {"networks": []}, {"networks": None}, {"network": {}}],
)
def test_files_agree(config: Any) -> None:
    assert not agree(config)


def _usual_names() -> list[str]:
    """Return all names of dialects and implementations, and other usual ones for both parts."""
    found = [*in_order(), *aliases()]
    for name in in_order():
        dialect = take(name)[0]
        for base in (name, *dialect.aliases):
            found += [f"{base}@{made}" for made in dialect.implementations]
    return [*found, "keras@tf", "keras@pytorch", "keras@lax", "onnx@ort", "tf.keras@torch.nn"]


@pytest.mark.parametrize("name", _usual_names())
def test_a_dialect_may_have_any_name_that_check_takes(name: str) -> None:
    for text in (name, name.upper(), name.title(), "-".join(name), name.replace("e", "e ")):
        assert agree({"dialect": text, "targets": [text], **with_layers("relu")}), text


@pytest.mark.parametrize(
    "name",
    [
        *("", "torchx", "ktorch", "keras@", "@torch", "keras@caffe", "ort@reference", "onnx@onnx"),
        *("torch@keras", "tf.keras.", "kerasxlayers", "torch/nn", "t.f", 3, None, ["torch"]),
    ],
)
def test_no_other_name_is_taken(name: Any) -> None:
    assert not agree({"dialect": name, "targets": [name], **with_layers("relu")})


def test_editors_complete_the_names_that_we_print() -> None:
    [choices, pattern] = SCHEMA["definitions"]["dialect"]["anyOf"]
    assert list(pattern) == ["pattern"]
    assert {"torch", "keras@jax", "onnx@onnxruntime"} < set(choices["enum"])
    assert {name.partition("@")[0] for name in choices["enum"]} == set(in_order())


def test_some_are_accepted() -> None:
    assert agree({"$schema": "a", "targets": ["keras"], **with_layers("relu", {"op": "flatten"})})
    block = {"repeat": {"w": [1, 2]}, "layers": [{"op": "conv", "filters": "$w", "kernel": "3x3"}]}
    assert agree(with_layers(block, expect="HxW"))


def test_the_command_prints_the_schema() -> None:
    assert json.loads(deconv("schema").out) == SCHEMA
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def find_errors(*layers: Any) -> list[str]:
    """Return the messages about a config, without those that explain another one."""
    return [error.message for error in VALIDATOR.iter_errors(with_layers(*layers))]


@pytest.mark.parametrize("name", OPERATIONS.names)
def test_a_misspelled_key_is_one_error(name: str) -> None:
    values = {"kernel": 3, "out_channels": 4, "units": 4, "factor": 2, "shape": [-1]}
    needed = {
        key.name: values.get(key.name, 1) for key in OPERATIONS.take(name).keys if key.required
    }
    assert find_errors({"op": name, **needed}) == []
    [message] = find_errors({"op": name, **needed, "strid": 2})
    assert "'strid' was unexpected" in message


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        ({"op": "conv_transpos", "kernel": 3}, "'conv_transpos' is not one of"),
        ("relux", "'relux' is not one of"),
        ({"kernel": 3}, "'op' is a required property"),
        (3, "3 is not of type 'string', 'object'"),
        ({"repeat": 0, "layers": ["relu"]}, "is not valid under any"),
        ({"op": "conv", "out_channels": 2, "kernel": 3, "stride": "$s"}, ""),
        ({"op": "conv", "out_channels": 2, "kernel": 3, "stride": "$"}, "does not match"),
    ],
)
def test_a_mistake_is_one_error(layer: Any, reason: str) -> None:
    found = find_errors(layer)
    assert len(found) == bool(reason)
    assert all(reason in message for message in found)


def test_the_example_is_a_config() -> None:
    [config] = SCHEMA["examples"]
    assert agree(config)
    assert SCHEMA["$id"].startswith("https://")
    kinds = [SCHEMA["definitions"][name] for name in OPERATIONS.names]
    assert [kind["title"] for kind in kinds] == [OPERATIONS.take(n).title for n in OPERATIONS.names]
