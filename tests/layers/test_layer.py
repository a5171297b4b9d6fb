"""Layer, Reading and layouts."""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import NotLinear
from deconvcli.layers.axis import Axis, Linear
from deconvcli.layers.layer import Layer, Sizes, Spelling, product_text
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, CHANNELS_LAST, Layout

DCGAN = Layer((Axis(4, 2, 1, 1, 1),) * 2, 512, 256)


@pytest.mark.parametrize(
    ("layout", "shape"),
    [
        (CANONICAL_WEIGHT, (6, 4, 3, 5)),
        (Layout(("*", "O", "GI")), (3, 5, 4, 6)),
        (Layout(("GO", "*", "I")), (8, 3, 5, 3)),
        (Layout(("G", "I", "O", "*")), (2, 3, 4, 3, 5)),
    ],
)
def test_weight_layouts(layout: Layout, shape: tuple[int, ...]) -> None:
    assert Layer((Axis(3), Axis(5)), 6, 8, groups=2).weight_shape(layout) == shape


@pytest.mark.parametrize(
    ("layout", "shape", "batch", "channels", "spatial"),
    [
        (CHANNELS_FIRST, (2, 3, 5, 7), (2,), (3,), (5, 7)),
        (CHANNELS_LAST, (2, 5, 7, 3), (2,), (3,), (5, 7)),
        (CHANNELS_FIRST, (3, 5, 7), (), (3,), (5, 7)),
        (CHANNELS_LAST, (4, 2, 5, 7, 3), (4, 2), (3,), (5, 7)),
    ],
)
def test_data_layouts_split_and_join(
    layout: Layout,
    shape: tuple[int, ...],
    batch: tuple[int, ...],
    channels: tuple[int, ...],
    spatial: tuple[int, ...],
) -> None:
    parts = layout.split(shape, 2)
    assert parts == {"N": batch, "C": channels, "*": spatial}
    assert layout.shape(parts, spatial) == shape


def test_costs_of_a_real_layer() -> None:
    # DCGAN main.1: 512 -> 256, 4x4, k4 s2 p1, counted on the framework.
    reading = deconvcli.layer(
        "torch",
        input_shape=(1, 512, 4, 4),
        weight_shape=(512, 256, 4, 4),
        stride=2,
        padding=1,
        bias=False,
    )
    assert reading.macs == 33_554_432
    assert reading.macs_useful == 25_690_112
    assert reading.layer.weight_count == reading.layer.parameter_count == 2_097_152


def test_the_bias_counts_one_number_per_output_channel() -> None:
    assert DCGAN._replace(has_bias=True).parameter_count == DCGAN.weight_count + 256


def test_symbolic_costs_are_formulas() -> None:
    reading = deconvcli.layer("torch", input_shape=(2, 3, 4), weight_shape=(3, 5, 4), padding=1)
    symbolic = reading._replace(sizes=Sizes((Linear("N"),), (2,), 3))
    assert symbolic.macs_formula == ("120*N", "30*(4N-2)")
    with pytest.raises(NotLinear, match="N is a symbol"):
        _ = symbolic.macs


def test_product_text() -> None:
    assert product_text([2, Linear("H"), 3, Linear("W", 2, 1)]) == "6*H*(2W+1)"
    assert product_text([1, Linear("H")]) == "H"
    assert product_text([]) == "1"


def test_spelling_text() -> None:
    spelling = Spelling("keras", {"api": "layer", "strides": [2, 2], "padding": "same"}, "torch")
    assert spelling.name == "keras@torch"
    assert spelling.text == "strides=2, padding='same'"


@pytest.mark.parametrize("pairs", [[[0, 0]] * 4, [[1, 1]] * 2, [(2, 0), (2, 0)]])
def test_equal_pairs_stay_pairs(pairs: list[Any]) -> None:
    spelling = Spelling("tensorflow", {"padding": pairs, "strides": [2, 2]})
    written = spelling.text.removesuffix(", strides=2").removeprefix("padding=")
    assert [*map(tuple, eval(written))] == [*map(tuple, pairs)]
