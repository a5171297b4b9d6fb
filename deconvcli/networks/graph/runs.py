"""A size that stands for a whole run of sizes, so that one walk answers for all of them.

On the run n = first + period*i, i = 0, 1, 2 ..., every size in a network is value + growth*i for
as long as nothing along the way is decided otherwise. So sizes are computed as pairs (value at
i = 0, growth) in the manner of automatic differentiation:

* sums, differences and multiples of such pairs are such pairs;
* a floor by d is exact where d divides the growth; where it does not, `Split` says into how many
  runs of a longer period this one has to be taken apart;
* a comparison is answered for i = 0, and the run is cut before the first i whose answer differs.

What comes out is therefore no estimate: for each i of what is left of the run, a walk with the
number itself takes the same branches and gives value + growth*i.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import Any

from deconvcli.layers.axis import Linear, Size


class Split(Exception):
    """A floor that is not exact on this run: it has to be taken apart into `parts` runs."""

    def __init__(self, parts: int) -> None:
        super().__init__(parts)
        self.parts = parts


class SizeRun:
    """The sizes first + period*i; last: the last i for which all answers so far hold."""

    __slots__ = ("first", "last", "period")

    def __init__(self, first: int, period: int) -> None:
        self.first = first
        self.period = period
        self.last: int | None = None

    @property
    def size(self) -> GrowingSize:
        """The size that stands for all of them."""
        return GrowingSize(self, self.period, self.first)

    def cut_after(self, last: int | None) -> None:
        """Cut the run behind the step `last`; None leaves it."""
        if last is not None:
            self.last = last if self.last is None else min(self.last, last)

    def parts(self, count: int) -> Iterator[SizeRun]:
        """The same sizes in runs of a longer period."""
        period = self.period
        return (SizeRun(self.first + period * place, period * count) for place in range(count))

    def lowest_from(self, least: int) -> int:
        """The smallest size of least or more that lies whole periods below the first."""
        return self.first - (self.first - least) // self.period * self.period

    def rest(self) -> list[SizeRun]:
        """What was cut off, if anything was."""
        return [] if self.last is None else [SizeRun(self._after(self.last), self.period)]

    def _after(self, step: int) -> int:
        return self.first + self.period * (step + 1)


class GrowingSize(Linear):
    """offset + factor*i on a run."""

    __slots__ = ("run",)

    def __init__(self, run: SizeRun, factor: int, offset: int) -> None:
        # Not by the base's: nothing is made as often as these.
        self.letter, self.factor, self.offset, self.run = "i", factor, offset, run

    def _with(self, factor: int, offset: int) -> Size:
        return GrowingSize(self.run, factor, offset) if factor else offset

    def __floordiv__(self, other: int) -> Size:
        if self.factor % other:
            raise Split(other // gcd(self.factor, other))
        return self._with(self.factor // other, self.offset // other)

    def __mod__(self, other: int) -> Size:
        return self - self // other * other

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (int, GrowingSize)):
            return NotImplemented
        difference = self - other
        if isinstance(difference, int):
            return difference == 0
        step, rest = divmod(-difference.offset, difference.factor)
        if rest == 0 and step >= 0:  # they meet at this step, and nowhere else
            self.run.cut_after(max(0, step - 1))
        return difference.offset == 0

    def __hash__(self) -> int:
        return hash((self.factor, self.offset))

    def _is_negative(self, difference: Size) -> bool:
        if isinstance(difference, int):
            return difference < 0
        value, growth = difference.offset, difference.factor
        if value < 0 < growth:
            self.run.cut_after((-value - 1) // growth)
        elif growth < 0 <= value:
            self.run.cut_after(value // -growth)
        return value < 0


class AnySize(Linear):
    """The size of an axis that nobody asks about: it stays itself, and whatever is demanded holds.

    It is as large as is wanted and equal to whatever it is compared with.
    """

    def __init__(self) -> None:
        super().__init__("unasked")

    def _itself(self, other: Any = None) -> AnySize:
        return self

    def _holds(self, other: Any) -> bool:
        return True

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __mod__ = _itself
    __neg__ = _itself
    __le__ = __ge__ = __eq__ = _holds

    def __lt__(self, other: Any) -> bool:
        return False

    def __gt__(self, other: Any) -> bool:
        return not isinstance(other, AnySize)

    def __hash__(self) -> int:
        return 0
