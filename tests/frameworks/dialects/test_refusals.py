"""Calls that one dialect alone refuses, or that only one way of giving a layer can reach."""

from __future__ import annotations

import re
from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import DeconvError, NotExpressible, Refused
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import Sizes, Spelling

TORCH: dict[str, Any] = {"input_shape": (1, 2, 5, 5), "weight_shape": (2, 3, 3, 3)}
TENSORFLOW: dict[str, Any] = {
    "input_shape": (1, 5, 5, 2),
    "weight_shape": (3, 3, 3, 2),
    "strides": [1, 1],
    "padding": "VALID",
}


@pytest.mark.parametrize(
    ("dialect", "given", "message", "help"),
    [
        (
            "jax",
            {"input_shape": (1, 5, 1), "strides": [1], "padding": "VALID"},
            "the kernel's shape is not known",
            "give the weights' shape",
        ),
        (
            "coreml",
            {"input_shape": (1, 1, 5, 5)},
            "the weight's shape is not known",
            "give the weights' shape",
        ),
        (
            "tflite",
            {"input_shape": (1, 5, 5, 1), "padding": "SAME"},
            "the weights' shape is not known",
            "give the weights' shape",
        ),
        (
            "tinygrad",
            {"input_shape": (1, 1, 5, 5)},
            "the weight's shape is not known",
            "give the weights' shape",
        ),
        (
            "openvino",
            {"input_shape": (1, 1, 5, 5)},
            "the filters' shape None does not have 4 axes",
            "give them in the layout",
        ),
        ("openvino", {**TORCH, "op": "Deconvolution"}, "op is 'Deconvolution'", "choose from"),
        (
            "torch",
            {**TORCH, "api": "functional", "stride": 2, "output_size": [12, 12]},
            "conv_transpose functions have no output_size",
            "use output_padding, or a ConvTranspose layer",
        ),
        (
            "jax",
            {
                "input_shape": (1, *(2,) * 4, 1),
                "weight_shape": (1,) * 6,
                "strides": [1] * 4,
                "padding": "VALID",
            },
            "4 spatial axes have no default dimension_numbers",
            "1 to 3 spatial axes",
        ),
        ("paddle", {**TORCH, "data_format": "CHWN"}, "data_format is 'CHWN'", "NCHW or NHWC"),
        (
            "paddle",
            {**TORCH, "padding": [[1, 1], [0, 0], [1, 1], [1, 1]]},
            "pads batch or channels",
            r"give [0, 0] for both",
        ),
        (
            "tensorflow",
            {**TENSORFLOW, "output_shape": 7, "api": "conv2d_transpose"},
            r"output_shape is \[7\]",
            "a list of 4",
        ),
        (
            "tensorflow",
            {**TENSORFLOW, "output_shape": (1, 7, 7, 3), "padding": [[1, 1]]},
            r"padding is \[\[1, 1\]\]",
            "SAME, VALID",
        ),
        (
            "torch",
            {**TORCH, "padding_mode": "reflect"},
            "padding_mode 'reflect' is not supported",
            "use 'zeros'",
        ),
    ],
)
def test_a_call_is_refused_with_what_to_do(
    dialect: str, given: dict[str, Any], message: str, help: str
) -> None:
    with pytest.raises(DeconvError, match=message) as caught:
        deconvcli.layer(dialect, **given)
    assert help in caught.value.help


def test_tensorflow_takes_no_dilations_and_says_what_it_does_without_channels() -> None:
    with pytest.raises(Refused, match="asks for 0 channels; the filters make 3") as refused:
        deconvcli.layer("tensorflow", **TENSORFLOW, output_shape=(1, 7, 7, 0))
    assert [found.code for found in refused.value.findings] == ["tensorflow-unchecked"]
    plain = deconvcli.layer("tensorflow", **TENSORFLOW, output_shape=(1, 7, 7, 3), dilations=None)
    assert [axis.dilation for axis in plain.layer.axes] == [1, 1]


