"""Roles become a dialect's own parameters, whoever asks, and errors use the asker's names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from deconvcli.cli.request import NAMES
from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.frameworks.request import LayerRequest
from deconvcli.frameworks.wording import KEYS, ROLES, Names, read_roles, word_roles
from deconvcli.layers.layer import Reading, Sizes


def test_command_line_and_configs_name_every_role() -> None:
    assert list(NAMES.roles) == list(KEYS.roles) == list(ROLES)


def test_every_role_of_a_dialect_has_a_name() -> None:
    used = {
        role for name in in_order() for a in take(name)[0].arguments for role in (a.role, *a.also)
    }
    assert used - {"", "bias"} <= set(ROLES)


@pytest.mark.parametrize("name", in_order())
def test_the_parameter_of_a_role_takes_some_form_of_it(name: str) -> None:
    dialect = take(name)[0]
    named = [dialect.argument(role) for role in (*ROLES, "bias")]
    assert [argument.name for argument in named if argument and not argument.forms] == []


@pytest.mark.parametrize("name", [*in_order(), "onnx@reference", "onnx@shape_inference"])
@pytest.mark.parametrize("has_bias", [False, True])
def test_a_bias_reaches_the_layer(name: str, has_bias: bool) -> None:
    """Where the framework's function has none, the network adds it, and counts it."""
    roles: dict[str, Any] = {"kernel": 3, "stride": 1, "out_channels": 6, "bias": has_bias}
    if not take(name)[0].argument("output_padding") and take(name)[0].argument("output_size"):
        roles["output_size"] = 7
    # Some have to be given a padding.
    if take(name)[0].name in ("tensorflow", "tflite", "jax"):
        roles["padding"] = "valid"
    layer = read_roles(name, roles, Sizes((5, 5), channels=4)).layer
    assert layer.has_bias is has_bias
    assert layer.parameter_count == 4 * 6 * 9 + 6 * has_bias


@pytest.mark.parametrize("name", in_order())
def test_a_request_and_its_roles_alone_are_read_alike(name: str) -> None:
    roles = {"kernel": (3,), "stride": (2,), "out_channels": (4,), "in_channels": (2,)}
    request = LayerRequest(dialect=name, input_size=(5, 5), roles=roles)
    keys = {role: given for role, (given,) in roles.items()}
    by_keys = _outcome(lambda: read_roles(name, keys, Sizes((5, 5), channels=2)))
    assert by_keys == _outcome(lambda: request.understand().reading)


def _outcome(read: Callable[[], Reading]) -> Reading | str:
    try:
        return read()
    # Some dialects demand an output size, and only a request can name its option in the help.
    except DeconvError as refused:
        return refused.message


@pytest.mark.parametrize(
    ("names", "message", "help"),
    [
        (KEYS, "keras has no groups", "choose one with dialect, or leave it out"),
        (NAMES, "keras has no -g/--groups", "choose one with --dialect, or leave it out"),
    ],
)
def test_an_error_names_a_role_as_its_user_does(names: Names, message: str, help: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        word_roles(take("keras")[0], {"groups": 2}, 2, names)
    assert caught.value.code == "foreign-parameter"
    assert help in caught.value.help
    assert "torch" in caught.value.help


def test_a_form_that_only_others_take_is_named() -> None:
    with pytest.raises(UsageError, match=r"padding of torch is one number, .* not begin:end"):
        word_roles(take("torch")[0], {"padding": [[1, 0]]}, 1)


def test_two_roles_for_one_parameter_are_refused() -> None:
    with pytest.raises(DeconvError, match="auto_pad gives auto_pad a second time"):
        word_roles(take("onnx")[0], {"padding": "same_upper", "auto_pad": "VALID"}, 2)
