"""How many batch and spatial axes each framework takes, and how other shapes are answered."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import DeconvError, Refused, UsageError
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.jsonl import answer_line
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer
from tests.cli.commandline import deconv

Shape = tuple[int, ...]
Words = dict[str, Any]

ONE, FEW, ANY = {1}, {0, 1}, {0, 1, 2, 3}
# Dialect; batch axes out of 0 to 3, spatial axes out of 1 to 5, as the framework was measured.
TAKEN: list[tuple[str, set[int], set[int]]] = [
    ("torch", FEW, {1, 2, 3}),
    ("keras", ONE, {1, 2, 3}),
    ("keras@tensorflow", ONE, {1, 2, 3}),
    ("keras2", ONE, {1, 2, 3}),
    ("tensorflow", ONE, {1, 2, 3}),
    ("jax", ONE, {1, 2, 3, 4, 5}),
    ("flax", ANY, {1, 2, 3}),
    ("onnx", ONE, {1, 2, 3, 4, 5}),
    ("onnx@onnxruntime", ONE, {1, 2, 3, 4, 5}),
    ("onnx@reference", ONE, {1, 2, 3, 4, 5}),
    ("onnx@shape_inference", ONE, {1, 2, 3, 4, 5}),
    ("paddle", ONE, {1, 2, 3}),
    ("mlx", ONE, {1, 2, 3}),
    ("openvino", ONE, {1, 2, 3}),
    ("tinygrad", ONE, {1, 2, 3, 4, 5}),
    ("tflite", ONE, {2}),
    ("coreml", ONE, {1, 2, 3}),
    ("webnn", ONE, {2}),
    ("mxnet", ONE, {1, 2, 3}),
    ("tensorrt", ONE, {2, 3}),
]


def build_request(name: str, batch: int, rank: int) -> dict[str, Any]:
    """Return a request of 4 channels in, 3 out and kernel 3, in the dialect's layouts."""
    dialect, _ = take(name)
    letters = "DHWXY"[:rank]
    words: Words = {}
    if dialect.name in ("tensorflow", "tflite"):
        words = {"output_shape": [1] * batch + [7] * rank + [3], "padding": "VALID"}
        words |= {"strides": 1} if dialect.name == "tensorflow" else {}
    if dialect.name == "jax":
        words = {"padding": "VALID", "strides": [1] * rank}
        words["dimension_numbers"] = [f"NC{letters}", f"IO{letters}", f"NC{letters}"]
    data = dialect.data_layout(words, rank)
    weight = Layer((Axis(3),) * rank, 4, 3).weight_shape(dialect.weight_layout(words, rank))
    shape = data.shape({"N": (1,) * batch, "C": (4,)}, (5,) * rank)
    return {
        "dialect": name,
        "input_shape": list(shape),
        "weight_shape": list(weight),
        "params": words,
    }


def answer(request: dict[str, Any]) -> DeconvError | None:
    """Return the error of a request, None if it is answered; the lines of JSON must agree."""
    error: DeconvError | None = None
    try:
        deconvcli.layer(
            request["dialect"],
            input_shape=request["input_shape"],
            weight_shape=request["weight_shape"],
            **request["params"],
        )
    except DeconvError as refused:
        error = refused
    line = json.loads(answer_line(json.dumps(request).encode(), deque()))
    assert ("error" in line) == (error is not None)
    assert error is None or line["error"]["message"] == error.message
    return error


@pytest.mark.parametrize(("name", "batches", "ranks"), TAKEN, ids=[row[0] for row in TAKEN])
def test_the_axes_that_a_framework_takes(name: str, batches: set[int], ranks: set[int]) -> None:
    for batch in range(4):
        for rank in range(1, 6):
            request = build_request(name, batch, rank) if rank in ranks else None
            if request is None and name in ("jax", "webnn", "tflite"):
                continue
            error = answer(request or build_request(name, batch, rank))
            if batch in batches and rank in ranks:
                assert error is None, (batch, rank, error)
            else:
                assert error is not None, (batch, rank)
                assert error.code == "rank", (batch, rank, error)


