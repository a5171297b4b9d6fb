"""The smallest changes: each has the size, and values move as it says."""

# ruff: noqa: E501 - a row of the table is one line

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import deconvcli
from deconvcli.common.errors import DeconvError, Refused
from deconvcli.frameworks.dialects import take
from deconvcli.layers.layer import Reading, Spelling, require_numbers
from deconvcli.solver.changes import (
    LayerChange,
    find_intended_size,
    nearest_changes,
    write_crop,
)

# A dialect, the shapes of input and weights, parameters, the wanted size, and the changes.
CASES: list[tuple[str, tuple[int, ...], tuple[int, ...], dict[str, Any], tuple[int, ...], list[str]]] = [
    ("torch", (1, 8, 5, 5), (8, 4, 3, 3), {"stride": 2, "padding": 1}, (10, 10), ["output_padding=1", "kernel_size=4"]),
    ("torch", (1, 8, 12, 12), (8, 4, 3, 3), {"stride": 2, "padding": 1}, (23, 24), ["output_padding=(0, 1)"]),
    ("torch", (1, 8, 4, 5, 6), (8, 4, 3, 3, 3), {"stride": (1, 2, 2), "padding": 1}, (4, 10, 12), ["output_padding=(0, 1, 1)", "kernel_size=(3, 4, 4)"]),
    ("torch", (1, 8, 100), (8, 4, 16), {"stride": 8, "padding": 4}, (792,), ["padding=8"]),
    ("torch", (1, 8, 100), (8, 4, 1536), {"stride": 768}, (76032,), ["padding=768"]),
    ("torch", (1, 8, 100), (8, 4, 16), {"stride": 8, "padding": 4}, (900,), ["stride=9 and output_padding=1", "kernel_size=9 and stride=9 and padding=0"]),
    ("torch", (1, 8, 33), (8, 4, 4), {"stride": 2, "padding": 1, "output_size": 66}, (67,), ["output_size=(67,)"]),
    ("keras", (1, 12, 12, 8), (3, 3, 4, 8), {"strides": 2, "padding": "same"}, (23, 23), ["output_padding=0"]),
    ("keras", (1, 5, 5, 8), (3, 3, 4, 8), {"strides": 2, "padding": "same"}, (11, 11), ["padding='valid'"]),
    ("keras", (1, 7, 7, 8), (5, 5, 4, 8), {"strides": 2, "padding": "valid"}, (14, 14), ["padding='same'", "kernel_size=2"]),
    ("onnx", (1, 8, 5, 5), (8, 4, 3, 3), {"strides": [2, 2], "pads": [1, 1, 1, 1]}, (10, 10), ["output_padding=(1, 1)", "kernel_shape=(4, 4)"]),
    ("onnx", (1, 8, 5), (8, 4, 4), {"strides": [2], "pads": [1, 2]}, (10,), ["output_padding=(1,)"]),
    ("jax", (1, 5, 5, 8), (3, 3, 8, 4), {"strides": (2, 2), "padding": "SAME"}, (11, 11), ["padding='VALID'"]),
    ("flax", (1, 5, 5, 8), (3, 3, 8, 4), {"strides": (2, 2), "padding": "VALID"}, (10, 10), ["padding='SAME'", "kernel_size=(2, 2)"]),
    ("tensorflow", (1, 5, 5, 8), (3, 3, 4, 8), {"strides": 2, "padding": "SAME", "output_shape": [1, 10, 10, 4]}, (9, 9), ["output_shape=(1, 9, 9, 4)"]),
    ("paddle", (1, 8, 5, 5), (8, 4, 3, 3), {"stride": 2, "padding": 1}, (10, 10), ["output_padding=1", "kernel_size=4"]),
    ("mlx", (1, 5, 5, 8), (4, 3, 3, 8), {"stride": 2, "padding": 1}, (10, 10), ["output_padding=1", "kernel_size=4"]),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "shape", "weight", "parameters", "output", "texts"), CASES)
