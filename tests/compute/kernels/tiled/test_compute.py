"""The sums do not depend on recipe, blocks, chunks, or the memory around them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deconvcli.compute.kernels import reference, scatter
from deconvcli.compute.kernels.machine import machine
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled import division
from deconvcli.compute.kernels.tiled.cost import RATES
from deconvcli.compute.kernels.tiled.division import Division
from deconvcli.compute.kernels.tiled.recipe import TiledRecipe, recipes
from tests.compute.kernels.test_engines import Layer, layers
from tests.compute.kernels.tiled.driving import LANES, SMALL, compute_layer, plan_layer, sizes_of

STRIDED = Layer(2, 17, 7, 1, (5, 19), ((4, 2, 1, 1, 1), (4, 2, 1, 1, 1)), seed=1)
FLAT = Layer(1, 3, 7, 2, (7, 13), ((3, 1, 1, 1, 1), (3, 1, 1, 1, 1)), seed=2)
DEPTHWISE = Layer(3, 1, 1, 4, (5, 6), ((3, 2, 1, 1, 0), (3, 2, 2, -1, 1)), seed=3)
SPARSE = Layer(1, 2, 3, 1, (40,), ((41, 20, 1, 5, 3),), seed=4)
SOLID = Layer(1, 3, 4, 1, (3, 4, 18), ((2, 2, 1, 0, 0), (3, 1, 2, -1, 1), (4, 3, 1, 0, 0)), seed=5)
EVEN = Layer(2, 17, 1, 2, (5, 19), ((2, 2, 1, 0, 0), (2, 2, 1, 0, 1)), seed=6)
LONG = Layer(2, 3, 1, 1, (4, 3, 9), ((1, 1, 1, 0, 0), (4, 2, 1, 0, 0), (4, 2, 1, 1, 1)), seed=7)


def reference_of(layer: Layer, arrays: tuple[Array, Array, Array]) -> Array:
    return scatter.transposed_convolution(*arrays, layer.axes, layer.groups)


ROWS = next(rows for rows, _ in RATES[machine().registers] if rows % 2 == 0)
"""Rows of the first tile with room for two planes."""


def is_tested(recipe: TiledRecipe) -> bool:
    """Whether a recipe is tested: each further (tile, stride) takes a second to compile."""
    return recipe.rows == ROWS and recipe.folded in (1, 2)


@pytest.mark.parametrize("layer", [STRIDED, FLAT, DEPTHWISE, SPARSE, SOLID, EVEN, LONG])
def test_every_recipe_makes_the_same_sums(layer: Layer) -> None:
    every = list(filter(is_tested, recipes(sizes_of(layer), layer.sizes, layer.axes, machine(), 4)))
    integers, floats = layer.arrays("float32"), layer.arrays("float32", "floats")
    bits: dict[bool, set[bytes]] = {False: set(), True: set()}
    for recipe in [*every, SMALL, SMALL._replace(copied=True)]:
        np.testing.assert_array_equal(
            compute_layer(layer, recipe, integers), reference_of(layer, integers)
        )
        bits[recipe.folded > 1].add(compute_layer(layer, recipe, floats).tobytes())
    assert len(bits[False]) == 1
    assert len(bits[True]) == (layer is FLAT)


def test_the_layers_above_meet_every_kind_of_recipe() -> None:
    every = [
        recipe
        for layer in (STRIDED, FLAT, EVEN, LONG)
        for recipe in recipes(sizes_of(layer), layer.sizes, layer.axes, machine(), 4)
        if is_tested(recipe)
    ]
    kinds = {
        (recipe.copied, recipe.planar, recipe.folded > 1, recipe.merged, recipe.direct)
        for recipe in every
    }
    assert len(kinds) == 9


@settings(max_examples=60)
@given(layer=layers(), data=st.data())
def test_every_division_makes_the_same_sums_and_stays_inside(
    layer: Layer, data: st.DataObject
) -> None:
    arrays = layer.arrays("float32")
    y = reference_of(layer, arrays)
    assume(y.size)
    recipe = SMALL._replace(copied=data.draw(st.booleans()))
    plan = plan_layer(layer, recipe)
    most = (plan.rows, plan.last.size, plan.units, layer.inputs, plan.units)
    division = Division(*(data.draw(st.integers(1, size)) for size in most))
    front = data.draw(st.booleans())
    np.testing.assert_array_equal(compute_layer(layer, recipe, arrays, division, front=front), y)


def test_chunks_of_input_channels_do_not_change_a_bit() -> None:
    arrays = STRIDED.arrays("float32", "floats")
    whole = compute_layer(STRIDED, SMALL, arrays)
    for chunk, turn in ((1, 1), (5, 2), (16, 3)):
        division = Division(3, 19, 2, chunk, turn)
        np.testing.assert_array_equal(compute_layer(STRIDED, SMALL, arrays, division), whole)


@pytest.mark.parametrize(
    "layer",
    [
        Layer(5, 6, 4, 2, (SMALL.vectors * LANES,), ((1, 1, 1, 0, 0),), seed=6),
        Layer(2, 3, 1, 2, (5, 2 * LANES + 3), ((2, 2, 1, 0, 1), (3, 3, 1, 0, 0)), seed=7),
        Layer(1, 3, 1, 1, (3, 2, LANES), ((1, 2, 1, 0, 0), (2, 2, 1, 0, 0), (1, 2, 1, 0, -1)), 8),
        Layer(1, 3, 1, 1, (5 * LANES + 1,), ((2, 2, 1, 0, 0),), seed=9),
    ],
)
def test_x_itself_serves_as_the_panel_where_one_tap_reads_it(layer: Layer) -> None:
    arrays, recipe = layer.arrays("float32"), SMALL._replace(direct=True, merged=True)
    plan = plan_layer(layer, recipe)
    assert plan.way.direct
    grid = division.list_divisions(plan)
    for each in grid.T[:: max(1, grid.shape[1] // 20)]:
        y = compute_layer(layer, recipe, arrays, Division(*map(int, each)))
        expected = reference.transposed_convolution(*arrays, layer.axes, layer.groups)
        np.testing.assert_array_equal(y, expected)


def test_phases_that_read_nothing_are_not_merged() -> None:
    layer = Layer(1, 3, 1, 1, (2, LANES), ((1, 4, 1, 1, 1), (2, 2, 1, 0, 0)), seed=1)
    arrays, recipe = layer.arrays("float32"), SMALL._replace(merged=True)
    assert plan_layer(layer, recipe).way.folded == 1
    np.testing.assert_array_equal(compute_layer(layer, recipe, arrays), reference_of(layer, arrays))


def test_x_is_no_panel_where_a_vector_would_read_past_it_or_beside_an_output() -> None:
    short = Layer(1, 3, 1, 1, (5, LANES - 1), ((2, 2, 1, 0, 0),) * 2, seed=1)
    cropped = Layer(1, 3, 1, 1, (5, LANES), ((2, 2, 1, 0, 0), (2, 2, 1, 1, 0)), seed=1)
    for layer in (short, cropped, STRIDED):
        assert not plan_layer(layer, SMALL._replace(direct=True)).way.direct