WRONG: list[tuple[str, Shape, Shape | None, Words, str]] = [
    # The weights are wrong, not the input.
    ("torch", (1, 64, 4, 4), (64, 32), {}, r"the weights \[64, 32\] have 2 axes, none of them"),
    ("keras", (1, 4, 4, 64), (32, 64), {}, r"the weights \[32, 64\] have 2 axes"),
    ("onnx", (1, 1, 4, 4), (1, 1), {}, r"the weights \[1, 1\] have 2 axes"),
    ("mlx", (1, 4, 64), (32, 64), {}, r"the weights \[32, 64\] have 2 axes"),
    ("paddle", (1, 2, 3, 3, 3, 3), (2, 2, 1, 1, 1, 1), {}, "have 6 axes, 4 of them spatial"),
    ("openvino", (1, 2, 3, 3, 3, 3), (2, 2, 1, 1, 1, 1), {}, "have 6 axes, 4 of them spatial"),
    # Input and weights do not belong together.
    ("onnx", (1, 1, 4, 4), (1, 1, 3, 3, 3), {}, "too few axes, 4: the weights .* 3 spatial axes"),
    ("onnx@reference", (1, 1, 4, 4, 4), (1, 1, 3, 3), {}, "too many axes, 5: the weights"),
    ("torch", (1, 1, 4, 4, 4, 4), (1, 1, 3, 3, 3), {}, "takes an input of 4 or 5 axes"),
    ("paddle", (3, 5, 5), (3, 4, 3, 3), {}, "too few axes, 3: the weights"),
    ("keras2", (5, 5, 3), (3, 3, 4, 3), {}, "Keras 2 takes an input of 4 axes"),
    # The kernel, or another list, gives the number of axes.
    ("keras", (5, 5, 3), None, {"filters": 2, "kernel_size": [3, 3]}, "the layer has 2 spatial"),
    ("keras", (5, 5, 3), None, {"filters": 2, "kernel_size": 3, "strides": [2, 2]}, "has 2 spa"),
    ("mlx", (5, 3), None, {"in_channels": 3, "out_channels": 2, "kernel_size": 3}, "axes, 2:"),
    ("keras", (5, 3), None, {"filters": 2, "kernel_size": 3}, "takes an input of 3 axes"),
    ("torch", (5,), None, {"kernel_size": 3}, "has 1 axes, none of them spatial"),
    # A rank mistake is no wrong number of channels.
    ("torch", (16, 64, 5), (64, 32, 4, 4), {}, "is a batch of 1 spatial axis; the layer has 2"),
    ("torch", (16, 64, 5, 6), (64, 2, 1, 1, 1), {}, "a batch of 2 spatial axes; the layer has 3"),
    ("torch", (64, 5, 6), (64, 32, 4), {}, "is one input of 2 spatial axes; the layer has 1"),
]


@pytest.mark.parametrize(("name", "given", "weight", "words", "message"), WRONG)
def test_the_message_names_the_operand(
    name: str, given: Shape, weight: Shape | None, words: Words, message: str
) -> None:
    with pytest.raises(Refused, match=message) as refused:
        deconvcli.layer(name, input_shape=given, weight_shape=weight, **words)
    assert refused.value.code == "rank"
    assert refused.value.help