def test_the_smallest_change_and_an_even_one(
    dialect: str,
    shape: tuple[int, ...],
    weight: tuple[int, ...],
    parameters: dict[str, Any],
    output: tuple[int, ...],
    texts: list[str],
) -> None:
    reading = deconvcli.layer(dialect, input_shape=shape, weight_shape=weight, **parameters)
    changes = nearest_changes(reading.spelling, reading.sizes, output)
    assert [change.text for change in changes] == texts
    for change in changes:
        check(reading, change, output)


def check(before: Reading, change: LayerChange, output: tuple[int, ...]) -> None:
    """Check the size of a changed layer, and where its values are, with numbers."""
    after = change.reading
    assert after.output_sizes == output
    assert change.has_other_weights == (after.layer.kernel != before.layer.kernel)
    if change.moved is None:
        return
    shapes = (before.input_shape, before.weight_shape)
    dice = np.random.default_rng(0)
    x, w = (dice.integers(-9, 9, require_numbers(shape)).astype("f4") for shape in shapes)
    old, new = (deconvcli.run(reading, x, w) for reading in (before, after))
    axes = before.output_layout.axes
    place, rank = axes.index("*"), len(output)
    window: list[list[slice]] = [[slice(None)] * old.ndim for _ in range(2)]
    for axis, (moved, had, has) in enumerate(
        zip(change.moved, before.output_sizes, output, strict=True), place
    ):
        assert isinstance(had, int)
        size = min(had - max(moved, 0), has + min(moved, 0))
        window[0][axis] = slice(max(moved, 0), max(moved, 0) + size)
        window[1][axis] = slice(max(-moved, 0), max(-moved, 0) + size)
    assert rank == len(change.moved)
    np.testing.assert_array_equal(old[tuple(window[0])], new[tuple(window[1])])


