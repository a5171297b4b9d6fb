"""A layer in blocks is the layer: the same bits, each output once, within the budget."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.compute.kernels import bound, engine, reference, scatter, stream
from deconvcli.compute.kernels.direct import Progress
from deconvcli.compute.kernels.reference import Array, AxisNumbers
from deconvcli.compute.kernels.stream import Block, Budget, Cut
from tests.compute.kernels.test_engines import Layer, layers

# In bytes: from one output at a time to the whole layer at once.
budgets = st.builds(Budget, st.integers(1, 20_000), st.just(4), st.just(8))


def step_of(module: ModuleType, layer: Layer, w: Array, bias: Array) -> stream.Step:
    """An engine with prepared weights, for the whole layer."""
    shape = (layer.batch, layer.inputs * layer.groups, *layer.sizes)
    prepared = module.prepare(w, bias, layer.axes, layer.groups, shape, 1)

    def step(x: Array, axes: Sequence[AxisNumbers], progress: Progress) -> Array:
        assert x.flags.c_contiguous
        assert x.dtype.isnative
        y: Array = prepared(x, axes)
        progress(1, 2)
        return y

    return step


def in_blocks(
    module: ModuleType, layer: Layer, budget: Budget, dtype: str, fill: str = "floats"
) -> tuple[Array, Array]:
    """Return (y computed block by block, y computed at once), both in `dtype`."""
    x, w, bias = layer.arrays(dtype, fill)
    whole = module.transposed_convolution(x, w, bias, layer.axes, layer.groups)
    y = np.full_like(whole, np.nan)
    wide = reference.accumulator(x.dtype)
    step = step_of(module, layer, w.astype(wide), bias.astype(wide))
    stream.stream(step, x, y, layer.axes, budget, wide)
    return y, whole


def cut_of(layer: Layer, budget: Budget) -> Cut:
    x, w, _ = layer.arrays("float32")
    y = reference.output_shape(x.shape, w.shape, layer.axes, layer.groups)
    return Cut(x.shape, y, layer.axes, budget)


@pytest.mark.parametrize("module", [engine, reference])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@given(layer=layers(), budget=budgets)
def test_every_block_has_the_bits_of_the_whole(
    module: ModuleType, dtype: str, layer: Layer, budget: Budget
) -> None:
    y, whole = in_blocks(module, layer, budget, dtype)
    np.testing.assert_array_equal(y, whole, strict=True)


@given(layer=layers(), budget=budgets)
def test_numpy_in_blocks_has_the_same_sums(layer: Layer, budget: Budget) -> None:
    y, whole = in_blocks(scatter, layer, budget, "float32", "integers")
    np.testing.assert_array_equal(y, whole, strict=True)


@given(layer=layers(), budget=budgets)
def test_each_output_is_computed_once_and_within_the_budget(layer: Layer, budget: Budget) -> None:
    cut = cut_of(layer, budget)
    times = np.zeros(cut.y, int)
    for block in stream.blocks(cut):
        times[block.outputs] += 1
        inputs, outputs = np.zeros(cut.x)[block.inputs], times[block.outputs]
        assert min(inputs.shape) > 0
        cost = inputs.size * budget.per_input + outputs.size * budget.per_output
        assert cost <= max(budget.total, cut.min_bytes)
    assert (times == 1).all()


@given(layer=layers(), budget=budgets)
def test_a_block_is_a_layer_of_its_own(layer: Layer, budget: Budget) -> None:
    x, w, bias = layer.arrays("float64")
    whole = reference.transposed_convolution(x, w, bias, layer.axes, layer.groups)
    for block in stream.blocks(cut_of(layer, budget)):
        part = (whole[block.outputs], x[block.inputs], w, bias, block.axes, layer.groups)
        assert bound.check(*part).agrees


def cut_into(x: tuple[int, ...], y: tuple[int, ...], axis: AxisNumbers, total: int) -> list[Block]:
    """Return the blocks of a layer with equal axes and elements of one byte."""
    return list(stream.blocks(Cut(x, y, [axis] * (len(x) - 2), Budget(total, 1, 1))))


def outputs_of(blocks: list[Block]) -> list[tuple[tuple[int, int], ...]]:
    return [
        tuple((at.start, at.stop) for at in (block.outputs[0], *block.outputs[2:]))
        for block in blocks
    ]


def test_the_batch_is_split_first() -> None:
    blocks = cut_into((5, 1, 4, 4), (5, 1, 4, 4), (1, 1, 1, 0, 0), 64)
    whole = ((0, 4), (0, 4))
    assert outputs_of(blocks) == [((0, 2), *whole), ((2, 4), *whole), ((4, 5), *whole)]


def test_then_the_first_axis() -> None:
    blocks = cut_into((2, 1, 4, 4), (2, 1, 4, 4), (1, 1, 1, 0, 0), 16)
    halves = [((0, 2), (0, 4)), ((2, 4), (0, 4))]
    assert outputs_of(blocks) == [(image, *half) for image in ((0, 1), (1, 2)) for half in halves]


def test_another_axis_where_the_first_is_too_short() -> None:
    blocks = cut_into((1, 1, 2, 100), (1, 1, 2, 100), (1, 1, 1, 0, 0), 160)
    columns = [(0, 40), (40, 80), (80, 100)]
    assert outputs_of(blocks) == [((0, 1), (0, 2), some) for some in columns]


def test_several_axes_where_none_is_long_enough_alone() -> None:
    blocks = cut_into((1, 1, 3, 3), (1, 1, 3, 3), (1, 1, 1, 0, 0), 4)
    rows = [(0, 2), (2, 3)]
    assert outputs_of(blocks) == [
        ((0, 1), (row, row + 1), columns) for row in range(3) for columns in rows
    ]


def test_a_budget_below_one_output_gives_single_outputs() -> None:
    cut = Cut((1, 3, 9), (1, 5, 11), [(3, 1, 1, 0, 0)], Budget(1, 2, 7))
    assert [block.outputs[2] for block in stream.blocks(cut)] == [
        slice(o, o + 1) for o in range(11)
    ]
    assert cut.min_bytes == 3 * 3 * 2 + 5 * 7


def test_blocks_begin_at_one_phase_of_the_stride() -> None:
    blocks = cut_into((1, 1, 20), (1, 1, 79), (3, 4, 1, 0, 0), 15)
    assert {block.outputs[2].start % 4 for block in blocks} == {0}
    assert len({block.axes for block in blocks[1:-1]}) == 1


def test_outputs_that_no_input_reaches_are_the_bias() -> None:
    axis = (2, 5, 1, -4, -6)
    x, w, bias = np.ones((1, 1, 2)), np.ones((1, 1, 2)), np.array([7.0])
    y = np.zeros((1, 1, 17))
    step = partial(reference.transposed_convolution, w=w, bias=bias, groups=1)
    stream.stream(
        lambda x, axes, progress: step(x=x, axes=axes), x, y, [axis], Budget(1, 1, 1), "f8"
    )
    np.testing.assert_array_equal(y[0, 0], [7] * 4 + [8, 8, 7, 7, 7, 8, 8] + [7] * 6)


@pytest.mark.parametrize("shape", [(0, 2, 5), (3, 0, 5), (3, 2, 0)])
def test_no_outputs_need_no_block(shape: tuple[int, ...]) -> None:
    assert cut_into((shape[0], 2, 5), shape, (1, 1, 1, 0, 5 - shape[2]), 10) == []


def test_any_strides_and_byte_order() -> None:
    layer = Layer(2, 3, 4, 1, (6, 5), ((3, 2, 1, 1, 0), (2, 1, 1, 0, -1)), seed=1)
    x, w, bias = layer.arrays("float32", "floats")
    whole = engine.transposed_convolution(x, w, bias, layer.axes, 1)
    last = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)).astype(">f4"), -1, 1)
    y = np.moveaxis(np.zeros((whole.shape[0], *whole.shape[2:], whole.shape[1]), ">f4"), -1, 1)
    step = step_of(engine, layer, w, bias)
    stream.stream(step, last, y, layer.axes, Budget(300, 4, 4), "float32")
    np.testing.assert_array_equal(y, whole)


def test_float16_is_rounded_once_and_overflows_to_infinity() -> None:
    x = np.array([[[60000, 1]]], np.float16)
    y = np.zeros((1, 1, 2), np.float16)

    def double(x: Array, axes: Any, progress: Any) -> Array:
        assert x.dtype == np.float32
        return 2 * x

    stream.stream(double, x, y, [(1, 1, 1, 0, 0)], Budget(99, 1, 1), "float32")
    np.testing.assert_array_equal(y[0, 0], [np.inf, 2])


def test_progress_counts_outputs_and_ends_at_all() -> None:
    layer = Layer(3, 1, 2, 1, (8,), ((3, 2, 1, 0, 0),), seed=1)
    x, w, bias = layer.arrays("float32")
    y = engine.transposed_convolution(x, w, bias, layer.axes, 1)
    reports: list[tuple[int, int]] = []
    step = step_of(engine, layer, w, bias)
    stream.stream(
        step, x, y, layer.axes, Budget(200, 4, 4), "f4", lambda done, of: reports.append((done, of))
    )
    assert reports == sorted(reports)
    assert reports[0] == (17, 102)  # half of the first image
    assert reports[-1] == (102, 102)


def test_blocks_are_given_when_they_are_stored() -> None:
    x = np.arange(6.0).reshape(1, 1, 6)
    y = np.full((1, 1, 6), np.nan)
    axis = (1, 1, 1, 0, 0)
    known = [
        int(np.isfinite(y).sum())
        for _ in stream.stream_blocks(lambda x, axes, p: x, x, y, [axis], Budget(4, 1, 1), "f8")
    ]
    assert known == [2, 4, 6]
