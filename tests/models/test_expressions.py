"""Formulas of sizes: what is added, multiplied and divided stays equal, and is written shortly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.models.expressions import (
    Size,
    add,
    divide_down,
    divide_up,
    evaluate,
    multiply,
    name_size,
)

H, W = name_size("H"), name_size("W")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (add(H, 1, -1), "H"),
        (add(H, multiply(H, -1), 3), "3"),
        (multiply(add(H, 1), 2), "2*H + 2"),
        (divide_down(multiply(add(H, 1), 2), 2), "H + 1"),
        (divide_down(add(multiply(H, 4), W, 5), 2), "2*H + (W + 5)//2"),
        (divide_up(H, 2), "(H + 1)//2"),
        (divide_up(divide_up(H, 1), 1), "H"),
        (multiply(divide_up(H, 2), 2), "2*((H + 1)//2)"),
    ],
)
def test_formulas_are_short(size: Size, text: str) -> None:
    assert str(size) == text


@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "multiply", "down", "up", "square"]), st.integers(-5, 5)),
        max_size=8,
    ),
    st.integers(0, 50),
    st.integers(0, 50),
)
def test_a_formula_has_the_value_of_its_steps(
    steps: list[tuple[str, int]], height: int, width: int
) -> None:
    formula: Size = add(H, multiply(W, 3))
    value = height + 3 * width
    for kind, number in steps:
        divisor = abs(number) + 1
        match kind:
            case "add":
                formula, value = add(formula, number, W), value + number + width
            case "multiply":
                formula, value = multiply(formula, number), value * number
            case "down":
                formula, value = divide_down(formula, divisor), value // divisor
            case "up":
                formula, value = divide_up(formula, divisor), -(-value // divisor)
            case "square" if abs(value) < 1000:
                formula, value = multiply(formula, formula), value * value
    assert evaluate(formula, {"H": height, "W": width}) == value
