"""The dialect of a pasted call: by its name where that is one's own, else by its arguments."""

from __future__ import annotations

from itertools import product

import pytest

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.frameworks.dialects import DIALECTS, take
from deconvcli.frameworks.pasted.python_call import PythonCall, read_call
from deconvcli.frameworks.pasted.search import (
    RETIRED,
    RIVALS,
    count_misfits,
    find_match,
)
from deconvcli.frameworks.pasted.understand import understand
from deconvcli.frameworks.request import LayerRequest
from deconvcli.layers.axis import Size

# Each row: the call, the dialect, the output for 5x5, and the other dialects that it fits.
SHARED = [
    ("nn.Conv2DTranspose(1, 1, 3, 2, 1)", "paddle", (9, 9), ("mxnet",)),
    ("nn.Conv2DTranspose(64, 32, 4)", "paddle", (8, 8), ("mxnet",)),
    ("nn.Conv2DTranspose(8, 4, 3, stride=2)", "paddle", (11, 11), ()),
    ("nn.Conv2DTranspose(in_channels=8, out_channels=4, kernel_size=3)", "paddle", (7, 7), ()),
    ("nn.Conv2DTranspose(8, 4, 3, padding='SAME')", "paddle", (5, 5), ()),
    ("nn.Conv2DTranspose(8, 3, strides=2)", "mxnet", (11, 11), ()),
    ("nn.Conv2DTranspose(channels=8, kernel_size=3)", "mxnet", (7, 7), ()),
    ("nn.Conv2DTranspose(8, (3, 3), (2, 2), (1, 1))", "mxnet", (9, 9), ()),
    ("nn.Conv2DTranspose(filters=8, kernel_size=3, strides=2)", "keras", (11, 11), ()),
    ("nn.Conv2DTranspose(8, 3, strides=2, padding='same')", "keras", (10, 10), ()),
    ("Conv2DTranspose(8, 3, 2)", "keras", (11, 11), ("paddle",)),
    ("Conv2DTranspose(8, 3, 2, 'same')", "keras", (10, 10), ()),
    ("Conv2DTranspose(8, 4, 3, 2, 1)", "paddle", (9, 9), ("mxnet",)),
    ("Conv2DTranspose(8, 4, 3, stride=2)", "paddle", (11, 11), ()),
    ("Conv2DTranspose(channels=8, kernel_size=3, strides=2)", "mxnet", (11, 11), ()),
    ("layers.Conv2DTranspose(8, 3, 2)", "keras", (11, 11), ()),
    ("KL.Conv2DTranspose(8, 3, 2)", "keras", (11, 11), ()),
    ("nn.ConvTranspose2d(8, 4, 3, 2, 1)", "torch", (9, 9), ()),
    ("nn.ConvTranspose2d(8, 4, 3, 2, 1, 1)", "torch", (10, 10), ("mlx",)),
    ("nn.ConvTranspose2d(8, 4, 3, 2, 1, 1, padding_mode='zeros')", "torch", (10, 10), ()),
    ("ConvTranspose(features=8, kernel_size=(3, 3))", "flax", (5, 5), ()),
    ("nn.ConvTranspose(8, (3, 3), 2)", "flax", (10, 10), ()),
    ("nn.ConvTranspose(2, 4, (3, 3), rngs=rngs)", "flax", (5, 5), ()),
    ("nn.ConvTranspose(2, 4, (3, 3), 2, rngs=nnx.Rngs(0))", "flax", (10, 10), ()),
    ("nn.ConvTranspose(in_features=2, out_features=4, kernel_size=(3, 3))", "flax", (5, 5), ()),
    ("nn.Conv2DTranspose(8, 4, 3, 2, 1, 1, 1, 2)", "paddle", (10, 10), ()),
    ("nn.Conv2DTranspose(8, 4, 3, 2, 1, 1, groups=2)", "paddle", (10, 10), ("mxnet",)),
    ("op.ConvTranspose(X, W, kernel_shape=[3, 3])", "onnx", (7, 7), ()),
]


# TensorFlow's third parameter is the output's shape, which it needs; Paddle's is the bias.
FUNCTIONS = [
    ("conv2d_transpose(x, w, None, 2)", "paddle"),
    ("conv2d_transpose(x, w, None, 2, 1)", "paddle"),
    ("F.conv2d_transpose(x, w, None, 2, 1, 1)", "paddle"),
    ("conv3d_transpose(x, w, None, 2)", "paddle"),
    ("conv1d_transpose(x, w, None, 2)", "paddle"),
    ("conv2d_transpose(x, w, [1, 10, 10, 2], 2)", "tensorflow"),
    ("conv2d_transpose(x, w, None, strides=2, padding='SAME')", "tensorflow"),
    ("tf.nn.conv2d_transpose(x, w, None, 2)", "tensorflow"),
]


