"""The other sides of a layer in words."""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.views.explanation.other_views import list_views


def told(dialect: str, n: tuple[int, ...], **words: Any) -> dict[str, str]:
    """The views by name."""
    first = dialect in ("torch", "onnx", "caffe", "openvino")
    shape = (1, 1, *n) if first else (1, *n, 1)
    return {
        view.name: view.text
        for view in list_views(deconvcli.layer(dialect, input_shape=shape, **words))
    }


def test_the_views_of_the_pixel_that_everybody_loses() -> None:
    assert told("keras", (5, 5), kernel_size=3, strides=2, padding="same") == {
        "crop": "padding='same': crops 0 at the beginning and 1 at the end of the 11 elements.",
        "forward": "Conv2D(kernel_size=3, strides=2, padding='same') maps 10x10 to 5x5; this layer"
        " is its transpose and takes 5x5 back.",
        "inverse": "an input of m becomes ceil(m / 2), which is 5 for each m from 9 to 10: 2 sizes"
        " share one result, so the way back has to choose. output_padding does: 10 here, where it"
        " is left out.",
        "zeros": "put s - 1 = 1 zero between the inputs (5 become 9) and span - 1 - crop around"
        " them: 2 in front, 1 behind; convolve with the kernel in reverse order at stride 1:"
        " 2 + 9 + 1 - 3 + 1 = 10.",
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
            "keras",  # output_padding 0 asks for less than a forward `same` maps back
            {"kernel_size": 4, "strides": 2, "padding": "same", "output_padding": 0},
            "Conv1D(kernel_size=4, strides=2) with zeros 2:2 (begin:end) around its input maps",
        ),
        (
            "flax",  # whose numbers surround the transposed layer's input, not the forward's
            {"kernel_size": [4], "strides": [2], "padding": [1]},
            "Conv(kernel_size=[4], strides=[2]) with zeros 2:2 (begin:end) around its input maps",
        ),
        (
            "flax",  # where a kernel of one number would be one axis
            {"kernel_size": [3], "strides": 2, "padding": [[1, 1]]},
            "Conv(kernel_size=[3], strides=2, padding=[[1, 1]]) maps",
        ),
        (
            "tensorflow",  # whose functions take the kernel from the weights
            {"strides": 2, "output_shape": [1, 10, 1], "weight_shape": (3, 1, 1)},
            "tf.nn.conv1d(strides=2, padding='SAME') with a kernel of 3 maps 10 to 5;",
        ),
        (
            "openvino",
            {"strides": [2], "weight_shape": (1, 1, 3)},
            "a convolution, kernel=3, stride=2, with zeros 0:0 (begin:end) around its input maps",
        ),
    ],
)
def test_the_forward_convolution_in_the_dialects_words(
    dialect: str, words: dict[str, Any], call: str
) -> None:
    assert told(dialect, (5,), **words)["forward"].startswith(call)


def test_an_output_beyond_the_stride_does_not_map_back() -> None:
    text = told("torch", (5,), kernel_size=2, dilation=3, output_padding=1)["forward"]
    assert "maps 9 to 6, not back to 5" in text


def test_a_dilated_kernel_stays_dilated_between_zeros() -> None:
    text = told("torch", (5,), kernel_size=3, stride=2, dilation=2)["zeros"]
    assert text.endswith("at stride 1 and dilation 2: 4 + 9 + 4 - 5 + 1 = 13.")


def test_axes_that_differ_have_views_of_their_own() -> None:
    names = list(told("torch", (5, 6), kernel_size=3, stride=2))
    assert names == [
        *("crop height", "crop width", "forward"),
        *("inverse height", "inverse width", "zeros height", "zeros width"),
    ]


def test_stride_1_leaves_nothing_to_choose() -> None:
    text = told("torch", (5,), kernel_size=3, padding=1)["inverse"]
    assert text == "only an input of 5 becomes 5: stride 1 leaves nothing to choose."


def test_without_output_padding_the_crop_chooses() -> None:
    words = {"kernel_size": 4, "stride": 2, "pad": 1}
    assert told("caffe", (5, 5), **words)["inverse"].endswith("In Caffe the crop does: 10 here.")


def test_a_circular_layer_has_no_forward_convolution_without_wrapping() -> None:
    found = told("flax", (5,), kernel_size=[3], strides=[2], padding="CIRCULAR")
    assert list(found) == ["crop", "forward, zeros"]
    assert found["forward, zeros"].startswith("not shown:")
    assert found["crop"].endswith("What is cropped comes back at the other end.")
