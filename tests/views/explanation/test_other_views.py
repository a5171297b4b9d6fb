"""The other views of a layer as sentences."""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.views.explanation.other_views import list_views


def find_views(dialect: str, n: tuple[int, ...], **words: Any) -> dict[str, str]:
    """Return the views by name."""
    first = dialect in ("torch", "onnx", "caffe", "openvino")
    shape = (1, 1, *n) if first else (1, *n, 1)
    return {
        view.name: view.text
        for view in list_views(deconvcli.layer(dialect, input_shape=shape, **words))
    }


def test_the_views_of_the_pixel_that_everybody_loses() -> None:
    assert find_views("keras", (5, 5), kernel_size=3, strides=2, padding="same") == {
        "crop": "padding='same': crops 0 at the start and 1 at the end of the full scatter, which"
        " has 11 elements.",
        "forward": "Conv2D(kernel_size=3, strides=2, padding='same') maps 10x10 to 5x5; this layer,"
        " its transpose, maps 5x5 back to 10x10.",
        "inverse": "the forward convolution maps size m to ceil(m / 2), which is 5 for every m from"
        " 9 to 10. These 2 sizes share one result, so the way back must choose. output_padding is"
        " left out, which gives 10.",
        "zeros": "insert s - 1 = 1 zero between the inputs (5 become 9), pad them with"
        " span - 1 - crop zeros (2 at the start, 1 at the end), and convolve with the reversed"
        " kernel at stride 1: 2 + 9 + 1 - 3 + 1 = 10.",
    }


@pytest.mark.parametrize(
    ("dialect", "words", "call"),
    [
        (
            "torch",
            {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1, "dilation": 2},
            "Conv1d(kernel_size=3, stride=2, dilation=2, padding=1) maps",
        ),
        (
            "onnx",
            {"kernel_shape": [3], "strides": [2], "pads": [1, 0]},
            "Conv(kernel_shape=[3], strides=[2], pads=[1, 0]) maps",
        ),
        (
            "onnx",
            {"kernel_shape": [3], "strides": [2], "auto_pad": "SAME_LOWER"},
            "Conv(kernel_shape=[3], strides=[2], auto_pad='SAME_LOWER') maps",
        ),
        (
            "keras",
            {"kernel_size": 2, "strides": 3},
            "Conv1D(kernel_size=2, strides=3, padding='valid') maps",
        ),
        (
            "keras",  # output_padding 0 gives less than a forward `same` maps back
            {"kernel_size": 4, "strides": 2, "padding": "same", "output_padding": 0},
            "Conv1D(kernel_size=4, strides=2) with its input padded 2:2 (begin:end) maps",
        ),
        (
            "flax",  # its numbers pad the transposed layer's input, not the forward's
            {"kernel_size": [4], "strides": [2], "padding": [1]},
            "Conv(kernel_size=[4], strides=[2]) with its input padded 2:2 (begin:end) maps",
        ),
        (
            "flax",  # a kernel of one number would mean one axis
            {"kernel_size": [3], "strides": 2, "padding": [[1, 1]]},
            "Conv(kernel_size=[3], strides=2, padding=[[1, 1]]) maps",
        ),
        (
            "tensorflow",  # its functions take the kernel from the weights
            {"strides": 2, "output_shape": [1, 10, 1], "weight_shape": (3, 1, 1)},
            "tf.nn.conv1d(strides=2, padding='SAME') with a kernel of size 3 maps 10 to 5;",
        ),
        (
            "openvino",
            {"strides": [2], "weight_shape": (1, 1, 3)},
            "a convolution (kernel=3, stride=2) with its input padded 0:0 (begin:end) maps",
        ),
    ],
)
def test_the_forward_convolution_has_the_dialects_names(
    dialect: str, words: dict[str, Any], call: str
) -> None:
    assert find_views(dialect, (5,), **words)["forward"].startswith(call)


def test_an_output_beyond_the_stride_does_not_map_back() -> None:
    text = find_views("torch", (5,), kernel_size=2, dilation=3, output_padding=1)["forward"]
    assert "maps 9 to 6, not back to 5" in text


def test_a_dilated_kernel_stays_dilated_between_zeros() -> None:
    text = find_views("torch", (5,), kernel_size=3, stride=2, dilation=2)["zeros"]
    assert text.endswith("at stride 1 and dilation 2: 4 + 9 + 4 - 5 + 1 = 13.")


def test_axes_that_differ_have_views_of_their_own() -> None:
    names = list(find_views("torch", (5, 6), kernel_size=3, stride=2))
    assert names == [
        *("crop height", "crop width", "forward"),
        *("inverse height", "inverse width", "zeros height", "zeros width"),
    ]


def test_stride_1_leaves_nothing_to_choose() -> None:
    text = find_views("torch", (5,), kernel_size=3, padding=1)["inverse"]
    assert text == "only size 5 maps to 5: stride 1 leaves no choice."


def test_without_output_padding_the_crop_chooses() -> None:
    words = {"kernel_size": 4, "stride": 2, "pad": 1}
    assert find_views("caffe", (5, 5), **words)["inverse"].endswith("In Caffe the crop chooses 10.")


def test_a_circular_layer_has_no_forward_convolution_without_wrapping() -> None:
    found = find_views("flax", (5,), kernel_size=[3], strides=[2], padding="CIRCULAR")
    assert list(found) == ["crop", "forward, zeros"]
    assert found["forward, zeros"].startswith("not shown:")
    assert found["crop"].endswith("Cropped elements wrap around to the other end.")
