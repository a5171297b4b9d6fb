"""A set of sizes that becomes periodic: `n = 16m + 12, n >= 188`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import lcm
from typing import NamedTuple

# Classes or single progressions shown before the text is cut short.
MAX_SHOWN = 6
# So few sizes with gaps between them are listed one by one.
MAX_LISTED = 3
# Finite progressions are merged size by size; beyond this many sizes they are only sorted.
MAX_MERGED_SIZES = 4096


class Progression(NamedTuple):
    """The sizes first, first + step, ... up to last; without end where last is None."""

    first: int
    step: int = 1
    last: int | None = None

    def __str__(self) -> str:
        if self.last == self.first:
            return str(self.first)
        step = f" in steps of {self.step}" if self.step > 1 else ""
        end = "on" if self.last is None else f"to {self.last}"
        return f"{self.first} {end}{step}"

    @property
    def texts(self) -> list[str]:
        """Each size where they are few with gaps between them; else the progression."""
        if self.last is not None and self.step > 1:
            sizes = range(self.first, self.last + 1, self.step)
            if len(sizes) <= MAX_LISTED:
                return [str(size) for size in sizes]
        return [str(self)]

    def contains(self, n: int) -> bool:
        """Whether n is one of the sizes."""
        within = self.first <= n and (self.last is None or n <= self.last)
        return within and (n - self.first) % self.step == 0

    def at_most(self, n: int) -> int | None:
        """Return the largest size that is n or less."""
        top = n if self.last is None else min(n, self.last)
        return top - (top - self.first) % self.step if top >= self.first else None

    def at_least(self, n: int) -> int | None:
        """Return the smallest size that is n or more."""
        found = self.first + max(0, -(-(n - self.first) // self.step)) * self.step
        return found if self.last is None or found <= self.last else None


class SizeSet(NamedTuple):
    """From `start` on the sizes n with n % period in residues, and those in `besides`.

    residues: sorted; empty where only finitely many sizes work. start: itself such a size.
    """

    period: int
    residues: tuple[int, ...]
    start: int
    besides: tuple[Progression, ...] = ()

    def text(self, letter: str = "n") -> str:
        """Return `n = 16m + 12, n >= 188`, `every n >= 5` or `no n`."""
        parts = [self._periodic_text(letter)] if self.residues else []
        if self.besides:
            texts = [text for one in self.besides for text in one.texts]
            *first, last = texts[:MAX_SHOWN]
            if len(texts) > MAX_SHOWN:
                listed = f"{', '.join([*first, last])} ..."
            else:
                listed = f"{', '.join(first)} and {last}" if first else last
            parts.append(f"{letter} = {listed}")
        return "; also ".join(parts) or f"no {letter}"

    def _periodic_text(self, letter: str) -> str:
        if self.period == 1:
            return f"every {letter} >= {self.start}" if self.start > 1 else f"every {letter}"
        if len(self.residues) > MAX_SHOWN:
            classes = f"{letter} with one of {len(self.residues)} remainders modulo {self.period}"
        else:
            texts = (f"{self.period}m + {r}" if r else f"{self.period}m" for r in self.residues)
            classes = f"{letter} = {' or '.join(texts)}"
        return f"{classes}, {letter} >= {self.start}"

    @property
    def progressions(self) -> list[Progression]:
        """All sizes as progressions, in no particular order."""
        ahead = ((residue - self.start) % self.period for residue in self.residues)
        return [*self.besides, *(Progression(self.start + step, self.period) for step in ahead)]

    def contains(self, n: int) -> bool:
        """Whether the size n works."""
        return any(progression.contains(n) for progression in self.progressions)

    def is_periodic_at(self, n: int) -> bool:
        """Whether n works, and with it all sizes whole periods above it."""
        return n >= self.start and n % self.period in self.residues

    def at_most(self, n: int) -> int | None:
        """Return the largest working size that is n or less; None where there is none."""
        found = (progression.at_most(n) for progression in self.progressions)
        return max((size for size in found if size is not None), default=None)

    def at_least(self, n: int) -> int | None:
        """Return the smallest working size that is n or more; None where there is none."""
        found = (progression.at_least(n) for progression in self.progressions)
        return min((size for size in found if size is not None), default=None)


def build_size_set(working: Sequence[Progression]) -> SizeSet:
    """Return the shortest set for progressions that do not overlap, each as long as possible."""
    endless = [found for found in working if found.last is None]
    finite = [found for found in working if found.last is not None]
    if not endless:
        return SizeSet(1, (), 0, merge_progressions(finite))
    period, residues = _shorten(endless)
    # The element before an endless progression is the last of its class that does not work.
    failed = max(0, *(found.first - found.step for found in endless))
    start = failed + 1 + min((residue - failed - 1) % period for residue in residues)
    early = [found._replace(last=found.at_most(start - 1)) for found in endless]
    finite += [found for found in early if found.last is not None]
    return SizeSet(period, tuple(sorted(residues)), start, merge_progressions(finite))


def _shorten(endless: Sequence[Progression]) -> tuple[int, set[int]]:
    """Return (period, residues) of the endless progressions, with the shortest period."""
    period = lcm(*(found.step for found in endless))
    residues = {
        (found.first + ahead) % period
        for found in endless
        for ahead in range(0, period, found.step)
    }
    # The periods of a set are the multiples of its shortest one, so it is enough to divide by
    # one prime after the other for as long as the residues repeat.
    for factor in _prime_factors(period):
        shorter = period // factor
        if all((residue + shorter) % period in residues for residue in residues):
            period, residues = shorter, {residue % shorter for residue in residues}
    return period, residues


def _prime_factors(number: int) -> Iterator[int]:
    """Yield the prime factors, each as often as it divides."""
    factor = 2
    while factor * factor <= number:
        while number % factor == 0:
            yield factor
            number //= factor
        factor += 1
    if number > 1:
        yield number


def merge_progressions(finite: Sequence[Progression]) -> tuple[Progression, ...]:
    """Return the same sizes in fewer progressions, where they are few enough to be merged."""
    ranges = [range(each.first, (each.last or each.first) + 1, each.step) for each in finite]
    if sum(map(len, ranges)) > MAX_MERGED_SIZES:
        return tuple(sorted(finite))
    merged: list[Progression] = []
    for size in sorted(size for sizes in ranges for size in sizes):
        merged = _append(merged, size)
    return tuple(merged)


def _append(found: list[Progression], size: int) -> list[Progression]:
    """Add a size larger than all others: to the last progression, or on its own."""
    if found:
        last = found[-1]
        end = last.first if last.last is None else last.last
        step = size - end if end == last.first else last.step
        if size - end == step:
            return [*found[:-1], Progression(last.first, step, size)]
    return [*found, Progression(size, 1, size)]
