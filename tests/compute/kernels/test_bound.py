"""The check accepts every error that rounding explains, and no other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from deconvcli.common.errors import UsageError
from deconvcli.compute.kernels import bound, reference, scatter
from deconvcli.compute.kernels.reference import Array

AXES = [(3, 2, 1, 1, 0), (4, 3, 2, -2, 1)]
DTYPES = ["float16", "float32", "float64"]


def numbers(values: object, dtype: str = "float32") -> Array:
    return np.array(values, dtype)


def layer(dtype: str, groups: int = 2) -> tuple[Array, Array, Array]:
    draw = np.random.default_rng(5)
    shapes = (2, 6, 5, 4), (6, 3, 3, 4), (3 * groups,)
    x, w, bias = (draw.standard_normal(shape).astype(dtype) for shape in shapes)
    return x, w, bias


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_right_result_agrees_and_comes_near_the_bound(dtype: str) -> None:
    arguments = (*layer(dtype), AXES, 2)
    y = scatter.transposed_convolution(*arguments)
    agreement = bound.check(y, *arguments)
    assert agreement.agrees
    assert agreement.first_bad is None
    assert agreement.outputs == y.size
    assert 0 < agreement.worst_error < 0.01
    # A bound a hundred times too wide would not be much of a check.
    assert 0.01 < agreement.worst_share <= 1


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("index", [(0, 0, 0, 0), (1, 4, 3, 7), (1, 5, 9, 15)])
def test_one_output_off_by_a_little_is_found(dtype: str, index: tuple[int, ...]) -> None:
    arguments = (*layer(dtype), AXES, 2)
    y = scatter.transposed_convolution(*arguments)
    y[index] += np.asarray(40 * np.finfo(dtype).eps * (1 + abs(y[index]))).astype(dtype)
    agreement = bound.check(y, *arguments)
    assert not agreement.agrees
    assert agreement.first_bad == index
    assert agreement.worst_share > 1


@pytest.mark.parametrize("block", [1, 1 << 20])
def test_blocks_do_not_change_the_verdict(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bound, "BLOCK_OUTPUTS", block)
    arguments = (*layer("float32"), AXES, 2)
    y = reference.transposed_convolution(*arguments)
    assert bound.check(y, *arguments).agrees
    y[1, 3, 2, 1] += np.float32(1)
    assert bound.check(y, *arguments).first_bad == (1, 3, 2, 1)


def test_without_a_wider_type_float64_is_checked_in_float64(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bound, "_wider", lambda dtype: np.dtype(np.float64))
    arguments = (*layer("float64"), AXES, 2)
    y = scatter.transposed_convolution(*arguments)
    assert bound.check(y, *arguments).agrees
    y[0, 1, 2, 3] *= 1 + 1e-10
    assert bound.check(y, *arguments).first_bad == (0, 1, 2, 3)


def test_where_nothing_meets_the_bias_must_be_exact() -> None:
    x, w, bias = np.ones((1, 1, 1), np.float32), np.ones((1, 1, 1), np.float32), None
    axes = [(1, 1, 1, 0, -1)]
    assert bound.check(numbers([[[1, 0]]]), x, w, bias, axes, 1).agrees
    agreement = bound.check(numbers([[[1, 1e-45]]]), x, w, bias, axes, 1)
    assert agreement.first_bad == (0, 0, 1)
    assert agreement.worst_share == math.inf


@pytest.mark.parametrize(
    ("given", "passes"),
    [
        pytest.param([np.nan, np.inf, 3], True, id="as defined"),
        pytest.param([np.inf, np.inf, 3], False, id="Inf for NaN"),
        pytest.param([0, np.inf, 3], False, id="number for NaN"),
        pytest.param([np.nan, -np.inf, 3], False, id="the other Inf"),
        pytest.param([np.nan, 1e38, 3], False, id="number for Inf"),
        pytest.param([np.nan, np.inf, np.nan], False, id="NaN for a number"),
        pytest.param([np.nan, np.inf, np.inf], False, id="Inf for a number"),
    ],
)
def test_inf_and_nan_must_be_where_they_belong(given: list[float], passes: bool) -> None:
    x = numbers([[[np.nan, np.inf, 3]]])
    y = numbers([[given]])
    agreement = bound.check(y, x, np.ones((1, 1, 1), np.float32), None, [(1, 1, 1, 0, 0)], 1)
    assert agreement.agrees == passes
    assert (agreement.worst_share <= 1) == passes


@pytest.mark.parametrize(
    ("inputs", "given", "passes"),
    [
        pytest.param([3e38, 3e38], np.inf, True, id="overflow"),
        pytest.param([3e38, 3e38], -np.inf, False, id="overflow to the other side"),
        pytest.param([3e37, 3e37], np.inf, False, id="no overflow"),
        pytest.param([3e38, 3e38, -3e38], np.inf, True, id="overflow on the way"),
        pytest.param([3e38, 3e38, -3e38], 3e38, True, id="lucky order"),
        pytest.param([3e38, 3e38, -3e38], -np.inf, False, id="no overflow on that side"),
        pytest.param([3e38, 3e38, -3e38], np.nan, False, id="NaN from one side"),
        pytest.param([3e38, 3e38, -3e38, -3e38], np.nan, True, id="NaN from both sides"),
    ],
)
def test_overflow_passes_only_where_the_range_ends(
    inputs: list[float], given: float, passes: bool
) -> None:
    x = numbers(inputs).reshape(1, -1, 1)
    w = np.ones((len(inputs), 1, 1), np.float32)
    y = numbers([[[given]]])
    assert bound.check(y, x, w, None, [(1, 1, 1, 0, 0)], 1).agrees == passes


def test_float16_may_overflow_at_its_own_range() -> None:
    x = numbers([[[60000]], [[6000]]], "float16")
    y = numbers([[[np.inf]], [[np.inf]]], "float16")
    agreement = bound.check(y, x, numbers([[[2]]], "float16"), None, [(1, 1, 1, 0, 0)], 1)
    assert agreement.first_bad == (1, 0, 0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_underflow_is_rounding_too(dtype: str) -> None:
    small = np.finfo(dtype).smallest_subnormal
    x, w = np.full((1, 3, 2), small * 3), np.full((3, 1, 1), np.asarray(0.3, dtype))
    arguments = (x.astype(dtype), w, None, [(1, 1, 1, 0, 0)], 1)
    assert bound.check(scatter.transposed_convolution(*arguments), *arguments).agrees


def test_an_empty_result_agrees() -> None:
    x, w = np.ones((0, 1, 4), np.float32), np.ones((1, 1, 3), np.float32)
    y = np.ones((0, 1, 6), np.float32)
    assert bound.check(y, x, w, None, [(3, 1, 1, 0, 0)], 1) == bound.Agreement(0, 0, 0, True, None)


def test_another_shape_or_dtype_is_refused() -> None:
    arguments = (*layer("float32"), AXES, 2)
    y = scatter.transposed_convolution(*arguments)
    with pytest.raises(UsageError, match=r"float64 \[2, 6, 10, 17\]; the layer.s is float32"):
        bound.check(y.astype(np.float64), *arguments)
    with pytest.raises(UsageError, match=r"the layer.s is"):
        bound.check(y[:1], *arguments)


def test_zero_times_nan_is_nan_even_for_one_element() -> None:
    x, w = np.zeros((1, 1, 1), "float32"), np.array([[[np.nan], [2]]], "float32")
    y = np.array([[[np.nan], [0]]], "float32")
    assert bound.check(y, x, w, None, [(1, 1, 1, 0, 0)], 1).agrees
    assert not bound.check(np.zeros_like(y), x, w, None, [(1, 1, 1, 0, 0)], 1).agrees
