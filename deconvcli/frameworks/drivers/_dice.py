"""What drawing a layer has in common: sizes near the edges, legal as a rule, with a slip or two."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple, TypeVar

Item = TypeVar("Item")


class Geometry(NamedTuple):
    """Numbers per axis: input, kernel, stride, dilation."""

    n: list[int]
    k: list[int]
    s: list[int]
    d: list[int]

    @property
    def rank(self) -> int:
        """Spatial axes."""
        return len(self.n)

    @property
    def span(self) -> list[int]:
        """What a dilated kernel covers."""
        return [d * (k - 1) + 1 for k, d in zip(self.k, self.d, strict=True)]

    @property
    def full(self) -> list[int]:
        """The scatter before any crop."""
        axes = zip(self.n, self.s, self.span, strict=True)
        return [(n - 1) * s + span for n, s, span in axes]


class Dice:
    """A random stream with the choices that every driver makes."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def chance(self, share: float) -> bool:
        """True this often."""
        return self._random.random() < share

    def choose(self, *items: Item) -> Item:
        """One of them; name an item twice to make it twice as likely."""
        return items[self._random.randrange(len(items))]

    def between(self, low: int, high: int) -> int:
        """From low to high, both included; low where high is smaller."""
        return self._random.randint(low, max(low, high))

    def geometry(self, rank: int | None = None, dilated: float = 0.3) -> Geometry:
        """Small numbers, size 1 and kernels below the stride among them."""
        rank = rank or self.choose(1, 1, 1, 2, 2, 3)
        most = {1: 9, 2: 6, 3: 3}[rank]
        alike = self.chance(0.5)  # as most layers are
        return Geometry(
            [self.choose(1, self.between(1, most), self.between(2, most)) for _ in range(rank)],
            self._per_axis(rank, 1, 5 if rank < 3 else 3, alike),
            self._per_axis(rank, 1, 4 if rank < 3 else 3, alike),
            self._per_axis(rank, 1, 3, alike) if self.chance(dilated) else [1] * rank,
        )

    def _per_axis(self, rank: int, low: int, high: int, alike: bool) -> list[int]:
        if alike:
            return [self.between(low, high)] * rank
        return [self.between(low, high) for _ in range(rank)]

    def up_to(self, most: Sequence[int]) -> list[int]:
        """One number per axis from 0 to its own largest, often the same for all."""
        if self.chance(0.5):
            return [self.between(0, min(most))] * len(most)
        return [self.between(0, largest) for largest in most]

    def form(self, values: Sequence[int]) -> Any:
        """One number where all are the same and the dice say so, else a list."""
        if len(set(values)) == 1 and self.chance(0.6):
            return values[0]
        return list(values)

    def spoil(self, values: Sequence[int], share: float, *bad: int) -> list[int]:
        """The values, this often with one of them replaced by a bad one."""
        changed = list(values)
        if self.chance(share):
            changed[self.between(0, len(changed) - 1)] = self.choose(*bad)
        return changed

    def batch(self) -> int:
        """1 as a rule, now and then none at all."""
        return self.choose(1, 1, 1, 1, 1, 1, 2, 2, 3, 0)

    def channels(self, groups: int = 1) -> tuple[int, int]:
        """(in, out), both multiples of the groups."""
        return groups * self.between(1, 3), groups * self.between(1, 3)

    def groups(self) -> int:
        """1 as a rule."""
        return self.choose(1, 1, 1, 2, 3)
