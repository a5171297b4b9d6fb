"""Vectors against plain loops: each intrinsic writes what its twin writes, and nothing else.

LLVM makes widths that this CPU has not out of those that it has.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from numba.core import types
from numba.extending import intrinsic

from deconvcli.compute.kernels.compilation import compile_kernel
from deconvcli.compute.kernels.emitter import Emitter, interleave
from deconvcli.compute.kernels.machine import config
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled import loops, vectors
from deconvcli.compute.kernels.tiled.division import Division
from deconvcli.compute.kernels.tiled.recipe import TiledRecipe
from deconvcli.compute.kernels.tiled.schedule import Rectangle, Schedule
from deconvcli.compute.kernels.tiled.tables import VECTORS
from deconvcli.compute.kernels.tiled.tile import Tile
from tests.compute.kernels.guarded import guard
from tests.compute.kernels.test_engines import Layer
from tests.compute.kernels.tiled.driving import plan_layer, rectangles

pytestmark = pytest.mark.skipif(
    bool(config.DISABLE_JIT), reason="intrinsics exist in compiled code only"
)
WIDTHS = [(dtype, lanes) for dtype in ("float32", "float64") for lanes in (4, 8, 16)]
LAYER = Layer(2, 3, 2, 2, (4, 13), ((2, 2, 1, 0, 1), (5, 2, 2, 3, -2)), seed=1)

Multiply = Callable[..., None]


@cache
def multiply_for(tile: Tile) -> Multiply:
    """Compile vectors.multiply for one tile, with the arguments of its twin."""
    channels, planes, steps, masks, count, lanes = tile

    @compile_kernel
    def multiply(
        sums: Array, bias: Array, panel: Array, tables: Array, taps: int, inputs: int,
        weights: Array, resumed: int,
    ) -> None:  # fmt: skip
        vectors.multiply(
            sums, 2, bias, 1, panel, 3, 40, tables, 1, tables, 10, taps, inputs, weights, 4,
            resumed, channels, planes, steps, masks, count, lanes,
        )  # type: ignore[call-arg]  # fmt: skip

    return multiply


TILES = [
    pytest.param((3, 1, 1, 1, 2), id="more rows than vectors"),
    pytest.param((2, 1, 1, 1, 3), id="more vectors than rows"),
    pytest.param((2, 2, 3, 0b10_11_01, 3), id="planes"),
]


@pytest.mark.parametrize("shape", TILES)
@pytest.mark.parametrize(("dtype", "lanes"), WIDTHS)
def test_a_tile_is_multiplied_as_in_the_loop(
    dtype: str, lanes: int, shape: tuple[int, int, int, int, int]
) -> None:
    tile, draw = Tile(*shape, lanes), np.random.default_rng(lanes)
    served = sum(len(tile.rows_of(step)) for step in range(tile.steps))
    for inputs, taps, resumed in ((3, 4, 0), (3, 1, 0), (2, 1, 1), (2, 3, 1), (2, 0, 0), (1, 0, 1)):
        sums = draw.integers(-9, 9, 2 + tile.rows * tile.vectors * lanes).astype(dtype)
        bias = draw.integers(-9, 9, 1 + tile.rows).astype(dtype)
        weights = draw.integers(-9, 9, 4 + inputs * taps * served).astype(dtype)
        panel = draw.integers(-9, 9, 3 + 40 * inputs + 40 + lanes).astype(dtype)
        tables = draw.integers(0, 20, 10 + taps * tile.steps)
        bias, weights, panel, tables = map(guard, (bias, weights, panel, tables))
        fast, plain = guard(sums), sums.copy()
        multiply_for(tile)(fast, bias, panel, tables, taps, inputs, weights, resumed)
        loops.multiply(
            plain, 2, bias, 1, panel, 3, 40, tables, 1, tables, 10, taps, inputs, weights, 4,
            resumed, *tile,
        )  # fmt: skip
        np.testing.assert_array_equal(fast, plain, strict=True)


@cache
def fill_for(lanes: int) -> Callable[..., None]:
    """Compile vectors.fill with the arguments of its twin."""

    @compile_kernel
    def fill(space: Array, x: Array, layer: Array, block: Array, channel: int, count: int) -> None:
        vectors.fill(space, x, layer, block, channel, count, lanes)  # type: ignore[call-arg]

    return fill


def schedule_of(layer: Layer, lanes: int, dtype: str, **recipe: Any) -> Schedule:
    """Divide into blocks of two rows and seven columns, two channels at a time."""
    plan = plan_layer(layer, TiledRecipe(3, 2, lanes, **{"copied": False, **recipe}))
    return Schedule(plan, Division(2, 7, plan.units, 2, 1), np.dtype(dtype).itemsize)


@pytest.mark.parametrize("copied", [False, True])
@pytest.mark.parametrize(("dtype", "lanes"), WIDTHS)
def test_a_panel_is_filled_as_in_the_loop(dtype: str, lanes: int, copied: bool) -> None:
    schedule = schedule_of(LAYER, lanes, dtype, copied=copied)
    x = guard(LAYER.arrays(dtype)[0].reshape(-1))
    for block in rectangles(schedule):
        spaces = [np.full(schedule.shape.size, np.nan, dtype) for _ in range(2)]
        fast, plain = map(guard, spaces)
        tables = schedule.layer, schedule.block_table(block)
        fill_for(lanes)(fast, x, *tables, 1, 2)
        loops.fill(plain, x, *tables, 1, 2, lanes)
        filled = ~np.isnan(plain)
        assert filled.any()
        np.testing.assert_array_equal(fast[filled], plain[filled])


@cache
def store_for(pitch: int, stride: int, lanes: int) -> Callable[..., None]:
    """Compile vectors.store with the arguments of its twin."""

    @compile_kernel
    def store(
        y: Array, at: int, space: Array, source: int, layer: Array, block: Array, v: int,
        count: int, phase: int, kept: int,
    ) -> None:  # fmt: skip
        vectors.store(  # type: ignore[call-arg]
            y, at, space, source, layer, block, v, count, phase, kept, pitch, stride, lanes
        )

    return store


STORED: dict[str, tuple[Layer, dict[str, Any]]] = {
    "interleave": (LAYER, {}),
    "rows that follow each other": (LAYER, {"copied": True}),
    "one by one": (LAYER, {"woven": False}),
    "folded": (
        LAYER._replace(axes=((3, 1, 1, 1, 1), (3, 1, 1, 1, 1))),
        {"folded": 3},
    ),
}


@pytest.mark.parametrize("kind", STORED)
@pytest.mark.parametrize(("dtype", "lanes"), WIDTHS)
def test_outputs_are_stored_as_in_the_loop(dtype: str, lanes: int, kind: str) -> None:
    layer, recipe = STORED[kind]
    schedule = schedule_of(layer, lanes, dtype, **recipe)
    plan, y = schedule.plan, np.full(np.prod(shape_of(layer)), np.nan, dtype)
    stride, pitch = plan.last.stride if plan.way.woven else 0, 2 * lanes
    space = np.arange(schedule.shape.size, dtype=dtype)
    blocks = rectangles(schedule)
    assert len(blocks) > 1
    for block in blocks:
        fast, plain = guard(y), y.copy()
        for place in list_stores(schedule, block):
            arguments = (0, guard(space), schedule.shape.sums, *place, min(2, plan.way.width))
            store_for(pitch, stride, lanes)(fast, *arguments)
            loops.store(plain, *arguments, pitch, stride, lanes)
        assert not np.isnan(plain).all()
        np.testing.assert_array_equal(fast, plain)


def shape_of(layer: Layer) -> tuple[int, ...]:
    plan = plan_layer(layer, TiledRecipe(1, 1, 4, copied=False))
    return (layer.batch, layer.groups * layer.outputs, *(line.out for line in plan.lines))


def list_stores(schedule: Schedule, block: Rectangle) -> list[tuple[Array, Array, int, int, int]]:
    """Yield (layer, block, vector, count, phase) of one and of two vectors of a unit."""
    table = schedule.block_table(block)
    return [
        (schedule.layer, table, v, count, phase)
        for v in range(table[VECTORS])
        for count in range(1, min(2, table[VECTORS] - v) + 1)
        for phase in range(len(schedule.plan.outer_phases))
    ]


class Shuffles:
    """A stand-in for LLVM's builder, whose vectors are lists of the numbers in their lanes."""

    def shuffle_vector(self, first: list[Any], second: list[Any], mask: Any) -> list[Any]:
        return [(first + second)[pick.constant] for pick in mask.constant]


