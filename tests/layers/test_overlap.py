"""Counts, periods and pairs against scattering ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.layers.axis import Axis
from deconvcli.layers.overlap import AxisOverlap, Pair, even_axes
from tests.layers.interior import count_interior


def scattered(axis: Axis, n: int) -> list[int]:
    """Ones scattered by a kernel of ones, cropped or extended: the definition."""
    begin, out = axis.crop_begin, axis.output_size(n)
    assert isinstance(begin, int)
    assert isinstance(out, int)
    counts = [0] * out
    for i in range(n):
        for j in range(axis.kernel):
            place = i * axis.stride + j * axis.dilation - begin
            if 0 <= place < out:
                counts[place] += 1
    return counts


AXES = st.builds(
    Axis,
    kernel=st.integers(1, 9),
    stride=st.integers(1, 6),
    dilation=st.integers(1, 4),
    crop_begin=st.integers(-3, 5),
    crop_end=st.integers(-3, 5),
)


@given(AXES, st.integers(1, 12))
def test_counts_are_what_ones_scatter(axis: Axis, n: int) -> None:
    if axis.output_size(n) >= 1:
        assert AxisOverlap(axis, n).counts() == scattered(axis, n)


@given(AXES)
def test_the_interior_is_the_middle_of_a_long_row(axis: Axis) -> None:
    overlap = AxisOverlap(axis, 200)
    start = 60 * axis.stride  # a multiple of every period, far from both ends
    interior = count_interior(overlap)
    assert tuple(overlap.counts(start, start + overlap.period)) == interior
    assert (overlap.least, overlap.most) == (min(interior), max(interior))
    assert overlap.gaps == overlap.counts(start, start + axis.stride).count(0)
    np.testing.assert_array_equal(
        overlap.counts(start, start + 3 * axis.stride),
        [interior[i % overlap.period] for i in range(3 * axis.stride)],
    )


def test_pairs_of_the_layer_everyone_asks_about() -> None:
    overlap = AxisOverlap(Axis(3, 2, 1, 0, 1), 5)
    assert overlap.counts() == [1, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    assert overlap.pairs(2) == [Pair(1, 0), Pair(0, 2)]
    assert (overlap.period, overlap.least, overlap.most, overlap.is_even) == (2, 1, 2, False)
    assert overlap.even_kernels() == (2, 4)


@pytest.mark.parametrize(
    ("axis", "period", "interior", "even"),
    [
        (Axis(4, 2), 1, (2,), (4,)),
        (Axis(2, 3), 3, (1, 1, 0), (3,)),  # gaps: the kernel is shorter than the stride
        (Axis(3, 2, 2), 2, (3, 0), ()),  # every tap falls on the same phase
        (Axis(2, 4, 2), 2, (1, 0), ()),
        (Axis(5, 1), 1, (5,), (5,)),
    ],
)
def test_period_and_evenness(
    axis: Axis, period: int, interior: tuple[int, ...], even: tuple[int, ...]
) -> None:
    overlap = AxisOverlap(axis, 20)
    assert (overlap.period, count_interior(overlap), overlap.even_kernels()) == (
        period,
        interior,
        even,
    )


@given(AXES)
def test_least_and_most_are_the_interiors(axis: Axis) -> None:
    overlap = AxisOverlap(axis, 5)
    assert (overlap.least, overlap.most) == (
        min(count_interior(overlap)),
        max(count_interior(overlap)),
    )


@given(AXES)
def test_no_shorter_period_repeats(axis: Axis) -> None:
    overlap = AxisOverlap(axis, 5)
    counts = count_interior(overlap)
    shorter = [p for p in range(1, len(counts)) if counts == (counts[p:] + counts[:p])]
    assert shorter == []


def test_sizes_beyond_any_loop_are_answered_at_once() -> None:
    overlap = AxisOverlap(Axis(10**12 + 1, 10**9, 1), 10**15)
    assert (overlap.least, overlap.most, overlap.period) == (1000, 1001, 10**9)
    assert overlap.counts(10**14, 10**14 + 2) == [1001, 1000]


def test_taps_without_dilation_fall_together() -> None:
    assert AxisOverlap(Axis(3, 2, 0), 3).counts() == [3, 0, 3, 0, 3]


@given(AXES)
def test_an_even_kernel_evens_it(axis: Axis) -> None:
    for kernel in AxisOverlap(axis, 5).even_kernels():
        assert AxisOverlap(axis._replace(kernel=kernel), 5).is_even


@given(AXES, st.integers(1, 12))
def test_an_even_axis_has_the_same_size(axis: Axis, n: int) -> None:
    found = list(even_axes(axis))
    assert all(AxisOverlap(even, 5).is_even and AxisOverlap(even, 5).least for even in found)
    assert {even.output_size(n) for even in found} <= {axis.output_size(n)}
    are_equal = [even.crop_begin == even.crop_end for even in found]
    assert are_equal == sorted(are_equal, reverse=True)
    distances = [abs(even.kernel - axis.kernel) for even in found[: sum(are_equal)]]
    assert distances == sorted(distances)


def test_an_even_axis_with_equal_crops_comes_first() -> None:
    doubled, odd = Axis(3, 2, 1, 1, 0), Axis(3, 2, 1, 1, 1)
    assert next(even_axes(doubled)) == Axis(4, 2, 1, 1, 1)
    assert list(even_axes(odd))[:2] == [Axis(4, 2, 1, 2, 1), Axis(4, 2, 1, 1, 2)]


@given(AXES, st.integers(1, 12))
def test_where_there_is_an_interior_its_counts_are_found(axis: Axis, n: int) -> None:
    overlap = AxisOverlap(axis, n)
    if axis.output_size(n) >= 1 and overlap.has_interior:
        assert set(count_interior(overlap)) <= set(overlap.counts())