@pytest.mark.parametrize(("call", "dialect"), FUNCTIONS)
def test_a_required_parameter_is_not_none(call: str, dialect: str) -> None:
    assert find_match(read_call(call)).dialect.name == dialect


@pytest.mark.parametrize(("call", "dialect", "output", "others"), SHARED)
def test_the_arguments_decide_about_a_shared_name(
    call: str, dialect: str, output: tuple[int, ...], others: tuple[str, ...]
) -> None:
    understood = LayerRequest(call, input_size=(5, 5)).understand()
    assert understood.reading.spelling.name == dialect
    assert understood.reading.output_sizes == output
    assert understood.why.endswith(f"({'dialect'} {' or '.join(others)})" if others else "'s")


def _understand_as(dialect: str, call: str) -> tuple[Size, ...]:
    return LayerRequest(call, dialect, input_size=(5, 5)).understand().reading.output_sizes


def test_a_named_dialect_always_wins() -> None:
    call = "nn.Conv2DTranspose(1, 1, 3, 2, 1)"
    assert _understand_as("mxnet", call) == (10, 10)
    assert _understand_as("paddle", call) == (9, 9)
    with pytest.raises(DeconvError, match="keras: padding is 2"):
        _understand_as("keras", call)
    assert _understand_as("keras", "nn.Conv2DTranspose(8, 3, 2)") == (11, 11)
    assert _understand_as("mlx", "nn.ConvTranspose2d(8, 4, 3, 2, 1, 1)") == (9, 9)
    assert _understand_as("keras2", "KL.Conv2DTranspose(8, 3, 2)") == (11, 11)


@pytest.mark.parametrize(
    ("dialect", "call", "owners"),
    [
        ("torch", "nn.Conv2DTranspose(1, 1, 3)", "paddle and mxnet have it"),
        ("keras", "paddle.nn.Conv2DTranspose(1, 1, 3)", "paddle has it"),
        ("flax", "nn.ConvTranspose2d(1, 1, 3)", "torch and mlx have it"),
    ],
)
def test_a_call_of_others_is_refused_with_their_names(dialect: str, call: str, owners: str) -> None:
    with pytest.raises(UsageError) as error:
        understand(call, dialect)
    assert owners in error.value.help


def test_a_preferred_dialect_is_taken_where_it_fits() -> None:
    found = find_match(PythonCall("nn.Conv2DTranspose", (8, 4, 3), {}), None, "mxnet")
    assert found.dialect.name == "mxnet"
    found = find_match(PythonCall("nn.Conv2DTranspose", (8, 4, 3), {"stride": 2}), None, "mxnet")
    assert found.dialect.name == "paddle"
    found = find_match(PythonCall("Conv2DTranspose", (8, 3), {}), None, "keras@jax")
    assert (found.dialect.name, found.implementation) == ("keras", "jax")


def _list_readings(name: str, call: PythonCall) -> list[list[str]]:
    """Return the roles of the positional arguments in each signature that the call fits."""
    dialect = take(name)[0]
    roles = {argument.name: argument.role for argument in dialect.arguments}
    return [
        [roles.get(parameter, parameter) for parameter in signature.parameters]
        for signature in dialect.signatures
        if signature.answers(call.name) and count_misfits(dialect, signature, call) == 0
    ]


@pytest.mark.parametrize("one", DIALECTS.names)
def test_the_table_of_rivals_is_complete(one: str) -> None:
    """Whatever a dialect wins with plain numbers, others that fit in other roles are listed."""
    names = {path for signature in take(one)[0].signatures for path in signature.paths}
    names = {"nn." + name.rpartition(".")[2] for name in names} | {
        name.rpartition(".")[2] for name in names
    }
    for name, count in product(sorted(names), range(1, 8)):
        call = PythonCall(name, (3,) * count, {})
        try:
            match = find_match(call)
        except UsageError:
            continue
        if match.dialect.name != one or count_misfits(match.dialect, match.signature, call):
            continue
        [own, *_] = _list_readings(one, call) or [[]]
        rivals = {
            other
            for other in DIALECTS.names
            if other not in (one, "keras2")
            and any(read[:count] != own[:count] for read in _list_readings(other, call))
        }
        assert rivals - {*RETIRED} <= {*match.others}, (name, count)
        assert {*match.others} <= rivals


def test_rivals_are_dialects() -> None:
    assert {*RIVALS, *RETIRED} <= {*DIALECTS.names}


def test_a_name_is_no_sign_of_another_framework() -> None:
    with pytest.raises(UsageError, match="torch has no parameter 'name'"):
        LayerRequest("nn.ConvTranspose2d(4, 4, 4, 2, 1, name='x')", input_size=(8, 8)).understand()
    call = "nn.ConvTranspose2d(4, 4, 4, 2, output_padding=1, key=key, name='x')"
    assert "Equinox" in LayerRequest(call, input_size=(8, 8)).understand().why