@pytest.mark.parametrize("lanes", [2, 4, 8, 16])
@pytest.mark.parametrize("stride", range(1, vectors.MAX_WOVEN_PHASES + 1))
def test_every_number_of_phases_is_interleaved(stride: int, lanes: int) -> None:
    parts = [[[(r, lane) for lane in range(lanes)]] for r in range(stride)]
    woven = interleave(Shuffles(), parts, lanes)
    assert [each for vector in woven for each in vector] == [
        (r, lane) for lane in range(lanes) for r in range(stride)
    ]


def test_a_mask_ends_where_its_numbers_say_however_far_away() -> None:
    far = 1 << 32
    ends = [-far - 3, -1, 0, 3, 8, 11, far // 2 + 5, far + 2]

    @compile_kernel
    def move(target: Array, source: Array, low: int, high: int) -> None:
        move_some(target, source, low, high)  # type: ignore[call-arg]

    source = np.arange(8, dtype=np.float32)
    for low, high in product(ends, ends):
        target = np.full(8, -1, np.float32)
        move(target, source, low, high)
        kept = (source >= low) & (source < high)
        np.testing.assert_array_equal(target, np.where(kept, source, -1))


@intrinsic
def move_some(typing: Any, target: Any, source: Any, low: Any, high: Any) -> Any:
    """Compile a move of lanes low ... high-1 of a vector of eight."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit = Emitter(context, builder, signature, arguments)
        emit.use(signature.args[0].dtype, 8)
        mask = emit.lane_mask(emit.index(2), emit.index(3))
        emit.store_some(emit.load_some(emit.data(1), mask), emit.data(0), mask)
        return context.get_dummy_value()

    return types.void(target, source, low, high), codegen
