"""The suggested change for exactly the stride times the input, compared with its result."""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.layers.layer import Reading
from deconvcli.views.explanation.scaling import suggest_scaling


def layer(dialect: str, n: tuple[int, ...], **words: Any) -> Reading:
    """Return a layer of one channel."""
    last = dialect in ("keras", "flax")
    shape = (1, *n, 1) if last else (1, 1, *n)
    return deconvcli.layer(dialect, input_shape=shape, **words)


@pytest.mark.parametrize(
    ("dialect", "n", "words", "changes", "sentence"),
    [
        (
            "torch",
            (5, 5),
            {"kernel_size": 3, "stride": 2, "padding": 1},
            {"output_padding": 1},
            "For exactly twice the input (10x10), use output_padding=1.",
        ),
        (
            "torch",
            (7,),
            {"kernel_size": 10, "stride": 5, "padding": 3},
            {"padding": 3, "output_padding": 1},
            "For exactly 5 times the input (35), use output_padding=1.",
        ),
        (
            "torch",
            (5, 5),
            {"kernel_size": 5, "stride": (2, 3)},
            {"padding": (2, 1), "output_padding": (1, 0)},
            "For exactly 2x3 times the input (10x15), use padding=(2, 1), output_padding=(1, 0).",
        ),
        (
            "keras",
            (5,),
            {"kernel_size": 3, "strides": 2, "output_padding": 1},
            {"padding": "same", "output_padding": None},
            "For exactly twice the input (10), use padding='same' and leave out output_padding.",
        ),
        (
            "onnx",
            (4,),
            {"kernel_shape": [2], "strides": [3]},
            {"output_padding": [1]},
            "For exactly 3 times the input (12), use output_padding=1.",
        ),
        (
            "caffe",
            (4, 4),
            {"kernel_size": 3, "stride": 2},
            {"kernel_size": 4, "pad": 1},
            "For exactly twice the input (8x8), use kernel_size=4, pad=1.",
        ),
    ],
)
def test_the_change_gives_what_it_says(
    dialect: str, n: tuple[int, ...], words: dict[str, Any], changes: dict[str, Any], sentence: str
) -> None:
    assert suggest_scaling(layer(dialect, n, **words)) == sentence
    changed = layer(dialect, n, **{**words, **changes})
    sizes = zip(n, changed.layer.axes, strict=True)
    assert changed.output_sizes == tuple(size * axis.stride for size, axis in sizes)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"kernel_size": 4, "stride": 2, "padding": 1}, "The output is exactly twice the input."),
        ({"kernel_size": 3, "padding": 1}, "The output is exactly the size of the input."),
        ({"kernel_size": 3, "stride": 3}, "The output is exactly 3 times the input."),
    ],
)
def test_an_exact_layer_needs_no_change(words: dict[str, Any], sentence: str) -> None:
    assert suggest_scaling(layer("torch", (5,), **words)) == sentence


def test_without_parameters_it_says_so() -> None:
    reading = layer("caffe", (4, 4), kernel_size=1, stride=4)
    sentence = "No parameters of Caffe give exactly 4 times the input (16x16) here."
    assert suggest_scaling(reading) == sentence