TORCH: Words = {"in_channels": 64, "out_channels": 32, "kernel_size": 4}
ORDER: list[tuple[str, Shape, Shape | None, Words, str]] = [
    ("torch", (1, 32, 32, 64), None, TORCH, "torch takes channels first: 64x32x32, not 32x32x64"),
    ("torch", (32, 32, 64), None, TORCH, "torch takes channels first: 64x32x32"),
    ("torch", (8, 30, 20, 64), (64, 32, 4, 4), {}, "first: 8x64x30x20, not 8x30x20x64"),
    ("torch", (1, 100, 64), (64, 32, 4), {}, "torch takes channels first: 64x100"),
    ("onnx", (1, 9, 8, 7, 64), (64, 32, 1, 1, 1), {}, "onnx takes channels first: 64x9x8x7"),
    ("paddle", (1, 9, 8, 64), (64, 32, 1, 1), {}, "paddle takes channels first: 64x9x8"),
    ("openvino", (1, 9, 8, 64), (64, 32, 1, 1), {}, "openvino takes channels first: 64x9x8"),
    ("tinygrad", (1, 9, 8, 64), (64, 32, 1, 1), {}, "tinygrad takes channels first: 64x9x8"),
    ("keras", (1, 64, 9, 8), (3, 3, 32, 64), {}, "keras takes channels last: 9x8x64"),
    ("keras2", (1, 64, 9, 8), (3, 3, 32, 64), {}, "keras2 takes channels last: 9x8x64"),
    ("mlx", (2, 64, 9, 8), (32, 3, 3, 64), {}, "mlx takes channels last: 2x9x8x64"),
    ("flax", (64, 9, 8), (3, 3, 64, 32), {}, "flax takes channels last: 9x8x64"),
    (
        "keras",
        (1, 9, 8, 64),
        (3, 3, 32, 64),
        {"data_format": "channels_first"},
        "keras takes channels first: 64x9x8",
    ),
    (
        "tensorflow",
        (1, 64, 9, 8),
        (3, 3, 32, 64),
        {"strides": 1, "output_shape": [1, 9, 8, 32]},
        "tensorflow takes channels last: 9x8x64",
    ),
]


@pytest.mark.parametrize(("name", "given", "weight", "words", "message"), ORDER)
def test_channels_at_the_wrong_end_are_recognised(
    name: str, given: Shape, weight: Shape | None, words: Words, message: str
) -> None:
    with pytest.raises(Refused, match=message) as refused:
        deconvcli.layer(name, input_shape=given, weight_shape=weight, **words)
    assert refused.value.code == "channels"


@pytest.mark.parametrize(
    ("name", "given", "weight"),
    [
        ("torch", (1, 3, 8, 8), (64, 32, 4, 4)),
        ("torch", (1, 3, 64, 64), (64, 32, 4, 4)),
        ("keras", (1, 8, 8, 3), (4, 4, 32, 64)),
        ("jax", (1, 8, 8, 3), (4, 4, 64, 32)),
        ("onnx", (1, 3, 8, 8), (64, 32, 4, 4)),
    ],
)
def test_other_numbers_of_channels_are_named(name: str, given: Shape, weight: Shape) -> None:
    words: Words = {"padding": "VALID", "strides": [1, 1]} if name == "jax" else {}
    with pytest.raises(Refused, match="has 3 channels; the layer takes 64"):
        deconvcli.layer(name, input_shape=given, weight_shape=weight, **words)


KERAS: Words = {"filters": 32, "kernel_size": 4, "strides": 2}
GLUON: Words = {"channels": 32, "kernel_size": 4, "api": "gluon"}
ASKED: list[tuple[str, Shape, Words]] = [
    ("keras", (5, 5, 64), KERAS),
    ("keras2", (28, 28, 1), KERAS),
    ("keras", (64, 5, 5), {**KERAS, "data_format": "channels_first"}),
    ("torch", (64, 5, 5), {"kernel_size": 4}),
    ("torch", (64, 64, 5), TORCH),
    ("mlx", (5, 5, 64), TORCH),
    ("mxnet", (64, 5, 5), GLUON),
]


@pytest.mark.parametrize(("name", "given", "words"), ASKED)
def test_an_input_that_may_lack_its_batch_is_asked_back(
    name: str, given: Shape, words: Words
) -> None:
    with pytest.raises(UsageError, match="with 1 spatial axis, or one input with 2") as error:
        deconvcli.layer(name, input_shape=given, **words)
    assert "rank=1" in str(error.value.help)
    assert len(deconvcli.layer(name, input_shape=given, rank=1, **words).spatial) == 1


@pytest.mark.parametrize(
    ("name", "given", "words", "rank"),
    [
        ("keras", (1, 5, 5, 64), KERAS, 2),
        ("keras", (1, 5, 64), KERAS, 1),
        ("keras", (5, 5, 64), {**KERAS, "kernel_size": [4]}, 1),
        ("torch", (64, 5, 5), TORCH, 2),
        ("torch", (5, 64, 7), TORCH, 1),
        ("torch", (64, 5), TORCH, 1),
        ("torch", (64, 5, 5, 5), TORCH, 3),
        ("torch", (7, 64, 5, 5), TORCH, 2),
        ("torch", (64, 5, 5), {**TORCH, "stride": [2, 2]}, 2),
        ("flax", (5, 5, 64), {"features": 2, "kernel_size": 3}, 1),
        ("flax", (5, 5, 64), {"features": 2, "kernel_size": [3, 3]}, 2),
    ],
)
def test_parameters_give_the_number_of_axes(
    name: str, given: Shape, words: Words, rank: int
) -> None:
    assert len(deconvcli.layer(name, input_shape=given, **words).spatial) == rank


