"""Every engine agrees with the definition: exactly on integers, within the bound on floats."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deconvcli.common.errors import UsageError
from deconvcli.compute.kernels import bound, engine, reference, scatter
from deconvcli.compute.kernels.reference import Array, AxisNumbers
from deconvcli.compute.kernels.tiled import division

ENGINES = [pytest.param(module, id=module.__name__.split(".")[-1]) for module in (scatter, engine)]
LONGEST = {1: (9, 5), 2: (4, 3), 3: (3, 2)}
"""The largest size and kernel drawn, by rank, so that the reference stays quick."""


class Layer(NamedTuple):
    """A random layer; sizes has neither batch nor channels."""

    batch: int
    inputs: int
    outputs: int
    groups: int
    sizes: tuple[int, ...]
    axes: tuple[AxisNumbers, ...]
    seed: int

    def arrays(self, dtype: str, fill: str = "integers") -> tuple[Array, Array, Array]:
        """Return x, w and bias; integers are so small that every sum is exact."""
        draw = np.random.default_rng(self.seed)
        shapes = [
            (self.batch, self.inputs * self.groups, *self.sizes),
            (self.inputs * self.groups, self.outputs, *(axis[0] for axis in self.axes)),
            (self.outputs * self.groups,),
        ]
        numbers = draw.standard_normal if fill == "floats" else lambda s: draw.integers(-4, 5, s)
        x, w, bias = (np.asarray(numbers(shape)).astype(dtype) for shape in shapes)
        return x, w, bias


@st.composite
def axes_of(draw: st.DrawFn, rank: int) -> tuple[int, AxisNumbers]:
    """Draw a size and an axis with no or more outputs, with crops of both signs."""
    most, longest = LONGEST[rank]
    n, kernel = draw(st.integers(1, most)), draw(st.integers(1, longest))
    stride, dilation = draw(st.integers(1, 8)), draw(st.integers(1, 3))
    full = (n - 1) * stride + dilation * (kernel - 1) + 1
    crop_begin = draw(st.integers(-3, min(full + 2, 6)))
    crop_end = draw(st.integers(-3, min(full - crop_begin, 6)))
    return n, (kernel, stride, dilation, crop_begin, crop_end)


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    rank = draw(st.integers(1, 3))
    sizes, axes = zip(*(draw(axes_of(rank)) for _ in range(rank)), strict=True)
    channels = st.integers(1, 9 if rank == 1 else 5)
    batch, groups, seed = draw(st.tuples(st.integers(0, 2), st.integers(1, 3), st.integers(0, 999)))
    return Layer(batch, draw(channels), draw(channels), groups, sizes, axes, seed)


def forward(y: Array, w: Array, axes: Sequence[AxisNumbers], sizes: tuple[int, ...]) -> Array:
    """Compute the convolution whose transpose is tested (one group), from its definition."""
    x = np.zeros((len(y), len(w), *sizes))
    for batch, ci, *i in np.ndindex(x.shape):
        for co, *j in np.ndindex(w.shape[1:]):
            o = [a * ax[1] + b * ax[2] - ax[3] for a, b, ax in zip(i, j, axes, strict=True)]
            if all(0 <= at < size for at, size in zip(o, y.shape[2:], strict=True)):
                x[batch, ci, *i] += y[batch, co, *o] * w[ci, co, *j]
    return x


@pytest.mark.parametrize("module", ENGINES)
@settings(deadline=None)
@given(layer=layers(), has_bias=st.booleans())
def test_integers_equal_the_reference(module: ModuleType, layer: Layer, has_bias: bool) -> None:
    x, w, bias = layer.arrays("float64")
    arguments = (x, w, bias if has_bias else None, layer.axes, layer.groups)
    y = module.transposed_convolution(*arguments)
    np.testing.assert_array_equal(y, reference.transposed_convolution(*arguments), strict=True)
    assert y.flags.c_contiguous


@pytest.mark.parametrize("module", ENGINES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@settings(deadline=None, max_examples=30)
@given(layer=layers())
def test_floats_stay_within_the_bound(module: ModuleType, dtype: str, layer: Layer) -> None:
    arguments = (*layer.arrays(dtype, "floats"), layer.axes, layer.groups)
    y = module.transposed_convolution(*arguments)
    agreement = bound.check(y, *arguments)
    assert agreement.agrees, agreement


@settings(deadline=None, max_examples=30)
@given(layer=layers())
def test_every_number_of_threads_gives_the_same_bits(layer: Layer) -> None:
    arguments = (*layer.arrays("float32", "floats"), layer.axes, layer.groups)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(division, "MAX_TASK_CYCLES", 500)  # many tasks even in a small layer
        results = [engine.transposed_convolution(*arguments, threads) for threads in (1, 2, 7, 7)]
    results.append(engine.transposed_convolution(*arguments))
    assert len({y.tobytes() for y in results[:-1]}) == 1
    np.testing.assert_array_equal(results[0], results[-1])


@pytest.mark.parametrize("module", ENGINES)
@settings(deadline=None, max_examples=40)
@given(layer=layers())
def test_it_is_the_adjoint_of_convolution(module: ModuleType, layer: Layer) -> None:
    layer = layer._replace(groups=1)
    x, w, _ = layer.arrays("float64")
    forth = module.transposed_convolution(x, w, None, layer.axes, 1)
    y = layer._replace(seed=layer.seed + 1).arrays("float64")[0]
    y = np.resize(y if y.size else np.ones(1), forth.shape)
    back = forward(y, w, layer.axes, layer.sizes)
    assert np.sum(back * x) == np.sum(y * forth)


@pytest.mark.parametrize("module", ENGINES)
@settings(deadline=None, max_examples=40)
@given(layer=layers(), data=st.data())
def test_cropping_later_is_cropping_in_the_axis(
    module: ModuleType, layer: Layer, data: st.DataObject
) -> None:
    x, w, bias = layer.arrays("float64")
    whole = module.transposed_convolution(x, w, bias, layer.axes, layer.groups)
    axes, kept = [], []
    for size, axis in zip(whole.shape[2:], layer.axes, strict=True):
        begin = data.draw(st.integers(0, size))
        end = data.draw(st.integers(0, size - begin))
        axes.append((*axis[:3], axis[3] + begin, axis[4] + end))
        kept.append(slice(begin, size - end))
    cropped = module.transposed_convolution(x, w, bias, axes, layer.groups)
    np.testing.assert_array_equal(cropped, whole[:, :, *kept])


@pytest.mark.parametrize("module", ENGINES)
@settings(deadline=None, max_examples=60)
@given(
    layer=layers(),
    in_x=st.lists(st.sampled_from([np.nan, np.inf, -np.inf]), max_size=2),
    in_w=st.lists(st.sampled_from([np.nan, np.inf, -np.inf]), max_size=2),
)
def test_inf_and_nan_travel_as_in_the_reference(
    module: ModuleType, layer: Layer, in_x: list[float], in_w: list[float]
) -> None:
    x, w, bias = layer.arrays("float32")
    draw = np.random.default_rng(layer.seed)
    for array, values in ((x, in_x), (w, in_w)):
        for value in values if array.size else []:
            array.reshape(-1)[draw.integers(array.size)] = value
    arguments = (x, w, bias, layer.axes, layer.groups)
    y = module.transposed_convolution(*arguments)
    np.testing.assert_array_equal(y, reference.transposed_convolution(*arguments))
    assert bound.check(y, *arguments).agrees


@pytest.mark.parametrize("module", ENGINES)
@pytest.mark.parametrize(
    ("n", "axis", "out"),
    [(0, (3, 1, 1, 0, -2), 4), (0, (1, 1, 1, 0, 0), 0), (2, (3, 2, 1, 2, 3), 0)],
)
def test_no_input_or_no_output_is_harmless(
    module: ModuleType, n: int, axis: AxisNumbers, out: int
) -> None:
    x, w, bias = np.ones((2, 3, n, n)), np.ones((3, 5, axis[0], axis[0])), np.arange(5.0)
    y = module.transposed_convolution(x, w, bias, [axis, axis], 1)
    expected = np.broadcast_to(bias.reshape(5, 1, 1), (2, 5, out, out))
    np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("module", ENGINES)
def test_read_only_strided_and_big_endian_arrays_are_taken(module: ModuleType) -> None:
    draw = np.random.default_rng(0)
    x = draw.integers(-4, 5, (2, 3, 5, 4)).astype(">f4")[:, ::-1, ::2]
    w = np.asfortranarray(draw.integers(-4, 5, (3, 2, 3, 3)).astype(np.float32))
    bias = np.arange(2, dtype=np.float32)
    for array in (x, w, bias):
        array.flags.writeable = False
    arguments = (x, w, bias, [(3, 2, 1, 1, 0)] * 2, 1)
    expected = reference.transposed_convolution(*arguments)
    np.testing.assert_array_equal(module.transposed_convolution(*arguments), expected)


@pytest.mark.parametrize("module", ENGINES)
def test_float16_overflows_to_inf_only_at_the_end(module: ModuleType) -> None:
    x = np.array([60000, 60000, -60000], np.float16).reshape(1, 3, 1)
    w = np.array([[1, 1], [1, 1], [1, 0]], np.float16).reshape(3, 2, 1)
    y = module.transposed_convolution(x, w, None, [(1, 1, 1, 0, 0)], 1)
    np.testing.assert_array_equal(y, np.array([[[60000], [np.inf]]], np.float16), strict=True)


@pytest.mark.parametrize("module", ENGINES)
def test_crops_that_leave_less_than_nothing_are_refused(module: ModuleType) -> None:
    x, w = np.ones((1, 1, 2)), np.ones((1, 1, 3))
    with pytest.raises(UsageError, match="the minimum is 0"):
        module.transposed_convolution(x, w, None, [(3, 2, 1, 3, 3)], 1)


@pytest.mark.parametrize("module", ENGINES)
@pytest.mark.parametrize("groups", [1, 2])
def test_every_number_of_channels_is_summed(module: ModuleType, groups: int) -> None:
    for inputs, outputs in np.ndindex(9, 9):
        layer = Layer(1, inputs + 1, outputs + 1, groups, (3,), ((2, 2, 1, 0, 0),), seed=7)
        arguments = (*layer.arrays("float64"), layer.axes, groups)
        y = module.transposed_convolution(*arguments)
        np.testing.assert_array_equal(y, reference.transposed_convolution(*arguments))


def test_long_axes_are_summed_in_segments() -> None:
    draw = np.random.default_rng(0)
    x = draw.integers(-4, 5, (1, 2, 5000)).astype(np.float32)
    w = draw.integers(-4, 5, (2, 6, 7)).astype(np.float32)
    arguments = (x, w, None, [(7, 3, 2, 4, -5)], 1)
    expected = scatter.transposed_convolution(*arguments)
    np.testing.assert_array_equal(engine.transposed_convolution(*arguments, 2), expected)
