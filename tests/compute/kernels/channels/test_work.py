"""Tasks are the layer, and weights are packed for all or for one."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest

from deconvcli.compute.kernels import scatter
from deconvcli.compute.kernels.channels import plan, work
from deconvcli.compute.kernels.channels.compute import FETCHES
from deconvcli.compute.kernels.channels.plan import BlockSize, ChannelDivision, LayerShape, divide
from deconvcli.compute.kernels.packing import Weights
from deconvcli.compute.kernels.reference import Array
from tests.compute.kernels.channels.driving import TILES, cut
from tests.compute.kernels.test_engines import Layer
from tests.compute.kernels.tiled.driving import sizes_of

LAYER = Layer(5, 7, 3 * TILES[0].width - 5, 2, (3, 3), ((4, 2, 1, 1, 1), (3, 2, 1, 2, 0)), seed=1)


@pytest.fixture
def _many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "divide", lambda *_: ChannelDivision(BlockSize(2, 48), 1))


def done(layer: work.ChannelWork, weights: Weights, x: Array, like: Array) -> Array:
    """Compute y by all tasks, the last one first."""
    y = np.full_like(like, np.nan)
    for task in reversed(layer.tasks):
        layer.do(task, x.reshape(-1), weights, y.reshape(-1))
    return y


@pytest.mark.usefixtures("_many_tasks")
def test_tasks_are_every_unit_for_every_image_once() -> None:
    layer = cut(LAYER, TILES[0])
    pairs = Counter(
        (block.image + image, block.output + output, unit)
        for block, first, last in layer.tasks
        for image in range(block.images)
        for output in range(block.size)
        for unit in range(first, last)
    )
    assert pairs == Counter(product(range(5), range(layer._outputs), range(6)))


@pytest.mark.usefixtures("_many_tasks")
@pytest.mark.parametrize("packed", [0, 1 << 20])
def test_what_is_not_kept_is_made_again(packed: int) -> None:
    x, w, bias = LAYER.arrays("float32")
    layer = cut(LAYER, TILES[0])
    weights = layer.pack(w, bias, packed)
    each = len(layer.met.taps) * 7 * TILES[0].width
    assert weights.for_parts(range(1, 2))[0].size == each * (layer.units if packed else 1)
    expected = scatter.transposed_convolution(x, w, bias, LAYER.axes, LAYER.groups)
    np.testing.assert_array_equal(done(layer, weights, x, expected), expected)


def test_weights_that_meet_nothing_are_not_packed() -> None:
    point = Layer(1, 3, 16, 1, (1, 1), ((4, 2, 1, 1, 1),) * 2, seed=1)
    layer = cut(point, TILES[0])
    assert layer.met.taps.tolist() == [5, 6, 9, 10]
    _, w, bias = point.arrays("float32")
    packed, _ = layer.pack(w, bias, 1 << 20).for_parts(range(1))
    assert packed.size == 4 * 3 * TILES[0].width * layer.units


def test_blocks_with_other_taps_take_other_weights() -> None:
    one, other = (cut(LAYER._replace(sizes=sizes), TILES[0]) for sizes in ((3, 3), (1, 3)))
    assert one.order != other.order
    assert one.order == cut(LAYER, TILES[0], threads=3).order


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_large_layers_are_work_for_all_threads(threads: int) -> None:
    large = Layer(8, 256, 256, 1, (4, 4), ((4, 2, 1, 1, 1),) * 2, seed=1)
    layer = cut(large, TILES[0])
    shape = LayerShape(sizes_of(large), layer.met.counts, 16, 64, 4)
    block_size, units = divide(shape, TILES[0], threads)
    assert shape.blocks(block_size) * -(-layer.units // units) >= threads


@pytest.mark.parametrize(
    ("layer", "fetches"),
    [
        (Layer(1, 2048, 512, 1, (4, 4), ((4, 2, 1, 1, 1),) * 2, seed=1), True),
        (Layer(1, 64, 64, 1, (4, 4), ((4, 2, 1, 1, 1),) * 2, seed=1), False),
        (Layer(16, 2048, 512, 1, (4, 4), ((4, 2, 1, 1, 1),) * 2, seed=1), False),
    ],
    ids=["used little", "near", "used much"],
)
def test_weights_that_are_far_away_and_used_little_are_fetched_ahead(
    layer: Layer, fetches: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "cache_size", {1: 32 << 10, 2: 1 << 20}.__getitem__)
    assert cut(layer, TILES[0])._layer[FETCHES] == fetches
