"""The same layer in other dialects, compared with the values that they compute."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.layers.layer import Reading
from deconvcli.views.comparison.differences import Difference, find_differences

SAME = {"kernel_size": 3, "strides": 2, "padding": "same"}


def keras(*n: int, **words: Any) -> Reading:
    """Return a Keras layer of one channel."""
    return deconvcli.layer("keras", input_shape=(1, *n, 1), **words)


def find_only(reading: Reading, name: str) -> Difference:
    """Return the difference of one dialect."""
    [found] = find_differences(reading, [name])
    return found


def test_the_pixel_that_everybody_loses() -> None:
    found = find_only(keras(5, 5, **SAME), "torch")
    assert found.text == (
        "kernel_size=3, stride=2, padding=1, output_padding=1: the same size, shifted by one"
        " element: its y[i, j] is y[i+1, j+1] here; kernel_size=3, stride=2: the same values with"
        " after: y[..., :-1, :-1]"
    )
    assert found.shift == (1, 1)
    assert found.call == "nn.ConvTranspose2d(1, 1, 3, stride=2)"
    assert (found.before, found.after) == ((), ("y[..., :-1, :-1]",))


@pytest.mark.parametrize("words", [SAME, {**SAME, "kernel_size": 5, "output_padding": 0}])
@pytest.mark.parametrize("n", [1, 4, 5])
def test_the_shift_is_that_of_the_values(words: dict[str, Any], n: int) -> None:
    reading = keras(n, **words)
    found = find_only(reading, "torch")
    call = ast.parse(f"f({found.words})", mode="eval").body
    assert isinstance(call, ast.Call)
    written = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    other = deconvcli.layer("torch", input_shape=(1, 1, n), **written)
    x, w = np.arange(1.0, n + 1), np.arange(1.0, words["kernel_size"] + 1)
    here = deconvcli.run(reading, x.reshape(1, n, 1), w.reshape(-1, 1, 1)).ravel()
    there = deconvcli.run(other, x.reshape(1, 1, n), w.reshape(1, 1, -1)).ravel()
    [by] = found.shift
    assert other.output_sizes == reading.output_sizes
    np.testing.assert_array_equal(there[: here.size - by], here[by:])


def test_each_axis_has_its_own_shift() -> None:
    found = find_only(keras(5, 5, **{**SAME, "kernel_size": (3, 4)}), "torch")
    assert found.shift == (1, 0)
    assert "its y[i, j] is y[i+1, j] here;" in found.text


def test_the_same_layer_under_other_parameters() -> None:
    found = find_only(keras(5, **SAME), "onnx")
    assert found.text == "kernel_shape=(3,), strides=(2,), pads=(0, 1): the same layer"
    assert found.shift == (0,)
    assert found.call == (
        'helper.make_node("ConvTranspose", ["X", "W", "B"], ["Y"], kernel_shape=[3], strides=[2],'
        " pads=[0, 1])"
    )
    assert (found.before, found.after) == ((), ())


def test_a_reversed_kernel_is_reported() -> None:
    reading = deconvcli.layer(
        "jax", input_shape=(1, 5, 1), weight_shape=(3, 1, 1), strides=[2], padding="SAME"
    )
    for name in ("torch", "keras"):
        assert find_only(reading, name).text.endswith(", with the taps reversed")
    assert "reversed" not in find_only(keras(5, **SAME), "torch").text


def test_a_layer_far_from_all_others_has_steps() -> None:
    found = find_only(
        deconvcli.layer("onnx", input_shape=(1, 1, 5), kernel_shape=[9], pads=[8, 0]), "torch"
    )
    assert found.words == ""
    assert found.text == "kernel_size=9: the same values with after: y[..., 8:]"


def test_a_layer_that_no_steps_make_has_a_reason() -> None:
    empty = deconvcli.layer("torch", input_shape=(0, 1, 5, 5), kernel_size=3)
    found = find_only(empty, "webnn")
    assert (found.words, found.call) == ("", None)
    assert found.text.startswith("webnn cannot express this layer: the input has a size of 0")


def test_its_own_dialect_is_left_out() -> None:
    assert [found.dialect for found in find_differences(keras(5, **SAME), ["keras", "mlx"])] == [
        "mlx"
    ]


def test_an_implementation_may_refuse_the_layer() -> None:
    reading = deconvcli.layer(
        "torch", input_shape=(1, 1, 5), kernel_size=2, stride=2, dilation=3, output_padding=2
    )
    assert find_only(reading, "onnx").words
    refused = find_only(reading, "onnx@onnxruntime")
    assert refused.words == ""
    assert refused.text
