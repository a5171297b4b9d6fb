"""Calls that one dialect alone refuses, or that only one way of giving a layer can reach."""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import DeconvError, NotExpressible
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.spelling import convert
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


def test_tensorflow_takes_no_channels_and_no_dilations() -> None:
    empty = deconvcli.layer("tensorflow", **TENSORFLOW, output_shape=(1, 7, 7, 0))
    assert empty.layer.groups == 1
    plain = deconvcli.layer("tensorflow", **TENSORFLOW, output_shape=(1, 7, 7, 3), dilations=None)
    assert [axis.dilation for axis in plain.layer.axes] == [1, 1]


@pytest.mark.parametrize("dialect", ["jax", "flax"])
def test_a_crop_that_depends_on_the_input_is_not_expressible(dialect: str) -> None:
    sizes = Sizes((Linear("T"),), channels=1, weight=(1, 1, 3))
    given = {"output_shape": [17], "strides": [2]}
    fixed = take("onnx")[0].read(Spelling("onnx", given), sizes)
    with pytest.raises(NotExpressible, match="crops T-8 at the start and T-8 at the end; padding"):
        convert(fixed, dialect)


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
