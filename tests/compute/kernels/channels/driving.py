"""A layer computed by one tile and one division, without the engine, inside guarded memory."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from deconvcli.compute.kernels.channels import work
from deconvcli.compute.kernels.channels.plan import RATES, ChannelDivision, ChannelTile
from deconvcli.compute.kernels.machine import machine
from deconvcli.compute.kernels.reference import Array, output_shape
from tests.compute.kernels.guarded import guard
from tests.compute.kernels.test_engines import Layer
from tests.compute.kernels.tiled.driving import sizes_of

TILES = [ChannelTile(*shape, machine().lanes(4)) for shape in RATES[machine().registers]]
"""The tiles of this machine, in float32."""


def cut(
    layer: Layer, tile: ChannelTile, dtype: str = "float32", threads: int = 1
) -> work.ChannelWork:
    """Return the layer as tasks."""
    return work.ChannelWork(
        tile, sizes_of(layer), layer.sizes, layer.axes, np.dtype(dtype), threads
    )


def compute_layer(
    layer: Layer,
    tile: ChannelTile,
    arrays: tuple[Array, Array, Array],
    division: ChannelDivision | None = None,
    *,
    front: bool = False,
    has_panel: bool = False,
) -> Array:
    """Compute y from x, w and bias; inputs are read from a panel if `has_panel` says so.

    All memory that a task touches begins as NaN and is guarded, after its end or before its start.
    """
    x, w, bias = arrays
    with pytest.MonkeyPatch.context() as patch:
        if division is not None:
            patch.setattr(work, "divide", lambda *_: division)
        patch.setattr(work, "MAX_IN_PLACE_INPUTS", 0 if has_panel else inf)
        tasks = cut(layer, tile, w.dtype.name)
    weights = tasks.pack(w, bias, inf)
    weights._packed = guard(weights.for_parts(range(tasks.units))[0], front=front)
    weights.bias = guard(weights.bias, front=front)
    for kind, table in tasks._tables.items():
        firsts, places = (guard(part, front=front) for part in table[:2])
        tasks._tables[kind] = table._replace(firsts=firsts, places=places)
    tasks._layer = guard(tasks._layer, front=front)
    tasks._free.append(guard(np.full(tasks._workspace().size, np.nan, w.dtype), front=front))
    y = np.full(output_shape(x.shape, w.shape, layer.axes, layer.groups), np.nan, w.dtype)
    flat, target = guard(x, front=front).reshape(-1), guard(y, front=front).reshape(-1)
    for task in tasks.tasks:
        tasks.do(task, flat, weights, target)
    return target.reshape(y.shape)
