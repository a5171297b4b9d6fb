"""The choice is always possible, and divides the work as it promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.kernels import engine, scatter
from deconvcli.kernels.machine import Machine, config, machine
from deconvcli.kernels.tiled import choice, work
from deconvcli.kernels.tiled.cost import RATES, cost
from deconvcli.kernels.tiled.division import divide
from deconvcli.kernels.tiled.plan import Sizes
from deconvcli.kernels.tiled.schedule import Schedule
from tests.kernels.test_engines import Layer
from tests.kernels.tiled.driving import planned, sizes_of
from tests.kernels.tiled.test_plan import Drawn, layers

MACHINES = [Machine(512, 32), Machine(256, 16), Machine(128, 32), Machine(0, 16)]
EXTREME = {
    "many inputs": Layer(1, 1, 1, 1, (512, 512), ((3, 2, 1, 1, 0),) * 2, seed=1),
    "many phases": Layer(1, 2, 1, 1, (9,), ((301, 300, 1, 4, 5),), seed=2),
    "more phases than outputs": Layer(1, 2, 1, 1, (2,), ((3, 300, 1, 100, 100),), seed=3),
    "one input": Layer(2, 3, 2, 1, (1, 1), ((4, 1, 1, 0, 0),) * 2, seed=4),
    "many taps": Layer(1, 1, 1, 1, (12, 12), ((41, 4, 1, 18, 19),) * 2, seed=5),
    "many groups": Layer(1, 2, 1, 64, (6, 6), ((4, 2, 1, 1, 1),) * 2, seed=6),
    "far taps": Layer(1, 1, 2, 1, (40,), ((3, 2, 1000, 3, 4),), seed=7),
}


@pytest.mark.parametrize("name", EXTREME)
@pytest.mark.parametrize("machine", MACHINES)
def test_extreme_layers_are_planned(
    machine: Machine, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "machine", lambda: machine)
    monkeypatch.setattr(choice, "GAIN", 0)
    layer = EXTREME[name]
    recipe = choice.choose(sizes_of(layer), layer.sizes, layer.axes, 4)
    plan = planned(layer, recipe)
    schedule = Schedule(plan, divide(plan, 4, 2), 4)
    block = schedule.rectangle(0)
    assert len(schedule.block(block)) >= block.rows


@pytest.mark.parametrize("name", EXTREME)
def test_extreme_layers_are_computed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if config.DISABLE_JIT and name in ("many inputs", "many groups", "many taps"):
        pytest.skip("takes minutes in plain Python")
    monkeypatch.setattr(choice, "GAIN", np.inf)  # one kernel for all
    layer = EXTREME[name]
    arguments = (*layer.arrays("float32"), layer.axes, layer.groups)
    expected = scatter.transposed_convolution(*arguments)
    np.testing.assert_array_equal(engine.transposed_convolution(*arguments, 2), expected)


def test_layers_that_gain_little_share_one_kernel() -> None:
    small = [
        Layer(1, 3, 2, 1, (5,), ((4, 3, 1, 0, 0),), seed=1),
        Layer(2, 8, 8, 2, (6, 7), ((3, 1, 1, 1, 1),) * 2, seed=1),
        Layer(1, 2, 1, 1, (2,), ((3, 300, 1, 0, 0),), seed=1),
    ]
    chosen = [choice.choose(sizes_of(one), one.sizes, one.axes, 4) for one in small]
    assert len(set(chosen)) == 1
    plans = [planned(one, recipe) for one, recipe in zip(small, chosen, strict=True)]
    assert len({work.Layer(plan, np.dtype(np.float32), 1)._compute for plan in plans}) == 1


@pytest.mark.parametrize(
    ("sizes", "spatial"),
    [(Sizes(1, 1, 64, 32), (64, 64)), (Sizes(1, 1, 20, 1), (14, 14))],
    ids=["large", "small"],
)
def test_layers_that_gain_much_take_the_cheapest_recipe(
    sizes: Sizes, spatial: tuple[int, ...]
) -> None:
    axes = [(4, 2, 1, 1, 1)] * 2
    chosen = choice.choose(sizes, spatial, axes, 4)
    lanes = machine().lanes(4)
    costs = {
        recipe: cost(recipe.plan(sizes, spatial, axes))
        for recipe in choice.recipes(sizes, spatial, axes, lanes)
    }
    assert costs[chosen] == min(costs.values()) < max(costs.values())


@given(layers(), st.sampled_from(MACHINES))
def test_every_recipe_fits_the_machine(drawn: Drawn, machine: Machine) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choice, "machine", lambda: machine)
        for recipe in choice.recipes(drawn.sizes, drawn.spatial, drawn.axes, machine.lanes(4)):
            tile = recipe.plan(drawn.sizes, drawn.spatial, drawn.axes).way.tile
            # One register for a load, and one for a weight where they are not multiplied in place.
            assert tile.rows * tile.vectors < machine.registers
            assert tile.rows <= recipe.rows
            assert tile.masks.bit_length() <= choice.MASKS
            assert tile.planes == 1 or tile.rows == recipe.rows


@pytest.mark.parametrize("machine", MACHINES)
def test_a_product_of_few_rows_takes_a_tile_of_no_more(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "machine", lambda: machine)
    most = max(rows for rows, _ in RATES[machine.registers])
    taken = [choice.pointwise(rows, 4).rows for rows in range(1, 40)]
    assert taken[0] == 1
    assert all(tile <= rows for rows, tile in enumerate(taken, 1))
    assert taken[-1] == most
