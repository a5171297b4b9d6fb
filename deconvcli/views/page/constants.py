"""The variants and their arithmetic as JavaScript constants, each arithmetic once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from json import dumps

from deconvcli.frameworks.dialects import take
from deconvcli.layers.arithmetic import Arithmetic, Limit, Step
from deconvcli.views.page.javascript import translate_formula, translate_text, write_constant
from deconvcli.views.page.variants import Variant

# Not the name of a function, which a bracket follows.
_NAME = re.compile(r"\b([a-z_]\w*)\b(?!\s*\()")
_KEYWORDS = {"if", "else", "and", "or", "not"}


def write_constants(variants: Sequence[Variant]) -> str:
    """Return the JavaScript constants `arithmetics` and `variants`."""
    arithmetics: dict[str, int] = {}
    places = []
    for variant in variants:
        text = _arithmetic(variant.arithmetic, take(variant.dialect)[1])
        places.append(arithmetics.setdefault(text, len(arithmetics)))
    texts = [_variant(variant, place) for variant, place in zip(variants, places, strict=True)]
    return _constant("arithmetics", arithmetics) + _constant("variants", texts)


def _constant(name: str, items: Iterable[str]) -> str:
    lines = ",\n".join(items)
    return f"const {name} = [\n{lines}\n];\n"


def _variant(variant: Variant, arithmetic: int) -> str:
    plain = {
        "dialect": variant.dialect,
        "base": take(variant.dialect)[0].name,
        "padding": variant.padding.label,
        "sides": variant.padding.sides,
        "hasOutputPadding": variant.has_output_padding,
        "arithmetic": arithmetic,
        "isCircular": variant.is_circular,
        "flipped": variant.flipped,
    }
    # A field is bound by its name, which is a string; a constant is a BigInt or a boolean.
    bound = [f"{name}: {write_constant(value)}" for name, value in variant.numbers.items()]
    together = ", ".join(_limit(limit, refuses=True) for limit in variant.together)
    return f"{{...{dumps(plain)}, numbers: {{{', '.join(bound)}}}, together: [{together}]}}"


def _arithmetic(arithmetic: Arithmetic, implementation: str) -> str:
    """Return the steps, and the limits that concern this implementation, in order."""
    entries = [
        _step(entry)
        if isinstance(entry, Step)
        else _limit(entry, refuses=entry.refuses(implementation))
        for entry in arithmetic.entries
        if isinstance(entry, Step) or entry.concerns(implementation)
    ]
    return f"[{', '.join(entries)}]"


def _step(step: Step) -> str:
    plain = {"step": step.name, "formula": step.formula, "meaning": step.meaning}
    return (
        f"{{...{dumps(plain)}, compute: v => {translate_formula(step.formula)},"
        f" substitute: v => {_substitution(step.formula)}}}"
    )


def _substitution(formula: str) -> str:
    """Return the formula with numbers for its names, as `arithmetic.substitute` writes it."""
    parts = _NAME.split(formula)
    return " + ".join(
        dumps(part) if place % 2 == 0 or part in _KEYWORDS else f"parenthesize(v.{part})"
        for place, part in enumerate(parts)
    )


def _limit(limit: Limit, *, refuses: bool) -> str:
    plain = {"code": limit.code, "refuses": refuses}
    return (
        f"{{...{dumps(plain)}, holds: v => {translate_formula(limit.condition)},"
        f" message: v => {translate_text(limit.message)},"
        f" help: v => {translate_text(limit.help)}}}"
    )
