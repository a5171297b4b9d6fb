"""Variants of the form, and values for their fields."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

from deconvcli.frameworks.dialects import in_order, take
from deconvcli.views.page.variants import FieldValues, Variant, find_variants


@cache
def all_variants(rank: int) -> list[Variant]:
    """Return all variants in the order of the page."""
    names = [
        (name, *(f"{name}@{made}" for made in take(name)[0].implementations)) for name in in_order()
    ]
    return [variant for group in names for name in group for variant in find_variants(name, rank)]


@cache
def exact_variants(rank: int) -> list[Variant]:
    """Return the variants that the page has."""
    return [variant for variant in all_variants(rank) if variant.is_exact]


def draw_fields(rank: int, seed: int, count: int) -> Iterator[FieldValues]:
    """Yield small random numbers, among which refusals and empty outputs are frequent."""
    dice = random.Random(seed)
    for _ in range(count):
        largest = {"n": 6, "k": 6, "s": 5, "d": dice.choice((1, 3))}
        if dice.random() < 0.4:
            largest["s"] = 1
        fields = {
            name: tuple(dice.randint(1, most) for _ in range(rank))
            for name, most in largest.items()
        }
        for name, most in (("begin", 4), ("end", 4), ("op", 3)):
            fields[name] = tuple(dice.randint(0, most) for _ in range(rank))
        yield fields