@st.composite
def layers(draw: st.DrawFn) -> tuple[Reading, tuple[int, ...]]:
    """Draw a layer and a size near its own."""
    dialect = draw(st.sampled_from(["torch", "keras", "onnx", "jax", "paddle", "tensorflow"]))
    rank = draw(st.integers(1, 2))
    kernel, stride = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    spatial = tuple(draw(st.integers(3, 9)) for _ in range(rank))
    name = take(dialect)[0]
    padding: Any = draw(st.sampled_from(["SAME", "VALID"]))
    parameters: dict[str, Any] = {"strides": (stride,) * rank, "padding": padding}
    if dialect in ("torch", "paddle"):
        parameters = {"stride": stride, "padding": draw(st.integers(0, kernel // 2))}
    elif dialect == "keras":
        parameters = {"strides": stride, "padding": padding.lower()}
    elif dialect == "onnx":
        pads = draw(st.lists(st.integers(0, 2), min_size=2 * rank, max_size=2 * rank))
        parameters = {"strides": [stride] * rank, "pads": pads}
    elif dialect == "tensorflow":
        grown = [n * stride if padding == "SAME" else (n - 1) * stride + kernel for n in spatial]
        parameters = {"strides": stride, "padding": padding, "output_shape": [1, *grown, 2]}
    layout, weights = name.data_layout(parameters, rank), name.weight_layout(parameters, rank)
    shape = layout.shape({"N": (1,), "C": (4,)}, spatial)
    sizes = {"G": (1,), "I": (4,), "O": (2,)}
    weight = weights.shape(sizes, (kernel,) * rank)
    try:
        reading = deconvcli.layer(
            dialect,
            input_shape=require_numbers(shape),
            weight_shape=require_numbers(weight),
            **parameters,
        )
    except DeconvError:
        return draw(layers())
    outputs = require_numbers(reading.output_sizes)
    wanted = tuple(max(1, out + draw(st.integers(-3, 6))) for out in outputs)
    return reading, wanted


@settings(max_examples=60, deadline=None)
@given(layers())
def test_a_change_has_the_size_and_moves_values_as_it_says(
    drawn: tuple[Reading, tuple[int, ...]],
) -> None:
    reading, wanted = drawn
    changes = nearest_changes(reading.spelling, reading.sizes, wanted)
    assert len({change.text for change in changes}) == len(changes) <= 2
    for change in changes:
        check(reading, change, wanted)


@pytest.mark.parametrize(
    ("dialect", "shape", "words", "intended", "texts"),
    [
        ("torch", (5, 5), {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 2}, (11, 11), ["padding=0 and output_padding=0"]),
        ("torch", (33,), {"kernel_size": 4, "stride": 2, "padding": 1, "output_size": 68}, (68,), ["padding=0"]),
        ("torch", (5,), {"kernel_size": 4, "stride": 2, "padding": 1, "output_padding": 3}, (13,), ["padding=0 and output_padding=1"]),
        ("keras", (5, 5), {"kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 2}, (11, 11), ["padding='valid' and output_padding=0"]),
        ("tensorflow", (5, 5), {"strides": 2, "padding": "SAME", "output_shape": [1, 12, 12, 2]}, (12, 12), ["padding='VALID'", "padding='VALID' and kernel=4"]),
        ("tflite", (5, 5), {"stride_h": 2, "stride_w": 2, "padding": "SAME", "output_shape": [1, 11, 11, 2]}, (11, 11), ["padding='VALID'"]),
        ("torch", (100,), {"kernel_size": 600, "stride": 300, "output_padding": 301}, (30601,), []),
        ("onnx", (5,), {"kernel_shape": [3], "strides": [2], "pads": [1, 1], "output_padding": [2]}, (11,), ["pads=(1, 0) and output_padding=(1,)"]),
    ],
)  # fmt: skip
def test_a_refused_layer_has_the_size_that_it_was_to_have(
    dialect: str,
    shape: tuple[int, ...],
    words: dict[str, Any],
    intended: tuple[int, ...],
    texts: list[str],
) -> None:
    name = take(dialect)[0]
    layout = name.data_layout(words, len(shape)).shape({"N": (1,), "C": (4,)}, shape)
    rank = len(shape)
    weight = name.weight_layout(words, rank).shape({"G": (1,), "I": (4,), "O": (2,)}, (3,) * rank)
    given = require_numbers(weight) if name.requests_tensor else None
    sizes = name.sizes(words, require_numbers(layout), given, rank)
    spelling = Spelling(dialect, words)
    with pytest.raises(Refused):
        name.read(spelling, sizes)
    assert find_intended_size(spelling, sizes) == intended
    changes = nearest_changes(spelling, sizes, intended)
    assert [change.text for change in changes][: len(texts)] == texts
    assert all(change.reading.output_sizes == intended for change in changes)


@pytest.mark.parametrize("stride", [1, 16, 17, 100, 768])
def test_large_strides_are_answered_in_time(stride: int) -> None:
    """Each number of output_padding is a layer of its own, and there are as many as the stride."""
    reading = deconvcli.layer(
        "onnx", input_shape=(1, 4, 50), weight_shape=(4, 2, 2 * stride), strides=[stride]
    )
    [size] = require_numbers(reading.output_sizes)
    begun = time.perf_counter()
    for wanted in (size + 1, size - 1, size + 7 * stride + 1, 3 * size + 5):
        for change in nearest_changes(reading.spelling, reading.sizes, (wanted,)):
            assert change.reading.output_sizes == (wanted,)
    # Four answers, of which the slowest takes 0.3 s; a machine of CI may be slower.
    assert time.perf_counter() - begun < 10


@pytest.mark.parametrize(
    ("dialect", "output", "crop"),
    [
        ("torch", (7, 9), "y[..., :-2, :]"),
        ("torch", (10, 9), ""),
        ("torch", (9, 9), ""),
        ("keras", (8, 7), "y[..., :-1, :-2, :]"),
    ],
)
def test_a_crop_of_the_end_keeps_the_values(
    dialect: str, output: tuple[int, int], crop: str
) -> None:
    reading = {
        "torch": deconvcli.layer(
            "torch", input_shape=(1, 8, 5, 5), weight_shape=(8, 4, 3, 3), stride=2, padding=1
        ),
        "keras": deconvcli.layer(
            "keras", input_shape=(1, 3, 3, 8), weight_shape=(3, 3, 4, 8), strides=3
        ),
    }[dialect]
    assert reading.output_sizes == (9, 9)
    assert write_crop(reading, output) == crop
    if crop:
        y = np.zeros(require_numbers(reading.output_shape))
        [index] = [crop.removeprefix("y")]
        cropped = eval(f"y{index}", {"y": y})
        assert reading.output_layout.split(cropped.shape, 2)["*"] == output
