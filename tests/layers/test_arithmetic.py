"""Formulas: computed, shown and checked from the same strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.layers.arithmetic import (
    FULL,
    OUT,
    SPAN,
    Arithmetic,
    Broken,
    Limit,
    Step,
    evaluate,
    fill,
    substitute,
)
from deconvcli.layers.axis import Linear

numbers = st.integers(-50, 50)
divisors = st.integers(1, 9)


@given(numbers, divisors)
def test_floor_and_ceil_are_exact(a: int, b: int) -> None:
    assert evaluate("floor(a / b)", {"a": a, "b": b}) == a // b
    assert evaluate("ceil(a / b)", {"a": a, "b": b}) == -(-a // b)


def test_floor_of_large_integers_loses_nothing() -> None:
    assert evaluate("floor((a + 1) / 2)", {"a": 2**80 + 1}) == 2**79 + 1


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("(n - 1)*s + span", "(5 - 1)*2 + 3"),
        ("max(full - out, 0)", "max(11 - 12, 0)"),
        ("full - op", "11 - (-1)"),
        ("total // 2 if total >= 0 else -(-total // 2)", "4 // 2 if 4 >= 0 else -(-4 // 2)"),
    ],
)
def test_substitute(formula: str, shown: str) -> None:
    given = {"n": 5, "s": 2, "span": 3, "full": 11, "out": 12, "op": -1, "total": 4}
    assert substitute(formula, given) == shown


def test_fill_computes_inside_braces() -> None:
    assert fill("use {max(s, d) - 1} or less", {"s": 3, "d": 1}) == "use 2 or less"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("use {low} to {low}.", "use 7."),
        ("use {low} to {low + 1}.", "use 7 to 8."),
        ("use {low} to {low}{low}.", "use 7 to 77."),
        ("size 3 is outside {low} to {low}", "size 3 is not 7"),
        ("size 3 is outside {low} to {low}{low}", "size 3 is outside 7 to 77"),
        ("accepts it from {zero} to {zero}, not {low}", "accepts it 0, not 7"),
        ("accepts it from {zero} to {low}", "accepts it from 0 to 7"),
        ("use {zero} or less: it only chooses", "use 0: it only chooses"),
        ("keep padding at {zero} or less and slice", "keep padding at 0 and slice"),
        ("use {low}0 or less", "use 70 or less"),
        ("{-low} to {-low} or {zero - low} to {low}", "-7 or -7 to 7"),
    ],
)
def test_a_range_of_one_number_is_that_number(template: str, text: str) -> None:
    assert fill(template, {"low": 7, "zero": 0}) == text


LIMIT = Limit("p < s", "too-much", "p {p} is not below {s}", "use {s - 1}.")
ONLY = Limit("p == 0", "only-here", "p {p}", "", only=("here",))
CROP = (Step("crop_begin", "p", ""), Step("crop_end", "p", ""), OUT)
SUM = Arithmetic(LIMIT, SPAN, FULL, *CROP, ONLY)
GIVEN = {"n": 5, "k": 3, "s": 2, "d": 1, "p": 1}


def test_every_step_is_computed_in_order() -> None:
    found = SUM.evaluate(dict(GIVEN))
    assert [found[step.name] for step in SUM.steps] == [3, 11, 1, 1, 9]


def test_a_broken_limit_carries_its_numbers() -> None:
    with pytest.raises(Broken) as broken:
        SUM.evaluate({**GIVEN, "p": 2})
    assert broken.value.limit is LIMIT
    assert fill(LIMIT.help, broken.value.numbers) == "use 1."


def test_a_limit_of_one_implementation_is_a_note_to_the_dialect_and_nothing_to_others() -> None:
    assert SUM.broken_limits(SUM.evaluate(dict(GIVEN))) == [ONLY]
    assert SUM.broken_limits(SUM.evaluate(dict(GIVEN), "elsewhere")) == []
    with pytest.raises(Broken, match="only-here"):
        SUM.evaluate(dict(GIVEN), "here")


def test_symbols_pass_through() -> None:
    assert SUM.evaluate({**GIVEN, "n": Linear("N")})["out"] == Linear("N", 2, -1)


@pytest.mark.parametrize("name", DIALECTS.names)
def test_every_arithmetic_ends_in_a_crop(name: str) -> None:
    dialect = DIALECTS.take(name)
    assert dialect.arithmetics
    for arithmetic in dialect.arithmetics:
        names = [step.name for step in arithmetic.steps]
        assert {"span", "full", "crop_begin", "crop_end", "out"} <= set(names)
        assert len(names) == len(set(names))
        assert all(step.meaning for step in arithmetic.steps)


def test_equal_formulas_are_one_key() -> None:
    """Also after a journey through pickle, which makes another object."""
    again = Arithmetic(*SUM.entries)
    assert again is not SUM
    assert {SUM: 1}[again] == 1
    assert Arithmetic(SPAN, FULL) != again
    assert again != SUM.entries
