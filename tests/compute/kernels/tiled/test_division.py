"""All threads have work, each task fits in the cache, and units take turns."""

from __future__ import annotations

import pytest

from deconvcli.compute.kernels.tiled import division
from deconvcli.compute.kernels.tiled.cost import layer_cycles
from deconvcli.compute.kernels.tiled.division import Division
from deconvcli.compute.kernels.tiled.plan import LayerSizes, Plan
from deconvcli.compute.kernels.tiled.recipe import TiledRecipe

CACHE = 512 << 10
SPATIAL = [(8, 8), (64, 64), (300, 200), (100_000,), (20, 20, 20)]


def divide_layer(
    spatial: tuple[int, ...], inputs: int, threads: int, outputs: int = 64
) -> tuple[Plan, Division]:
    """Divide a 4x4 layer of stride 2."""
    axes = [(4, 2, 1, 1, 1)] * len(spatial)
    plan = TiledRecipe(6, 2, 8, copied=False).plan(LayerSizes(1, 1, inputs, outputs), spatial, axes)
    return plan, division.divide(plan, 4, threads)


def tasks_of(plan: Plan, chosen: Division) -> int:
    blocks = -(-plan.rows // chosen.rows) * -(-plan.last.size // chosen.columns)
    return blocks * -(-plan.units // chosen.units)


@pytest.mark.parametrize("spatial", SPATIAL)
@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize("inputs", [3, 64, 1024])
def test_large_layers_are_divided_so_that_all_have_work_and_room(
    spatial: tuple[int, ...], threads: int, inputs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(division, "cache_size", {1: 32 << 10, 2: CACHE}.__getitem__)
    plan, chosen = divide_layer(spatial, inputs, threads)
    tasks, cycles = tasks_of(plan, chosen), layer_cycles(plan)
    assert tasks >= min(threads, cycles // (4 * division.WAKE_CYCLES))
    assert cycles / tasks < 2 * division.MAX_TASK_CYCLES
    width = chosen.columns + plan.last.reach - 1
    assert plan.panel_rows(chosen.rows) * width * chosen.chunk * 4 < CACHE


@pytest.mark.parametrize("spatial", SPATIAL)
@pytest.mark.parametrize("inputs", [3, 64, 1024])
def test_sums_that_wait_between_chunks_are_bounded(spatial: tuple[int, ...], inputs: int) -> None:
    plan, chosen = divide_layer(spatial, inputs, threads=2, outputs=512)
    waiting = chosen.units * chosen.rows * chosen.columns * plan.way.width * plan.row_phases
    assert chosen.chunk == inputs or waiting <= division.MAX_WAITING_SUMS


def test_few_cycles_are_one_task() -> None:
    plan, chosen = divide_layer((4, 4), 4, threads=8)
    assert chosen[:4] == (plan.rows, plan.last.size, plan.units, 4)


def test_a_division_is_found_where_every_task_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "MAX_TASK_CYCLES", 1.0)
    plan, chosen = divide_layer((16, 16), 64, threads=2)
    assert tasks_of(plan, chosen) >= 2


def test_units_take_turns_while_their_inputs_are_near() -> None:
    axes = [(3, 1, 1, 1, 1)] * 2
    plan = TiledRecipe(4, 3, 8, copied=False).plan(LayerSizes(1, 1, 128, 128), (56, 56), axes)
    chosen = division.divide(plan, 4, 2)
    assert 1 < chosen.turn <= chosen.units
