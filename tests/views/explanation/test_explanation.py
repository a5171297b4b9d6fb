"""The steps are the computation itself, under the framework's parameters."""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.layers.axis import Linear
from deconvcli.views.explanation import Explanation

TUTORIAL: dict[str, Any] = {
    "input_shape": (1, 5, 5, 32),
    "filters": 64,
    "kernel_size": 3,
    "strides": 2,
    "padding": "valid",
}


def explain(dialect: str, **layer: Any) -> Explanation:
    """Return the explanation of a layer."""
    return deconvcli.explain(deconvcli.layer(dialect, **layer))


def test_steps_carry_formula_numbers_and_value() -> None:
    height = explain("keras", **TUTORIAL).axes[0]
    assert height.name == "height"
    assert [(s.name, s.formula, s.with_numbers, s.value) for s in height.steps[:2]] == [
        ("span", "d*(k - 1) + 1", "1*(3 - 1) + 1", 3),
        ("full", "(n - 1)*s + span", "(5 - 1)*2 + 3", 11),
    ]
    assert all(step.meaning for step in height.steps)


def test_output_padding_adds_elements() -> None:
    explanation = explain("keras", **TUTORIAL, output_padding=(1, 1))
    assert explanation.output_sizes == (12, 12)
    assert explanation.notes[0] == (
        "output_padding 1 adds elements at the end and never removes any: height is 11 with"
        " output_padding 0 and 12 with 1."
    )


@pytest.mark.parametrize(
    ("dialect", "layer", "without", "given"),
    [
        ("torch", {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1}, 9, 10),
        ("onnx", {"kernel_shape": [3], "strides": [2], "output_padding": [1]}, 11, 12),
        ("keras", {"kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1}, 9, 10),
    ],
)
def test_output_padding_adds_in_every_dialect(
    dialect: str, layer: dict[str, Any], without: int, given: int
) -> None:
    shape = (1, 5, 1) if dialect == "keras" else (1, 1, 5)
    note, *_ = explain(dialect, input_shape=shape, **layer).notes
    assert f"length is {without} with output_padding 0 and {given} with 1" in note


def test_parameters_without_effect_on_the_shape_are_named() -> None:
    explanation = explain("keras", **TUTORIAL, activation="relu", use_bias=False, name="up")
    assert explanation.notes[-1] == "activation, use_bias, name: no effect on the shape."


def test_symbols_are_explained_too() -> None:
    reading = deconvcli.layer("keras", **TUTORIAL)
    sizes = reading.sizes._replace(spatial=(Linear("H"), Linear("W")))
    from deconvcli.frameworks.dialects import DIALECTS

    symbolic = DIALECTS.take("keras").read(reading.spelling, sizes)
    height, width = deconvcli.explain(symbolic).axes
    assert height.steps[1].with_numbers == "(H - 1)*2 + 3"
    assert str(width.output_size) == "2W+1"


@pytest.mark.parametrize("word", ["valid", "same"])
@pytest.mark.parametrize("more", [None, 0, 1])
@pytest.mark.parametrize("n", [1, 5])
def test_the_last_number_is_the_output_size(word: str, more: int | None, n: int) -> None:
    reading = deconvcli.layer(
        "keras", input_shape=(1, n, 1), kernel_size=3, strides=2, padding=word, output_padding=more
    )
    [axis] = deconvcli.explain(reading).axes
    by_name = {step.name: step.value for step in axis.steps}
    assert by_name["out"] == axis.output_size == reading.output_sizes[0]
    assert by_name["full"] - by_name["crop_begin"] - by_name["crop_end"] == by_name["out"]
