"""The doors and their arithmetic as JavaScript data and functions, each arithmetic once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from json import dumps
from typing import Any

from deconvcli.frameworks.dialects import take
from deconvcli.layers.arithmetic import Arithmetic, Limit, Step
from deconvcli.views.page.doors import Door
from deconvcli.views.page.javascript import expression, template

_NAME = re.compile(r"\b([a-z_]\w*)\b(?!\s*\()")
_KEYWORDS = {"if", "else", "and", "or", "not"}


class Rules:
    """JavaScript of everything that doors lead to: `arithmetics` and `doors`."""

    def __init__(self, doors: Sequence[Door]) -> None:
        self._places: dict[tuple[int, str], int] = {}
        self._written: list[str] = []
        self._doors = [self._door(door) for door in doors]

    def __str__(self) -> str:
        arithmetics = ",\n".join(self._written)
        doors = ",\n".join(self._doors)
        return f"const arithmetics = [\n{arithmetics}\n];\nconst doors = [\n{doors}\n];\n"

    def _door(self, door: Door) -> str:
        dialect, implementation = take(door.dialect)
        plain = {
            "dialect": door.dialect,
            "base": dialect.name,
            "way": door.way.label,
            "sides": door.way.sides,
            "given": door.has_output_padding,
            "arithmetic": self._place(door.arithmetic, implementation),
            "circular": door.is_circular,
        }
        numbers = ", ".join(f"{name}: {_held(held)}" for name, held in door.numbers.items())
        together = ", ".join(_limit(limit, refuses=True) for limit in door.together)
        return f"{{...{dumps(plain)}, numbers: {{{numbers}}}, together: [{together}]}}"

    def _place(self, arithmetic: Arithmetic, implementation: str) -> int:
        key = (id(arithmetic), implementation)
        if key not in self._places:
            self._places[key] = len(self._written)
            self._written.append(f"[{', '.join(_entries(arithmetic, implementation))}]")
        return self._places[key]


def _held(held: Any) -> str:
    """A field by its name in quotes, or a number."""
    return f"{held}n" if type(held) is int else dumps(held)


def _entries(arithmetic: Arithmetic, implementation: str) -> list[str]:
    """Steps and the limits that concern this implementation, in order."""
    return [
        _step(entry)
        if isinstance(entry, Step)
        else _limit(entry, refuses=entry.refuses(implementation))
        for entry in arithmetic.entries
        if isinstance(entry, Step) or entry.concerns(implementation)
    ]


def _step(step: Step) -> str:
    plain = {"step": step.name, "formula": step.formula, "meaning": step.meaning}
    return (
        f"{{...{dumps(plain)}, of: v => {expression(step.formula)},"
        f" put: v => {_numbered(step.formula)}}}"
    )


def _numbered(formula: str) -> str:
    """The formula with numbers in place of its names, as `arithmetic.substitute` writes it."""
    parts = _NAME.split(formula)
    named = [
        dumps(part) if place % 2 == 0 or part in _KEYWORDS else f"bracketed(v.{part})"
        for place, part in enumerate(parts)
    ]
    return " + ".join(named)


def _limit(limit: Limit, *, refuses: bool) -> str:
    plain = {"code": limit.code, "refuses": refuses}
    return (
        f"{{...{dumps(plain)}, holds: v => {expression(limit.condition)},"
        f" message: v => {template(limit.message)}, help: v => {template(limit.help)}}}"
    )
