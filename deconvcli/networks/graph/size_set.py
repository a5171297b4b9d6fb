"""A set of sizes that becomes periodic: `n = 16m + 12, n >= 188`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import lcm
from typing import NamedTuple

MAX_SHOWN = 6


class Progression(NamedTuple):
    """first, first + step, ... up to last; without end where last is None."""

    first: int
    step: int = 1
    last: int | None = None

    def __str__(self) -> str:
        if self.last == self.first:
            return str(self.first)
        step = f" in steps of {self.step}" if self.step > 1 else ""
        end = "on" if self.last is None else f"to {self.last}"
        return f"{self.first} {end}{step}"

    def contains(self, n: int) -> bool:
        """Whether n is one of them."""
        within = self.first <= n and (self.last is None or n <= self.last)
        return within and (n - self.first) % self.step == 0

    def at_most(self, n: int) -> int | None:
        """The largest that is n or less."""
        top = n if self.last is None else min(n, self.last)
        return top - (top - self.first) % self.step if top >= self.first else None

    def at_least(self, n: int) -> int | None:
        """The smallest that is n or more."""
        found = self.first + max(0, -(-(n - self.first) // self.step)) * self.step
        return found if self.last is None or found <= self.last else None


class SizeSet(NamedTuple):
    """From `start` on the sizes n with n % period in residues, and those in `besides`.

    residues: sorted; none where only finitely many sizes work. start: itself such a size.
    """

    period: int
    residues: tuple[int, ...]
    start: int
    besides: tuple[Progression, ...] = ()

    def text(self, letter: str = "n") -> str:
        """`n = 16m + 12, n >= 188`; `every n >= 5`; `no n`."""
        said = [self._periodic(letter)] if self.residues else []
        if self.besides:
            listed = ", ".join(map(str, self.besides[:MAX_SHOWN]))
            more = " ..." if len(self.besides) > MAX_SHOWN else ""
            said.append(f"{letter} = {listed}{more}")
        return "; also ".join(said) or f"no {letter}"

    def _periodic(self, letter: str) -> str:
        if self.period == 1:
            return f"every {letter} >= {self.start}" if self.start > 1 else f"every {letter}"
        if len(self.residues) > MAX_SHOWN:
            which = f"{letter} with one of {len(self.residues)} remainders by {self.period}"
        else:
            which = f"{letter} = {' or '.join(self._class(residue) for residue in self.residues)}"
        return f"{which}, {letter} >= {self.start}"

    def _class(self, residue: int) -> str:
        return f"{self.period}m + {residue}" if residue else f"{self.period}m"

    @property
    def progressions(self) -> list[Progression]:
        """All of them, in no order."""
        ahead = ((residue - self.start) % self.period for residue in self.residues)
        return [*self.besides, *(Progression(self.start + step, self.period) for step in ahead)]

    def contains(self, n: int) -> bool:
        """Whether the size n works."""
        return any(progression.contains(n) for progression in self.progressions)

    def is_periodic_at(self, n: int) -> bool:
        """Whether n works, and so do all sizes whole periods above it."""
        return n >= self.start and n % self.period in self.residues

    def at_most(self, n: int) -> int | None:
        """The largest size that works and is n or less; None where there is none."""
        found = (progression.at_most(n) for progression in self.progressions)
        return max((size for size in found if size is not None), default=None)

    def at_least(self, n: int) -> int | None:
        """The smallest size that works and is n or more; None where there is none."""
        found = (progression.at_least(n) for progression in self.progressions)
        return min((size for size in found if size is not None), default=None)


def build_size_set(working: Sequence[Progression]) -> SizeSet:
    """The shortest rule for progressions that do not overlap, each as long as it can be."""
    endless = [found for found in working if found.last is None]
    finite = [found for found in working if found.last is not None]
    if not endless:
        return SizeSet(1, (), 0, merge_progressions(finite))
    period, residues = _shortest(endless)
    # The element before an endless progression is the last of its kind that does not work.
    failed = max(0, *(found.first - found.step for found in endless))
    start = failed + 1 + min((residue - failed - 1) % period for residue in residues)
    early = [found._replace(last=found.at_most(start - 1)) for found in endless]
    finite += [found for found in early if found.last is not None]
    return SizeSet(period, tuple(sorted(residues)), start, merge_progressions(finite))


def _shortest(endless: Sequence[Progression]) -> tuple[int, set[int]]:
    """(period, residues) of the endless progressions, the period as short as it can be."""
    period = lcm(*(found.step for found in endless))
    residues = {
        (found.first + ahead) % period
        for found in endless
        for ahead in range(0, period, found.step)
    }
    for factor in _primes(period):
        shorter = period // factor
        if all((residue + shorter) % period in residues for residue in residues):
            period, residues = shorter, {residue % shorter for residue in residues}
    return period, residues


def _primes(number: int) -> Iterator[int]:
    """Its prime factors, each as often as it divides."""
    factor = 2
    while factor * factor <= number:
        while number % factor == 0:
            yield factor
            number //= factor
        factor += 1
    if number > 1:
        yield number


MAX_LISTED_SIZES = 4096


def merge_progressions(finite: Sequence[Progression]) -> tuple[Progression, ...]:
    """The same sizes in fewer progressions, where they are few enough to be listed."""
    if sum(_count(found) for found in finite) > MAX_LISTED_SIZES:
        return tuple(sorted(finite))
    sizes = sorted(size for found in finite for size in _sizes(found))
    joined: list[Progression] = []
    for size in sizes:
        joined = _joined(joined, size)
    return tuple(joined)


def _joined(found: list[Progression], size: int) -> list[Progression]:
    """With one more size, larger than all of them: at the end of the last, or on its own."""
    if found:
        last = found[-1]
        end = last.first if last.last is None else last.last
        step = size - end if end == last.first else last.step
        if size - end == step:
            return [*found[:-1], Progression(last.first, step, size)]
    return [*found, Progression(size, 1, size)]


def _count(found: Progression) -> int:
    assert found.last is not None
    return (found.last - found.first) // found.step + 1


def _sizes(found: Progression) -> range:
    assert found.last is not None
    return range(found.first, found.last + 1, found.step)
