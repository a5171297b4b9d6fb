"""Formulas in JavaScript; test_page.py compares their results in a browser."""

from __future__ import annotations

import pytest

from deconvcli.views.page.javascript import translate_formula, translate_text


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("(n - 1)*s + span", "(((v.n - 1n) * v.s) + v.span)"),
        ("total // 2", "floorDivide(v.total, 2n)"),
        ("span % 2", "modulo(v.span, 2n)"),
        ("ceil(n / s)", "(-floorDivide(-v.n, v.s))"),
        ("floor((out + total) / s)", "floorDivide((v.out + v.total), v.s)"),
        ("max(full - out, 0)", "max((v.full - v.out), 0n)"),
        ("1 <= out <= n*s", "(1n <= v.out && v.out <= (v.n * v.s))"),
        ("a == 0 or not b", "((v.a === 0n) || !(v.b))"),
        ("-x if x < 0 else x", "((v.x < 0n) ? (-v.x) : v.x)"),
        ("len(d) != 2 and True", "((count(v.d) !== 2n) && true)"),
    ],
)
def test_a_formula_is_an_translate_formula(formula: str, written: str) -> None:
    assert translate_formula(formula) == written


def test_a_text_joins_its_parts() -> None:
    assert translate_text("use {s - 1} or less") == '"use " + format((v.s - 1n)) + " or less"'
    assert translate_text("") == '""'


@pytest.mark.parametrize("formula", ["x**2", "abs(x)", "[x]", "ceil(x)"])
def test_a_formula_without_translation_is_an_error(formula: str) -> None:
    with pytest.raises(ValueError, match="no JavaScript for"):
        translate_formula(formula)
