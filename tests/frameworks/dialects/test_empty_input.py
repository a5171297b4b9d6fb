"""Inputs of size 0 and negative sizes, as TensorFlow and the two Keras on it were measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import Refused

Shape = tuple[int, ...]
Words = dict[str, Any]

EXPLICIT = [[0, 0], [0, 0], [1, 1], [0, 0]]
# Input, weights, words; the requested output.
TENSORFLOW: list[tuple[Shape, Shape, Words, Shape]] = [
    ((3, 1, 0, 3), (1, 1, 2, 3), {"padding": "VALID"}, (3, 1, 1, 2)),
    ((3, 1, 0, 3), (3, 3, 2, 3), {"padding": "VALID"}, (3, 3, 3, 2)),
    ((1, 0, 2, 3), (1, 1, 2, 3), {"padding": "VALID"}, (1, 5, 2, 2)),
    ((1, 1, 0, 1), (1, 3, 1, 1), {"padding": "SAME", "strides": 3}, (1, 1, 4, 1)),
    ((1, 1, 0, 1), (1, 3, 1, 1), {"padding": "VALID", "dilations": 2}, (1, 1, 6, 1)),
    ((1, 0, 1), (3, 1, 1), {"padding": "VALID", "strides": 2}, (1, 3, 1)),
    ((1, 1, 1, 0, 1), (1, 1, 3, 1, 1), {"padding": "SAME", "strides": 2}, (1, 1, 1, 4, 1)),
    ((1, 1, 0, 1), (1, 5, 1, 1), {"padding": EXPLICIT, "strides": 2}, (1, 1, 2, 1)),
]


@pytest.mark.parametrize(("given", "weight", "words", "out"), TENSORFLOW)
def test_tensorflow_gives_zeros_of_the_requested_size(
    given: Shape, weight: Shape, words: Words, out: Shape
) -> None:
    words = {"strides": 1, "output_shape": list(out), **words}
    reading = deconvcli.layer("tensorflow", input_shape=given, weight_shape=weight, **words)
    assert reading.output_shape == out
    assert "tensorflow-empty-input" in [finding.code for finding in reading.findings]
    y = deconvcli.run(reading, np.ones(given), np.ones(weight))
    np.testing.assert_array_equal(y, np.zeros(out))


@pytest.mark.parametrize(("kernel", "size"), [(1, 1), (3, 1), (3, 3), (5, 3)])
def test_explicit_padding_is_compared_for_an_empty_input_too(kernel: int, size: int) -> None:
    with pytest.raises(Refused, match=r"which the forward layer maps to.*, not to 0") as refused:
        deconvcli.layer(
            "tensorflow",
            input_shape=(1, 1, 0, 1),
            weight_shape=(1, kernel, 1, 1),
            strides=2,
            padding=EXPLICIT,
            output_shape=[1, 1, size, 1],
        )
    assert refused.value.help == "give an input with elements."


# Input, kernel, words; the size of the empty axis, None where TensorFlow ends the process.
KERAS: list[tuple[int, Words, int | None]] = [
    (1, {}, 0),
    (3, {}, 2),
    (3, {"strides": 2}, 1),
    (3, {"strides": 2, "output_padding": 1}, 2),
    (3, {"strides": 2, "padding": "same"}, 0),
    (3, {"strides": 2, "padding": "same", "output_padding": 1}, 0),
    (1, {"strides": 2, "output_padding": 0}, None),
    (3, {"strides": 2, "padding": "same", "output_padding": 0}, None),
]


@pytest.mark.parametrize("name", ["keras@tensorflow", "keras2"])
@pytest.mark.parametrize(("kernel", "words", "size"), KERAS)
def test_keras_on_tensorflow_takes_what_tensorflow_takes(
    name: str, kernel: int, words: Words, size: int | None
) -> None:
    given = {"input_shape": (3, 2, 0, 3), "filters": 2, "kernel_size": [1, kernel], **words}
    if size is None:
        with pytest.raises(Refused, match="size -1"):
            deconvcli.layer(name, **given)
        return
    reading = deconvcli.layer(name, **given)
    assert reading.output_shape[2] == size
    assert [finding.code for finding in reading.findings][-1].endswith("empty-input")
    y = deconvcli.run(reading, np.ones((3, 2, 0, 3)), np.ones(reading.weight_shape))
    assert y.shape == reading.output_shape
    np.testing.assert_array_equal(y, 0)


@pytest.mark.parametrize("name", ["keras", "keras@torch"])
def test_the_torch_backend_refuses_an_empty_input(name: str) -> None:
    with pytest.raises(Refused, match="size 0 has no elements"):
        deconvcli.layer(name, input_shape=(3, 2, 0, 3), filters=2, kernel_size=[3, 3])


@pytest.mark.parametrize("size", [0, 1, 2])
@pytest.mark.parametrize("strides", [1, 4])
def test_keras_ops_clips_no_size_of_an_empty_input(size: int, strides: int) -> None:
    reading = deconvcli.layer(
        "keras@tensorflow",
        input_shape=(1, 0, 1),
        weight_shape=(1, 1, 1),
        api="ops",
        strides=strides,
        output_padding=size + strides - 1,
    )
    assert reading.output_shape == (1, size, 1)


@pytest.mark.parametrize(
    ("given", "words", "output_shape"),
    [
        ((1, 1, 1, 2), {"padding": [[0, 0], [2, 2], [0, 0], [0, 0]]}, [1, -3, 1, 2]),
        ((1, 2, 1, 2), {"padding": [[0, 0], [2, 3], [0, 0], [0, 0]]}, [1, -3, 1, 2]),
        ((1, 1, 1, 2), {"padding": "VALID", "strides": 4}, [1, 1, -2, 2]),
        ((1, 1, 1, 2), {"padding": "VALID"}, [1, 0, -5, 2]),
        ((1, 1, 1, 2), {"padding": "SAME"}, [1, 0, 1, -2]),
        ((1, 1, 1, 2), {"padding": "SAME"}, [-1, 0, 1, 2]),
        ((1, 0, 1, 2), {"padding": "VALID"}, [1, -1, 1, 2]),
    ],
)
def test_tensorflow_refuses_a_negative_size(
    given: Shape, words: Words, output_shape: list[int]
) -> None:
    words = {"strides": 1, **words, "output_shape": output_shape}
    with pytest.raises(Refused, match="must be >= 0") as refused:
        deconvcli.layer("tensorflow", input_shape=given, weight_shape=(1, 1, 2, 2), **words)
    assert refused.value.code == "output-shape"


@pytest.mark.parametrize("size", [[-3, -3], [-3, 1]])
def test_tensorflow_refuses_a_negative_size_of_the_spatial_axes_alone(size: list[int]) -> None:
    with pytest.raises(Refused, match="-3 is negative"):
        deconvcli.layer(
            "tensorflow",
            input_shape=(1, 1, 1, 2),
            weight_shape=(1, 1, 2, 2),
            padding=[[0, 0], [2, 2], [2, 2], [0, 0]],
            strides=1,
            output_shape=size,
        )