@pytest.mark.parametrize("dialect", ["jax", "flax"])
def test_a_crop_that_depends_on_the_input_is_not_expressible(dialect: str) -> None:
    sizes = Sizes((Linear("T"),), channels=1, weight=(1, 1, 3))
    given = {"output_shape": [17], "strides": [2]}
    fixed = take("onnx")[0].read(Spelling("onnx", given), sizes)
    with pytest.raises(NotExpressible, match="crops T-8 at the start and T-8 at the end; padding"):
        respell(fixed, dialect)


@pytest.mark.parametrize(
    ("word", "numbers"),
    [
        ("nchw", ("NCHW", "OIHW", "NCHW")),
        ("NHWC", ("NHWC", "HWIO", "NHWC")),
        ("nhwc,hwoi,nchw", ("NHWC", "HWOI", "NCHW")),
    ],
)
def test_a_data_format_stands_for_jaxs_three_specifications(
    word: str, numbers: tuple[str, ...]
) -> None:
    argument = take("jax")[0].argument("data_format")
    assert argument is not None
    [write] = argument.forms.values()
    assert tuple(write(word, 2)) == numbers


_CHANNELS_LAST: dict[str, Any] = {"input_shape": (1, 5, 5, 2), "weight_shape": (3, 3, 3, 2)}
_LITE = {**_CHANNELS_LAST, "stride_h": 2, "stride_w": 2}


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("torch", {**TORCH, "stride": 2, "output_size": [-1, 11]}),
        ("torch", {**TORCH, "stride": 2, "output_size": [1, 3, -1, 11]}),
        ("paddle", {**TORCH, "stride": 2, "output_size": [-11, -11]}),
        ("tensorflow", {**_CHANNELS_LAST, "strides": 2, "output_shape": [1, -1, 10, 3]}),
        ("tensorflow", {**_CHANNELS_LAST, "strides": 2, "output_shape": [1, 10, 10, 0]}),
        ("tensorflow", {**_CHANNELS_LAST, "strides": 2, "output_shape": [0, 10, 10, 3]}),
        ("tflite", {**_LITE, "output_shape": [1, -1, 10, 3]}),
        ("tflite", {**_LITE, "output_shape": [-1, 10, 10, 3]}),
        ("tflite", {**_LITE, "output_shape": [10, 10]}),
        *(
            (f"onnx{at}", {**TORCH, "strides": [2, 2], "output_shape": [-1, 10]})
            for at in ("", "@onnxruntime", "@reference", "@shape_inference")
        ),
        ("openvino", {**TORCH, "strides": [2, 2], "output_shape": [-1, 10]}),
        ("openvino", {**TORCH, "strides": [2, 2], "output_shape": [10, -10]}),
        ("coreml", {**TORCH, "strides": [2, 2], "output_shape": [1, 3, -1, 10]}),
        ("coreml", {**TORCH, "strides": [2, 2], "output_shape": [1, 3, 10, -10]}),
        ("coreml", {**TORCH, "strides": [2, 2], "output_shape": [-1, 3, 10, 10]}),
        ("coreml", {**TORCH, "strides": [2, 2], "output_shape": [10, 10]}),
        ("mxnet", {**TORCH, "stride": [2, 2], "target_shape": [-1, 10]}),
        ("webnn", {**TORCH, "strides": [2, 2], "outputSizes": [-1, 11]}),
        ("cudnn", {**TORCH, "filterStrideA": [2, 2], "dxDesc": [1, 3, -1, 11]}),
        ("onednn", {**TORCH, "strides": [2, 2], "dst_dims": [1, 2, 0, 11]}),
    ],
)
def test_no_framework_answers_a_size_that_is_none(name: str, layer: dict[str, Any]) -> None:
    """As measured in torch, Paddle, OpenVINO, ONNX Runtime, and TensorFlow for negative ones."""
    with pytest.raises(Refused) as refused:
        deconvcli.layer(name, **layer)
    assert re.fullmatch(r"[a-z-]+", refused.value.code)
    # Neither another input nor another crop changes a size that is requested.
    assert "input that works" not in refused.value.help


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("openvino", {**TORCH, "strides": [2, 2], "output_shape": [0, 10]}),
        ("coreml", {**TORCH, "strides": [2, 2], "output_shape": [1, 3, 0, 10]}),
    ],
)
def test_an_empty_output_that_is_requested_has_its_own_help(
    name: str, layer: dict[str, Any]
) -> None:
    found = deconvcli.layer(name, **layer)
    assert [one.help for one in found.findings if one.code == "empty-output"] == [
        "request a size of 1 or more."
    ]


