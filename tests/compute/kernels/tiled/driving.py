"""A layer computed by one recipe and one division, without the engine, inside guarded memory."""

from __future__ import annotations

from math import inf

import numpy as np

from deconvcli.compute.kernels.machine import machine
from deconvcli.compute.kernels.reference import Array, output_shape
from deconvcli.compute.kernels.tiled.cost import RATES
from deconvcli.compute.kernels.tiled.division import Division
from deconvcli.compute.kernels.tiled.plan import LayerSizes, Plan
from deconvcli.compute.kernels.tiled.recipe import TiledRecipe
from deconvcli.compute.kernels.tiled.schedule import Rectangle, Schedule
from deconvcli.compute.kernels.tiled.work import TiledWork
from deconvcli.compute.kernels.tiled.work import tasks as tasks_of
from tests.compute.kernels.guarded import guard
from tests.compute.kernels.test_engines import Layer

LANES = machine().lanes(4)
SMALL = TiledRecipe(*next(iter(RATES[machine().registers])), LANES, copied=False, woven=False)
"""The recipe of small layers in float32; with copies it takes the same kernel."""


def sizes_of(layer: Layer) -> LayerSizes:
    """Return the sizes of a drawn layer that belong to no axis."""
    return LayerSizes(layer.batch, layer.groups, layer.inputs, layer.outputs)


def plan_layer(layer: Layer, recipe: TiledRecipe) -> Plan:
    """Return the layer cut by the recipe."""
    return recipe.plan(sizes_of(layer), layer.sizes, layer.axes)


def compute_layer(
    layer: Layer,
    recipe: TiledRecipe,
    arrays: tuple[Array, Array, Array],
    division: Division | None = None,
    *,
    front: bool = False,
) -> Array:
    """Compute y from x, w and bias.

    All memory that a task touches begins as NaN and is guarded, after its end or before its start.
    """
    x, w, bias = arrays
    tasks = TiledWork(plan_layer(layer, recipe), w.dtype, threads=1)
    if division is not None:
        tasks.schedule = Schedule(tasks.plan, division, w.itemsize)
        tasks.tasks = list(tasks_of(tasks.schedule))
    weights = tasks.pack(w, bias, inf)
    weights._packed = guard(weights.for_parts(range(tasks.plan.parts))[0], front=front)
    weights.bias = guard(weights.bias, front=front)
    schedule = tasks.schedule
    schedule.layer = guard(schedule.layer, front=front)
    tasks._free.append(guard(np.full(schedule.shape.size, np.nan, w.dtype), front=front))
    y = np.full(output_shape(x.shape, w.shape, layer.axes, layer.groups), np.nan, w.dtype)
    flat, target = guard(x, front=front).reshape(-1), guard(y, front=front).reshape(-1)
    for block in range(schedule.blocks):
        table = schedule.block_table(schedule.rectangle(block))
        tasks._tables[block] = guard(table, front=front)
    for task in tasks.tasks:
        tasks.do(task, flat, weights, target)
    return target.reshape(y.shape)


def rectangles(schedule: Schedule) -> list[Rectangle]:
    """Return the positions of each block."""
    return [schedule.rectangle(block) for block in range(schedule.blocks)]
