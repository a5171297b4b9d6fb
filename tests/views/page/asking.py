"""Doors to ask, and fields to ask them with."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

from deconvcli.frameworks.dialects import in_order, take
from deconvcli.views.page.doors import Door, Fields, doors


@cache
def all_doors(rank: int) -> list[Door]:
    """In the order of the page."""
    names = [
        (name, *(f"{name}@{made}" for made in take(name)[0].implementations)) for name in in_order()
    ]
    return [door for group in names for name in group for door in doors(name, rank)]


@cache
def open_doors(rank: int) -> list[Door]:
    """Those that the page has."""
    return [door for door in all_doors(rank) if door.is_open]


def some_fields(rank: int, seed: int, count: int) -> Iterator[Fields]:
    """Small numbers, among which refusals and empty outputs are frequent."""
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
