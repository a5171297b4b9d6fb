"""Random choices shared by all drivers: small and mostly legal numbers, with a few bad ones."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple, TypeVar

Item = TypeVar("Item")


class Geometry(NamedTuple):
    """The sizes of each axis; n: input, k: kernel, s: stride, d: dilation."""

    n: list[int]
    k: list[int]
    s: list[int]
    d: list[int]

    @property
    def rank(self) -> int:
        """Return the number of spatial axes."""
        return len(self.n)

    @property
    def span(self) -> list[int]:
        """Return the extent of the dilated kernel on each axis."""
        return [d * (k - 1) + 1 for k, d in zip(self.k, self.d, strict=True)]

    @property
    def full(self) -> list[int]:
        """Return the size of the full scatter, before any crop, on each axis."""
        axes = zip(self.n, self.s, self.span, strict=True)
        return [(n - 1) * s + span for n, s, span in axes]


class Dice:
    """A random stream, read in a fixed order: tables and reports name layers by seed and number."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def chance(self, share: float) -> bool:
        """Return True with this probability."""
        return self._random.random() < share

    def choose(self, *items: Item) -> Item:
        """Return one of the items; an item given twice is twice as likely."""
        return items[self._random.randrange(len(items))]

    def between(self, low: int, high: int) -> int:
        """Return an integer from low to high, both included; low if high is smaller."""
        return self._random.randint(low, max(low, high))

    def geometry(self, rank: int | None = None, dilated: float = 0.3) -> Geometry:
        """Return small sizes, inputs of size 1 and kernels shorter than the stride included."""
        rank = rank or self.choose(1, 1, 1, 2, 2, 3)
        most = {1: 9, 2: 6, 3: 3}[rank]
        # Most layers have the same kernel and stride on every axis.
        alike = self.chance(0.5)
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
        """Return a number from 0 to each maximum, often the same for all axes."""
        if self.chance(0.5):
            return [self.between(0, min(most))] * len(most)
        return [self.between(0, largest) for largest in most]

    def form(self, values: Sequence[int]) -> Any:
        """Return a list, or sometimes one number if all are equal."""
        if len(set(values)) == 1 and self.chance(0.6):
            return values[0]
        return list(values)

    def spoil(self, values: Sequence[int], share: float, *bad: int) -> list[int]:
        """Return the values, with this probability one of them replaced by a bad one."""
        changed = list(values)
        if self.chance(share):
            changed[self.between(0, len(changed) - 1)] = self.choose(*bad)
        return changed

    def batch(self) -> int:
        """Return a batch size: mostly 1, sometimes 0."""
        return self.choose(1, 1, 1, 1, 1, 1, 2, 2, 3, 0)

    def channels(self, groups: int = 1) -> tuple[int, int]:
        """Return the numbers of input and output channels, both multiples of the groups."""
        return groups * self.between(1, 3), groups * self.between(1, 3)

    def groups(self) -> int:
        """Return a number of groups, mostly 1."""
        return self.choose(1, 1, 1, 2, 3)
