"""A choice is always possible, and it is the cheapest one."""

from __future__ import annotations

import numpy as np
import pytest

from deconvcli.compute.kernels import choice, engine, scatter
from deconvcli.compute.kernels.channels import recipe as channels
from deconvcli.compute.kernels.machine import Machine, config, machine
from deconvcli.compute.kernels.tiled import recipe as tiled
from deconvcli.compute.kernels.tiled import work
from deconvcli.compute.kernels.tiled.plan import LayerSizes
from tests.compute.kernels.test_engines import Layer
from tests.compute.kernels.tiled.driving import sizes_of

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
    monkeypatch.setattr(choice, "MIN_GAIN_CYCLES", 0)
    layer = EXTREME[name]
    recipe = choice.choose(sizes_of(layer), layer.sizes, layer.axes, 4)
    cut = recipe.cut(sizes_of(layer), layer.sizes, layer.axes, np.dtype(np.float32), 2)
    assert len(cut.tasks) >= 1


@pytest.mark.parametrize("name", EXTREME)
def test_extreme_layers_are_computed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if config.DISABLE_JIT and name in ("many inputs", "many groups", "many taps"):
        pytest.skip("takes minutes in plain Python")
    monkeypatch.setattr(choice, "MIN_GAIN_CYCLES", np.inf)  # one kernel for all
    layer = EXTREME[name]
    arguments = (*layer.arrays("float32"), layer.axes, layer.groups)
    expected = scatter.transposed_convolution(*arguments)
    np.testing.assert_array_equal(engine.transposed_convolution(*arguments, 2), expected)


@pytest.mark.parametrize("inputs", [16, 64])
def test_few_channels_are_read_in_place(inputs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernel and stride are equal, so that every output reads one input of each channel."""
    monkeypatch.setattr(choice, "machine", lambda: Machine(256, 16))
    layer = Layer(1, inputs, 1, 1, (256, 256), ((2, 2, 1, 0, 0),) * 2, seed=1)
    recipe = choice.choose(sizes_of(layer), layer.sizes, layer.axes, 4)
    assert isinstance(recipe, tiled.TiledRecipe)
    assert recipe.direct == (inputs <= tiled.MAX_STREAMS)


def test_layers_that_gain_little_share_one_kernel() -> None:
    small = [
        Layer(1, 3, 2, 1, (5,), ((4, 3, 1, 0, 0),), seed=1),
        Layer(2, 8, 8, 2, (6, 7), ((3, 1, 1, 1, 1),) * 2, seed=1),
        Layer(1, 2, 1, 1, (2,), ((3, 300, 1, 0, 0),), seed=1),
    ]
    chosen = [choice.choose(sizes_of(one), one.sizes, one.axes, 4) for one in small]
    assert len(set(chosen)) == 1
    kernels: set[object] = set()
    for one, recipe in zip(small, chosen, strict=True):
        assert isinstance(recipe, tiled.TiledRecipe)
        plan = recipe.plan(sizes_of(one), one.sizes, one.axes)
        kernels.add(work.TiledWork(plan, np.dtype(np.float32), 1)._compute)
    assert len(kernels) == 1


@pytest.mark.parametrize(
    ("sizes", "spatial"),
    [
        (LayerSizes(1, 1, 64, 32), (64, 64)),
        (LayerSizes(1, 1, 20, 1), (14, 14)),
        (LayerSizes(1, 1, 96, 32), (6, 6)),
    ],
    ids=["large", "few channels", "small images"],
)
def test_layers_that_gain_much_take_the_cheapest_recipe(
    sizes: LayerSizes, spatial: tuple[int, ...]
) -> None:
    axes = [(4, 2, 1, 1, 1)] * 2
    chosen = choice.choose(sizes, spatial, axes, 4)
    layer = (sizes, spatial, axes, machine(), 4)
    every: list[choice.Recipe] = [*tiled.recipes(*layer), *channels.recipes(*layer)]
    costs = [recipe.cycles(sizes, spatial, axes) for recipe in every]
    assert chosen.cycles(sizes, spatial, axes) == min(costs) < max(costs)


@pytest.mark.parametrize(
    ("sizes", "n", "way"),
    [
        (LayerSizes(1, 1, 512, 512), 1, channels.ChannelRecipe),
        (LayerSizes(1, 1, 512, 512), 4, channels.ChannelRecipe),
        (LayerSizes(16, 1, 64, 64), 7, channels.ChannelRecipe),
        (LayerSizes(1, 1, 512, 1), 14, tiled.TiledRecipe),
        (LayerSizes(1, 512, 1, 1), 4, tiled.TiledRecipe),
        (LayerSizes(1, 1, 512, 512), 65, tiled.TiledRecipe),
    ],
)
def test_vectors_hold_channels_where_images_are_small(
    sizes: LayerSizes, n: int, way: type[choice.Recipe]
) -> None:
    assert isinstance(choice.choose(sizes, (n, n), [(4, 2, 1, 1, 1)] * 2, 4), way)
