"""A size that stands for a whole run of sizes, so that one walk answers for all of them.

On the run n = first + period*i, i = 0, 1, 2 ..., every size in a network is value + growth*i for
as long as every branch on the way is decided alike. So sizes are computed as pairs (value at
i = 0, growth), in the manner of automatic differentiation:

* sums, differences and multiples of such pairs are such pairs;
* a floor by d is exact where d divides the growth; where it does not, `Split` gives the number of
  runs of a longer period that this run has to be split into;
* a comparison is answered for i = 0, and the run is cut before the first i whose answer differs.

The result is exact, not an estimate: for each i left in the run, a walk with the number itself
takes the same branches and gives value + growth*i.

Runs rather than letters (`Linear`): a letter answers for every sufficiently large value, which
is right for a formula but says nothing about small sizes, and it refuses a floor that a class of
remainders would make exact. Runs cover every size from 1 on.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import Any

from deconvcli.common.errors import NotLinear
from deconvcli.layers.axis import Linear, Size


class Split(Exception):
    """Raised by a floor that is not exact on a run: the run has to be split into `parts` runs."""

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
        """The size that stands for the whole run."""
        return GrowingSize(self, self.period, self.first)

    def cut_after(self, last: int | None) -> None:
        """Cut the run after the step `last`; None leaves it as it is."""
        if last is not None:
            self.last = last if self.last is None else min(self.last, last)

    def split(self, count: int) -> Iterator[SizeRun]:
        """Yield runs of a longer period that together have the same sizes."""
        period = self.period
        return (SizeRun(self.first + period * place, period * count) for place in range(count))

    def lowest_from(self, least: int) -> int:
        """Return the smallest size of `least` or more that lies whole periods below the first."""
        return self.first - (self.first - least) // self.period * self.period

    def cut_off(self) -> list[SizeRun]:
        """Return the run of the sizes that were cut off, if any were."""
        if self.last is None:
            return []
        return [SizeRun(self.first + self.period * (self.last + 1), self.period)]


class GrowingSize(Linear):
    """offset + factor*i on a run. A comparison may cut that run: it is the answer's price."""

    __slots__ = ("run",)

    def __init__(self, run: SizeRun, factor: int, offset: int) -> None:
        # Without the base's __init__: no object is created as often as these.
        self.letter, self.factor, self.offset, self.run = "i", factor, offset, run

    def _with(self, factor: int, offset: int) -> Size:
        return GrowingSize(self.run, factor, offset) if factor else offset

    def __floordiv__(self, other: int) -> Size:
        if self.factor % other:
            raise Split(other // gcd(self.factor, other))
        return self._with(self.factor // other, self.offset // other)

    def __mod__(self, other: int) -> Size:
        # Through the floor, so that a remainder that changes along the run splits it.
        return self - self // other * other

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (int, GrowingSize)):
            if isinstance(other, AnySize):
                return other == self
            if isinstance(other, Linear):
                raise make_meeting_error(other.letter)
            return NotImplemented
        difference = self - other
        if isinstance(difference, int):
            return difference == 0
        step, remainder = divmod(-difference.offset, difference.factor)
        # Two growing sizes meet at one step at most. Where that is the first step, the answer is
        # "equal" for this step alone; else it is "unequal" until the step before.
        if remainder == 0 and step >= 0:
            self.run.cut_after(max(0, step - 1))
        return difference.offset == 0

    def __le__(self, other: Size) -> bool:
        return other >= self if isinstance(other, AnySize) else super().__le__(other)

    def _combine_letters(self, other: Linear) -> Size:
        if isinstance(other, AnySize):
            return other + self
        raise make_meeting_error(other.letter)

    # A comparison has a side effect, so no dictionary may compare these: look up `_as_key` of them.
    __hash__ = None  # type: ignore[assignment]

    def _is_negative(self, difference: Size) -> bool:
        if isinstance(difference, int):
            return difference < 0
        # A linear function changes its sign once at most; the run ends just before that.
        value, growth = difference.offset, difference.factor
        if value < 0 < growth:
            self.run.cut_after((-value - 1) // growth)
        elif growth < 0 <= value:
            self.run.cut_after(value // -growth)
        return value < 0


class AnySize(Linear):
    """The size of an axis that is not under study: every condition on it holds.

    It is as large as required, equal to whatever it is compared with, and arithmetic leaves it
    unchanged. So the axes are studied one at a time, and no other axis makes a layer fail. Where
    one letter is on two axes, as in `expect: HxH`, it meets the size under study.
    """

    def __init__(self, letter: str = "any") -> None:
        super().__init__(letter)

    def require_no_meeting(self) -> None:
        """Raise where this size must not meet the one under study."""

    def _stay_any(self, other: Any = None) -> AnySize:
        self._check_meeting(other)
        return self

    def _always(self, other: Any) -> bool:
        self._check_meeting(other)
        return True

    def _check_meeting(self, other: Any) -> None:
        if isinstance(other, GrowingSize):
            self.require_no_meeting()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _stay_any
    __floordiv__ = __mod__ = __neg__ = _stay_any
    __le__ = __ge__ = __eq__ = _always

    # `<` fails so that `size < 1` finds nothing missing; `>` holds so that a maximum picks it.
    def __lt__(self, other: Any) -> bool:
        self._check_meeting(other)
        return False

    def __gt__(self, other: Any) -> bool:
        self._check_meeting(other)
        return not isinstance(other, AnySize)

    # One hash for all, since all are equal; they are part of the keys of a memo.
    def __hash__(self) -> int:
        return 0


class OtherLetter(AnySize):
    """The size of another letter than the one under study, which it must not meet.

    Elsewhere every condition on it holds. Where the two meet, nothing is known about either.
    """

    def require_no_meeting(self) -> None:
        """Raise NotLinear: the author does not say how the two letters compare."""
        raise make_meeting_error(self.letter)


def make_meeting_error(letter: str) -> NotLinear:
    """Return the error for two sizes that no author's word connects."""
    return NotLinear(
        f"the input size under study meets {letter}, and nothing says how the two compare",
        help="write both in one letter, such as N and N-9, or give both as numbers.",
    )