@pytest.mark.parametrize(
    ("name", "words", "sizes"),
    [
        ("tensorflow", {"strides": 2}, "SAME takes 9x9 to 10x10"),
        ("tensorflow", {"strides": 3}, "SAME takes 13x13 to 15x15"),
        ("tensorflow", {"strides": [2, 3]}, "SAME takes 9x13 to 10x15"),
        ("tensorflow", {"strides": [1, 2, 2, 1]}, "SAME takes 9x9 to 10x10"),
        ("tensorflow", {"strides": 2, "padding": "VALID"}, "VALID takes 11x11 to 12x12"),
        (
            "tensorflow",
            {"strides": 1, "dilations": 2, "padding": "VALID"},
            "VALID takes 9x9",
        ),
        ("tensorflow", {}, "SAME takes (5 - 1)*stride + 1 to that plus stride - 1"),
        ("tflite", {"stride_h": 2, "stride_w": 3}, "SAME takes 9x13 to 10x15"),
        ("tflite", {"padding": "VALID"}, "VALID takes 7x7"),
        ("tflite", {}, "SAME takes 5x5"),
    ],
)
def test_a_missing_output_shape_is_helped_with_numbers(
    name: str, words: dict[str, Any], sizes: str
) -> None:
    with pytest.raises(Refused, match="output_shape is required") as refused:
        deconvcli.layer(name, **_CHANNELS_LAST, **words)
    assert refused.value.help == f"choose a size; {sizes}."


@pytest.mark.parametrize(
    ("padding", "requested", "help"),
    [
        # Full sizes are 5 by 5: what remains is 0 or more.
        ([2, 2], 4, "use 1 to 2."),
        ([3, 2], 4, "use 0 to 1."),
        ([3, 3], 4, "use 0."),
        ([3, 4], 4, "use padding of 5 or less in total."),
        ([9, 9], 1, "use padding of 5 or less in total."),
    ],
)
def test_no_negative_size_is_advised(padding: list[int], requested: int, help: str) -> None:
    sizes = {"input_shape": (1, 2, 2, 1), "weight_shape": (3, 3, 1, 1)}
    with pytest.raises(Refused, match="height: ") as refused:
        deconvcli.layer(
            "tensorflow",
            **sizes,  # type: ignore[arg-type]
            strides=2,
            padding=[[0, 0], padding, [0, 0], [0, 0]],
            output_shape=[1, requested, 5, 1],
        )
    assert (refused.value.code, refused.value.help) == ("output-shape", help)


@pytest.mark.parametrize(
    ("groups", "count", "message", "help"),
    [
        (1, 0, "the layer has 0 input channels", "give it 1 or more."),
        (1, -2, "the layer has -2 input channels", "give it 1 or more."),
        (3, -3, "the layer has -3 input channels", "give it 3 or more."),
        (3, 4, "4 input channels cannot be split into 3 equal groups", "use a multiple of 3."),
        (0, 4, "4 input channels cannot be split into 0 equal groups", "use 1 or more groups."),
    ],
)
def test_help_about_channels_reads_as_a_person_would_say_it(
    groups: int, count: int, message: str, help: str
) -> None:
    with pytest.raises(Refused, match=message) as refused:
        take("torch")[0].split_evenly(count, 12, groups)
    assert refused.value.help == help


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("dilation", [0, -1, "last"])
def test_keras2_checks_the_dilation_that_three_axes_ignore(rank: int, dilation: Any) -> None:
    rate = [0] * rank if dilation == "last" and rank < 3 else [1, 1, 0]
    with pytest.raises(Refused, match=r"dilation_rate (0|-1) is not positive"):
        deconvcli.layer(
            "keras2",
            input_shape=(1, *[4] * rank, 1),
            filters=1,
            kernel_size=3,
            dilation_rate=rate if dilation == "last" else dilation,
        )
