"""Axis and symbolic sizes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.common.errors import NotLinear
from deconvcli.layers.axis import Axis, Linear, Size, floor_sum, linear

small = st.integers(1, 7)
crops = st.integers(-4, 6)
axes = st.builds(Axis, small, small, small, crops, crops)


@pytest.mark.parametrize(
    ("axis", "n", "full", "out"),
    [
        (Axis(3, 2), 5, 11, 11),
        (Axis(4, 2, 1, 1, 1), 5, 12, 10),
        (Axis(3, 1, 2), 10, 14, 14),
        (Axis(2, 3, 1, 0, -1), 5, 14, 15),
        (Axis(16, 8, 1, 4, 4), 32, 264, 256),
    ],
)
def test_sizes(axis: Axis, n: int, full: int, out: int) -> None:
    assert axis.full_size(n) == full
    assert axis.output_size(n) == out


@given(axes, st.integers(1, 9))
def test_a_symbol_answers_as_its_number(axis: Axis, n: int) -> None:
    symbolic = axis.output_size(Linear("N"))
    assert isinstance(symbolic, Linear)
    assert symbolic.factor * n + symbolic.offset == axis.output_size(n)


@given(axes)
def test_the_smallest_input_is_the_first_that_leaves_something(axis: Axis) -> None:
    smallest = axis.smallest_input()
    assert isinstance(smallest, int)
    assert axis.output_size(smallest) >= 1
    assert smallest == 1 or axis.output_size(smallest - 1) < 1


@given(axes, st.integers(1, 9))
def test_useful_products_are_those_that_the_crop_keeps(axis: Axis, n: int) -> None:
    first, end = axis.crop_begin, axis.full_size(n) - axis.crop_end
    reached = [i * axis.stride + j * axis.dilation for i in range(n) for j in range(axis.kernel)]
    assert axis.useful_products(n) == sum(first <= o < end for o in reached)


@given(small, small, crops, crops, st.integers(1, 9))
def test_taps_without_dilation_land_on_one_place(
    kernel: int, stride: int, begin: int, end: int, n: int
) -> None:
    axis = Axis(kernel, stride, 0, begin, end)
    full = (n - 1) * stride + 1
    assert axis.full_size(n) == full
    kept = range(begin, full - end)
    assert axis.useful_products(n) == kernel * sum(i * stride in kept for i in range(n))


@given(axes, st.integers(20, 60))
def test_useful_products_of_a_symbol_hold_for_large_sizes(axis: Axis, n: int) -> None:
    formula = axis.useful_products(Linear("N"))
    assert isinstance(formula, Linear)
    assert formula.factor * n + formula.offset == axis.useful_products(n)


@given(st.integers(0, 40), small, st.integers(0, 30), st.integers(0, 30))
def test_floor_sum_is_the_sum(count: int, divisor: int, step: int, first: int) -> None:
    expected = sum((first + step * i) // divisor for i in range(count))
    assert floor_sum(count, divisor, step, first) == expected


def test_useful_products_of_huge_sizes_take_no_time() -> None:
    axis = Axis(10**18, 3, 2, 10**17, 10**17)
    assert 0 < axis.useful_products(10**18) < 10**36


class TestLinear:
    """a*n + b."""

    n = Linear("n")

    @pytest.mark.parametrize(
        ("size", "text"),
        [
            (n, "n"),
            (n * 2 - 1, "2n-1"),
            (n * 320 - 8, "320n-8"),
            (3 - n, "-n+3"),
            ((n - 1) * 2 + 3, "2n+1"),
        ],
    )
    def test_text(self, size: Linear, text: str) -> None:
        assert str(size) == text

    @pytest.mark.parametrize(
        ("size", "code"),
        [
            (Linear("N"), "N"),
            (Linear("N", 2), "2*N"),
            (Linear("H", 2, -1), "2*H - 1"),
            (Linear("W", -1, 3), "-W + 3"),
            (Linear("D", -3), "-3*D"),
        ],
    )
    def test_as_code(self, size: Linear, code: str) -> None:
        assert size.code == code

    def test_a_letter_that_cancels_leaves_a_number(self) -> None:
        assert self.n * 2 - self.n * 2 == 0
        assert type(self.n - self.n) is int
        assert linear("n", 0, 4) == 4

    def test_comparison_is_for_every_large_value(self) -> None:
        assert max(self.n * 2 - 100, 0) == self.n * 2 - 100
        assert min(self.n, self.n + 1) == self.n
        assert self.n > 10**9
        assert not self.n <= self.n - 1
        assert self.n >= self.n

    def test_division_that_is_not_linear_is_refused(self) -> None:
        assert (self.n * 4 + 3) // 2 == self.n * 2 + 1
        with pytest.raises(NotLinear, match=r"\(3n\) // 2 has no single formula in n"):
            _ = self.n * 3 // 2

    def test_remainders_only_where_they_are_the_same_for_all(self) -> None:
        assert (self.n * 4 + 3) % 2 == 1
        with pytest.raises(NotLinear, match=r"\(3n\) % 2 has no single value for all n"):
            _ = self.n * 3 % 2

    def test_it_is_hashable_and_not_a_number(self) -> None:
        assert len({self.n, Linear("n"), self.n + 1}) == 2
        assert self.n != 1
        assert repr(self.n) == "Linear('n', 1, 0)"
        assert 1 + self.n == self.n + 1
        assert 2 * self.n == self.n * 2


def test_products_need_a_crop_without_letters() -> None:
    for n in (5, Linear("N")):
        with pytest.raises(NotLinear, match="products"):
            Axis(3, 2, 1, 0, Linear("N")).useful_products(n)


@pytest.mark.parametrize(
    "combine",
    [
        lambda one, other: one + other,
        lambda one, other: one - other,
        lambda one, other: one < other,
        lambda one, other: one <= other,
        lambda one, other: one > other,
        lambda one, other: one >= other,
        lambda one, other: max(one, other),
        lambda one, other: max(0, 2 * one - other + 1),
        lambda one, other: sorted([one, other]),
        lambda one, other: Axis(3, 2, 1, other, 0).output_size(one),
        lambda one, other: Axis(3, 1, 1, one, other).smallest_input(),
    ],
)
def test_two_letters_have_no_common_formula(combine: Callable[[Size, Size], object]) -> None:
    with pytest.raises(NotLinear, match="different letters") as caught:
        combine(Linear("H"), Linear("W"))
    assert "write both in one letter" in caught.value.help
    combine(Linear("H", 2, 1), Linear("H"))


def test_sizes_in_two_letters_are_different_formulas() -> None:
    assert Linear("H") != Linear("W")
    assert (3, Linear("H")) != (3, Linear("W"))
