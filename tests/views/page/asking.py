"""The command line's answers, and fields to ask it for."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from deconvcli.cli.request import Request
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading
from deconvcli.views.page.doors import Door, Fields, doors


def ask(dialect: str, sizes: tuple[Size, ...], roles: Mapping[str, Any]) -> Reading:
    """As the command reads a layer."""
    return Request(None, dialect, sizes, None, roles).read_as(dialect, "").reading


@cache
def all_doors(rank: int) -> list[Door]:
    """In the order of the page."""
    names = [
        (name, *(f"{name}@{made}" for made in take(name)[0].implementations)) for name in in_order()
    ]
    return [door for group in names for name in group for door in doors(ask, name, rank)]


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