def test_the_command_line_adds_the_batch() -> None:
    for name in ("keras", "mlx", "onnx", "tinygrad", "webnn"):
        assert deconv(f"shape -q -D {name} --in 5x5 -k 3").out == "7x7\n"
    run = deconv("shape --in 32x32x64", "nn.ConvTranspose2d(64, 32, 4)")
    assert run.code == 2
    assert "torch takes channels first: 64x32x32" in run.err
    assert deconv("shape -D webnn --in 5 -k 3").code == 2


@pytest.mark.parametrize("name", ["keras", "onnx", "mlx", "openvino"])
def test_a_layer_without_a_batch_is_converted_with_one(name: str) -> None:
    single = deconvcli.layer("torch", input_shape=(64, 5, 5), **TORCH)
    converted = deconvcli.convert(single, name)
    assert converted.sizes.batch == (1,)
    assert converted.output_sizes == single.output_sizes


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("nn.ConvTranspose2d(8, 4, 4, (2,), [1])", (10, 10)),
        ("nn.ConvTranspose2d(8, 4, 4, 2, ((1, 1)), dilation=(1,))", (10, 10)),
        ("nn.ConvTranspose2d(8, 4, [4, 4], [2, 2], (1, 1), output_padding=(0, 1))", (10, 11)),
        ("nn.ConvTranspose1d(8, 4, (16,), [8], (4,), (0,))", (40,)),
        ("nn.ConvTranspose3d(8, 4, (3, 4, 2), [1, 2, 2], padding=(1, 0, 1))", (5, 12, 8)),
        ("nn.ConvTranspose2d(8, 4, (4,), 2, 1)", None),
        ("nn.ConvTranspose2d(8, 4, ((4, 4),), 2, 1)", None),
        ("nn.ConvTranspose2d(8, 4, 4, 2, ((1, 1),))", None),
        ("nn.ConvTranspose2d(8, 4, 4, 2, ((1, 1), (1, 1)))", None),
        ("nn.ConvTranspose1d(8, 4, 4, 2, ((1,),))", None),
        ("nn.ConvTranspose1d(8, 4, 4, 2, (1, 1))", None),
        ("nn.ConvTranspose3d(8, 4, 4, [2, 2], 1)", None),
    ],
)
def test_lists_in_torch(text: str, output: tuple[int, ...] | None) -> None:
    """Compared with PyTorch 2.13.0: one number in a list is for all axes, but not as a kernel."""
    rank = int(text[len("nn.ConvTranspose")])
    if output is None:
        with pytest.raises(UsageError, match="is \\["):
            deconvcli.paste(text, (5,) * rank)
    else:
        assert deconvcli.paste(text, (5,) * rank).output_sizes == output


@pytest.mark.parametrize("shape", [(3,), (3, 1), (3, 3, 1), (3, 3, 1, 1, 1)])
@pytest.mark.parametrize("rank", [None, 2])
def test_weights_have_the_axes_of_the_kernel(shape: tuple[int, ...], rank: int | None) -> None:
    with pytest.raises(DeconvError, match="with 2 spatial axes have 4 axes") as error:
        deconvcli.layer(
            "flax", input_shape=(1, 5, 5, 1), weight_shape=shape, kernel_size=[3, 3], rank=rank
        )
    assert error.value.code == "rank"


@pytest.mark.parametrize("weight", [(1, 1, 3), (1, 1, 3, 3, 3)])
def test_implementations_of_onnx_take_other_weights(weight: tuple[int, ...]) -> None:
    with pytest.raises(Refused, match="input_shape") as error:
        deconvcli.layer("onnx", input_shape=(1, 1, 4, 4), weight_shape=weight)
    [finding] = error.value.findings
    assert "weights with more or fewer axes" in finding.message
