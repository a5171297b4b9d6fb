"""A myth is corrected where the numbers contradict it, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.views.explanation.myths import correct_myths


@pytest.mark.parametrize(
    ("dialect", "words", "lines"),
    [
        ("torch", {"kernel_size": 3, "stride": 2}, []),
        (
            "torch",
            {"kernel_size": 3, "stride": 2, "padding": 1},
            ["padding does not pad: it crops 1 from the start of the full scatter."],
        ),
        (
            "keras",
            {"kernel_size": 3, "strides": 2},
            ["valid does not shrink the output: 11 is not less than n*s = 10."],
        ),
        (
            "keras",
            {"kernel_size": 3, "strides": 2, "padding": "same"},
            [
                "same does not pad the input: it crops 1 of the 11 elements of the full scatter.",
            ],
        ),
        (
            "keras",
            {"kernel_size": 2, "strides": 3, "padding": "same"},
            [
                "same does not pad the input: it appends 1 to the 14 elements of the full scatter.",
            ],
        ),
        (
            "keras",
            {"kernel_size": 3, "dilation_rate": 2},
            [
                "valid does not shrink the output: 9 is not less than n*s = 5.",
                "dilation 2 stretches the kernel from 3 to 5: the output is 9 with it and 7"
                " without.",
            ],
        ),
        (
            "keras",
            {"kernel_size": 3, "dilation_rate": 2, "padding": "same"},
            [
                "same does not pad the input: it crops 4 of the 9 elements of the full scatter.",
                "dilation 2 stretches the kernel from 3 to 5; the output is 5 with and without it.",
            ],
        ),
        (
            "flax",
            {"kernel_size": [4], "strides": [2], "padding": [1]},
            [
                "padding 1 at the start does not crop 1: it pads the input after zeros are"
                " inserted between its elements, so span - 1 - 1 = 2 are cropped.",
            ],
        ),
        ("flax", {"kernel_size": [3], "strides": [2], "padding": [1]}, []),
        # The crop comes from output_shape, not from padding.
        ("onnx", {"kernel_shape": [4], "strides": [2], "output_shape": [8]}, []),
    ],
)
def test_lines(dialect: str, words: dict[str, Any], lines: list[str]) -> None:
    shape = (1, 1, 5) if dialect in ("torch", "onnx") else (1, 5, 1)
    assert list(correct_myths(deconvcli.layer(dialect, input_shape=shape, **words))) == lines
