"""Tasks are the layer, weights are packed for all or for one, tables are kept or made again."""

from __future__ import annotations

import threading
from collections import Counter
from itertools import product
from math import inf

import numpy as np
import pytest

from deconvcli.compute.kernels import scatter
from deconvcli.compute.kernels.packing import Weights
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled import division, work
from deconvcli.compute.kernels.tiled.division import Division
from tests.compute.kernels.test_engines import Layer
from tests.compute.kernels.tiled.driving import SMALL, plan_layer

LAYER = Layer(2, 5, 9, 3, (6, 7), ((4, 2, 1, 1, 1), (3, 2, 1, 1, 0)), seed=1)


@pytest.fixture
def _many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "MAX_TASK_CYCLES", 3000)


def tasks_of(threads: int = 4) -> work.TiledWork:
    return work.TiledWork(plan_layer(LAYER, SMALL), np.dtype(np.float32), threads)


def done(layer: work.TiledWork, weights: Weights, x: Array) -> Array:
    """Compute y by all tasks, the last one first."""
    y = np.full((2, 27, 12, 14), np.nan, np.float32)
    for task in reversed(layer.tasks):
        layer.do(task, x.reshape(-1), weights, y.reshape(-1))
    return y


@pytest.mark.usefixtures("_many_tasks")
def test_tasks_are_every_unit_on_every_block_once() -> None:
    layer = tasks_of()
    assert len(layer.tasks) > 8
    pairs = Counter(
        (block, unit) for block, first, last, _ in layer.tasks for unit in range(first, last)
    )
    assert pairs == Counter(product(range(layer.schedule.blocks), range(layer.plan.units)))


@pytest.mark.usefixtures("_many_tasks")
@pytest.mark.parametrize("packed", [0, 1 << 20])
@pytest.mark.parametrize("tables", [0, 1 << 20])
def test_what_is_not_kept_is_made_again(
    packed: int, tables: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "MAX_TABLE_BYTES", tables)
    x, w, bias = LAYER.arrays("float32")
    layer = tasks_of()
    weights = layer.pack(w, bias, packed)
    size = weights.for_parts(range(1, 2))[0].size
    assert size == layer.schedule.packing.size * (layer.plan.parts if packed else 1)
    expected = scatter.transposed_convolution(x, w, bias, LAYER.axes, LAYER.groups)
    np.testing.assert_array_equal(done(layer, weights, x), expected)
    assert len(layer._tables) == (layer.schedule.blocks if tables else 0)


def test_tables_are_kept_up_to_their_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "divide", lambda *_: Division(2, 7, 4, 5, 1))
    layer = tasks_of()
    size = layer.schedule.block_table(layer.schedule.rectangle(0)).nbytes
    monkeypatch.setattr(work, "MAX_TABLE_BYTES", 2 * size + size // 2)
    for block in range(layer.schedule.blocks):
        layer._table(block)
    assert layer.schedule.blocks > 2
    assert len(layer._tables) == 2


def test_a_workspace_is_lent_to_one_task_after_the_other() -> None:
    x, w, bias = LAYER.arrays("float32")
    layer = tasks_of()
    weights = layer.pack(w, bias, inf)
    for _ in range(3):
        helper = threading.Thread(target=done, args=(layer, weights, x))
        helper.start()
        helper.join()
    [space] = layer._free
    assert layer._space() is space
    assert not np.shares_memory(space, layer._space())
