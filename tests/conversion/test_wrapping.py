"""Long lines of code are divided at their brackets, and mean the same."""

from __future__ import annotations

import ast

import pytest

from deconvcli.conversion.wrapping import WIDTH, wrap

WORDS = [f"parameter_{number}={number}" for number in range(8)]


@pytest.mark.parametrize(
    "line",
    [
        f"y = f({', '.join(WORDS)})",
        f"result = function({', '.join(WORDS[:5])})",
        f"    y = join([f(x, w, {', '.join(WORDS)}) for x, w in zip(a, b) if w is not None], 1)",
        f"y = {{{', '.join(repr(word) + ': (1, 2)' for word in WORDS)}}}",
        f'y = f("a, (b", {", ".join(WORDS)}, name="[")',
        f"y = f(g({', '.join(WORDS)}), h({', '.join(WORDS)}))",
    ],
)
def test_divided_lines_mean_the_same(line: str) -> None:
    lines = wrap(line)
    assert len(lines) > 1
    assert all(len(one) <= WIDTH for one in lines)
    assert ast.dump(ast.parse("\n".join(lines).strip())) == ast.dump(ast.parse(line.strip()))


def test_what_fits_stays_in_one_line() -> None:
    line = f"result = function({', '.join(WORDS[:5])})"
    assert wrap(line) == ["result = function(", f"    {line[18:-1]}", ")"]
    assert wrap(line[:WIDTH]) == [line[:WIDTH]]


def test_a_line_without_brackets_stays_as_it_is() -> None:
    line = f"y = {' + '.join('abcdefghijk' * 4)}"
    assert wrap(line) == [line]
