"""The tables: blocks cover the layer, workspaces have room for them, weights are in order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.tiled.division import Division
from deconvcli.compute.kernels.tiled.plan import LayerSizes
from deconvcli.compute.kernels.tiled.recipe import TiledRecipe
from deconvcli.compute.kernels.tiled.schedule import CACHE_SET_BYTES, Rectangle, Schedule, bias_rows
from deconvcli.compute.kernels.tiled.tables import (
    FIRST_SEGMENT,
    OFFSET_AT,
    OFFSETS,
    PLACES,
    SEGMENTS,
    STARTS,
)
from tests.compute.kernels.tiled.driving import rectangles
from tests.compute.kernels.tiled.test_plan import layers

RECIPE = TiledRecipe(4, 2, 4, copied=False)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Draw a layer in any blocks."""
    plan = draw(layers()).plan
    sizes = (plan.rows, plan.last.size, plan.units, plan.sizes.inputs, plan.units)
    return Schedule(plan, Division(*(draw(st.integers(1, size)) for size in sizes)), 4)


def rows_and_columns(block: Rectangle) -> tuple[slice, slice]:
    row, column = block.first_row, block.first_column
    return slice(row, row + block.rows), slice(column, column + block.columns)


def part(table: Array, begin: int, end: int) -> Array:
    """Return the list of a table between two entries of its head."""
    return table[table[begin] : table[end]]


@given(schedules())
def test_blocks_cover_every_position_once(schedule: Schedule) -> None:
    times = np.zeros((schedule.plan.rows, schedule.plan.last.size), int)
    for block in rectangles(schedule):
        times[rows_and_columns(block)] += 1
    assert (times == 1).all()


@given(schedules())
def test_segments_cover_the_outputs_of_their_block(schedule: Schedule) -> None:
    last = schedule.plan.last
    for block in rectangles(schedule):
        times = np.zeros((block.rows, last.out), int)
        table = schedule.block_table(block)
        segments = part(table, SEGMENTS, PLACES).reshape(-1, 5)
        for row, output, size, _, _ in segments:
            times[row, output : output + size] += 1
        first = part(table, FIRST_SEGMENT, SEGMENTS)
        vectors = np.repeat(np.arange(len(first) - 1), np.diff(first))
        np.testing.assert_array_equal(segments[:, 4], vectors * schedule.plan.way.tile.lanes)
        _, columns = rows_and_columns(block)
        inside = slice(columns.start * last.stride, columns.stop * last.stride)
        assert (times[:, inside] > 0).all()
        assert times.sum() == times[:, inside].sum()
        assert times.max() == 1 or not schedule.plan.way.copied  # no vector reaches back


@given(schedules())
def test_vectors_lie_inside_the_panel(schedule: Schedule) -> None:
    offsets = part(schedule.layer, OFFSETS, OFFSET_AT)
    for block in rectangles(schedule):
        starts = part(schedule.block_table(block), STARTS, FIRST_SEGMENT)
        assert starts.min() >= 0
        end = starts.max() + max(offsets, default=0) + schedule.plan.way.tile.lanes
        assert end <= schedule.shape.panel_pitch


def test_channels_of_a_panel_share_no_set_of_the_cache() -> None:
    # 1024 numbers of 4 bytes, were it not for that.
    plan = RECIPE.plan(LayerSizes(1, 1, 2, 1), (1018,), [(3, 1, 1, 1, 1)])
    shape = Schedule(plan, Division(1, 1018, 1, 2, 1), 4).shape
    assert (shape.row_pitch, shape.panel_pitch * 4 % CACHE_SET_BYTES) == (1020, 16)


def test_weights_are_packed_alike_for_inputs_of_any_size() -> None:
    def order(n: int, crop: int) -> tuple[object, ...]:
        plan = RECIPE.plan(LayerSizes(1, 1, 2, 3), (n,), [(3, 2, 1, crop, 0)])
        return Schedule(plan, Division(1, n, 1, 2, 1), 4).order

    assert order(5, 0) == order(9, 0) == order(9, 2)
    assert order(9, 0) != order(9, 1)


def test_the_bias_lies_beside_its_rows_and_has_no_sign_where_it_is_zero() -> None:
    plan = RECIPE.plan(LayerSizes(1, 2, 1, 3), (5,), [(1, 1, 1, 0, 0)])
    bias = np.array([-0.0, 2, 3, 4, 5, 6])
    rows = bias_rows(plan, bias)
    np.testing.assert_array_equal(rows, [0, 2, 3, 0, 4, 5, 6, 0])
    assert not np.signbit(rows).any()
