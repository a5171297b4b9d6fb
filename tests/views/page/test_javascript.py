"""Formulas in JavaScript; that they compute the same, a browser shows."""

from __future__ import annotations

import pytest

from deconvcli.views.page.javascript import expression, template


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("(n - 1)*s + span", "(((v.n - 1n) * v.s) + v.span)"),
        ("total // 2", "floorDivided(v.total, 2n)"),
        ("span % 2", "modulo(v.span, 2n)"),
        ("ceil(n / s)", "(-floorDivided(-v.n, v.s))"),
        ("floor((out + total) / s)", "floorDivided((v.out + v.total), v.s)"),
        ("max(full - out, 0)", "max((v.full - v.out), 0n)"),
        ("1 <= out <= n*s", "(1n <= v.out && v.out <= (v.n * v.s))"),
        ("a == 0 or not b", "((v.a === 0n) || !(v.b))"),
        ("-x if x < 0 else x", "((v.x < 0n) ? (-v.x) : v.x)"),
        ("len(d) != 2 and True", "((count(v.d) !== 2n) && true)"),
    ],
)
def test_a_formula_is_an_expression(formula: str, written: str) -> None:
    assert expression(formula) == written


def test_a_text_joins_its_parts() -> None:
    assert template("use {s - 1} or less") == '"use " + shown((v.s - 1n)) + " or less"'
    assert template("") == '""'


@pytest.mark.parametrize("formula", ["x**2", "abs(x)", "[x]", "ceil(x)"])
def test_what_has_no_translation_is_no_silent_nonsense(formula: str) -> None:
    with pytest.raises(ValueError, match="no JavaScript for"):
        expression(formula)
