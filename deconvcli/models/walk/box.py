"""Sizes that stand for whole runs of sizes, one run for each open axis of the inputs.

Along one axis it is what `networks.graph.runs` does: on first + period*i a size is a formula in i
as long as every branch is decided alike. Here several axes are open at once, so a size is a
polynomial in one i for each letter: 2*i_H + 8, or i_H*i_W where axes were put together. Floors
split a run and comparisons cut it, as there. Two letters are never compared: what their order
decides is unknown, unless all terms have one sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm, prod
from typing import Any, TypeAlias

from deconvcli.common.errors import NotLinear
from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph.runs import SizeRun, Split

MAX_TERMS = 32
# Steps at which no runtime has memory left: a comparison with 2**31 - 1 does not cut a run.
MAX_STEP = 2**28

Box: TypeAlias = Mapping[str, SizeRun]
"""The run of each letter."""
_Terms: TypeAlias = dict[tuple[str, ...], int]


class LetterSplit(Split):
    """Raised by a floor that is not exact: the run of one letter has to be split."""

    def __init__(self, parts: int, letter: str) -> None:
        super().__init__(parts)
        self.letter = letter


class LetterAdvance(Exception):
    """Raised by a comparison that is decided alike from a later step of a letter on."""

    def __init__(self, letter: str, steps: int) -> None:
        super().__init__(letter)
        self.letter = letter
        self.steps = steps


class BoxSize(Linear):
    """offset + a number times the steps of each letter, and times products of such steps."""

    __slots__ = ("box", "terms")

    def __init__(self, box: Box, terms: _Terms, offset: int) -> None:
        # Without the base's __init__: these are created as often as there are sizes.
        self.box, self.terms, self.offset = box, terms, offset
        first = next(iter(terms))
        self.letter, self.factor = "*".join(first), terms[first]

    def _make(self, terms: _Terms, offset: int) -> Size:
        left = {letters: factor for letters, factor in terms.items() if factor}
        if len(left) > MAX_TERMS:
            raise _refuse(self)
        return BoxSize(self.box, left, offset) if left else offset

    @property
    def letters(self) -> set[str]:
        """The letters on which the size depends."""
        return {letter for letters in self.terms for letter in letters}

    def is_same(self, other: BoxSize) -> bool:
        """Return whether both are one formula; unlike a comparison, it restricts no run."""
        return self.offset == other.offset and self.terms == other.terms

    def at(self, steps: Mapping[str, int]) -> int:
        """Return the number that it is at these steps of its letters."""
        products = [
            factor * prod(steps[letter] for letter in letters)
            for letters, factor in self.terms.items()
        ]
        return self.offset + sum(products)

    def __add__(self, other: Any) -> Size:
        if type(other) is int:
            return BoxSize(self.box, self.terms, self.offset + other)
        if isinstance(other, BoxSize):
            terms = dict(self.terms)
            for letters, factor in other.terms.items():
                terms[letters] = terms.get(letters, 0) + factor
            return self._make(terms, self.offset + other.offset)
        return self._make(self.terms, self.offset + _read_whole(other, self))

    __radd__ = __add__

    def __neg__(self) -> Size:
        terms = {letters: -factor for letters, factor in self.terms.items()}
        return BoxSize(self.box, terms, -self.offset)

    def __sub__(self, other: Any) -> Size:
        found: Size = self + -other
        return found

    def __rsub__(self, other: Any) -> Size:
        found: Size = -self + other
        return found

    def __mul__(self, other: Any) -> Size:
        if isinstance(other, BoxSize):
            terms: _Terms = {}
            for one, factor in [*self.terms.items(), ((), self.offset)]:
                for two, other_factor in [*other.terms.items(), ((), other.offset)]:
                    letters = tuple(sorted(one + two))
                    terms[letters] = terms.get(letters, 0) + factor * other_factor
            return self._make(terms, terms.pop((), 0))
        if isinstance(other, float) and not other.is_integer():
            share = Fraction(other)
            # A float of 32 bits with more digits is rounded where it is multiplied.
            if share.denominator > 2**10:
                raise _refuse(self)
            if self.offset * share.numerator % share.denominator:
                self._require_divisible(share.denominator)
                raise _refuse(self)
            scaled: Size = self * share.numerator
            return scaled // share.denominator
        number = _read_whole(other, self)
        terms = {letters: factor * number for letters, factor in self.terms.items()}
        return self._make(terms, self.offset * number)

    __rmul__ = __mul__

    def _require_divisible(self, number: int) -> None:
        """Split the run of a letter whose steps the number does not divide."""
        for letters, factor in self.terms.items():
            if factor % number:
                raise LetterSplit(number // gcd(factor, number), letters[0])

    def __floordiv__(self, other: Any) -> Size:
        if isinstance(other, BoxSize):
            return self._divide_by(other)
        number = _read_whole(other, self)
        if number == 0:
            raise _refuse(self)
        self._require_divisible(abs(number))
        terms = {letters: factor // number for letters, factor in self.terms.items()}
        return self._make(terms, self.offset // number)

    def _divide_by(self, other: BoxSize) -> Size:
        """Return the quotient by another size, if it is the same for all steps."""
        letters, factor = next(iter(other.terms.items()))
        quotient, remainder = divmod(self.terms.get(letters, 0), factor)
        if remainder == 0 and _is_nothing(self - other * quotient):
            return quotient
        if self < other:
            return 0
        raise _refuse(self)

    def __rfloordiv__(self, other: Any) -> Size:
        # A number by a larger size.
        if _read_whole(other, self) >= 0 and self > other:
            return 0
        raise _refuse(self)

    def __truediv__(self, other: Any) -> Size:
        number = _read_whole(other, self)
        if number == 0:
            raise _refuse(self)
        self._require_divisible(abs(number))
        if self.offset % number:
            raise _refuse(self)
        return self // int(number)

    def __mod__(self, other: Any) -> Size:
        # Through the floor, so that a remainder that changes along the run splits it.
        found: Size = self - self // other * other
        return found

    def __rmod__(self, other: Any) -> Size:
        return other - other // self * self  # type: ignore[no-any-return]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, int | float | BoxSize):
            return NotImplemented
        # Most sizes that are compared have one formula.
        if isinstance(other, BoxSize) and self.is_same(other):
            return True
        difference = self - other
        if isinstance(difference, int):
            return difference == 0
        assert isinstance(difference, BoxSize)
        value, factors = difference.offset, difference.terms.values()
        letter = difference._only_letter()
        if letter is not None:
            step, remainder = divmod(-value, difference.factor)
            # The two meet at one step at most: until then they differ, or only there they do not.
            if remainder == 0 and 0 <= step <= MAX_STEP:
                self.box[letter].cut_after(max(0, step - 1))
            return value == 0
        if value and all(factor * value > 0 for factor in factors):
            return False
        raise _refuse(self)

    __hash__ = None  # type: ignore[assignment]

    def _only_letter(self) -> str | None:
        """Return the letter of which it is a linear function; None for any other function."""
        [letters, *others] = self.terms
        return letters[0] if not others and len(letters) == 1 else None

    def _combine_letters(self, other: Linear) -> Size:
        raise _refuse(self)

    def _is_negative(self, difference: Size) -> bool:
        if isinstance(difference, int):
            return difference < 0
        assert isinstance(difference, BoxSize)
        value, factors = difference.offset, difference.terms.values()
        letter = difference._only_letter()
        if letter is not None:
            growth = difference.factor
            last = None
            # A linear function changes its sign once at most; the run ends just before that.
            if value < 0 < growth:
                last = (-value - 1) // growth
            elif growth < 0 <= value:
                last = value // -growth
            if last is not None and last <= MAX_STEP:
                self.box[letter].cut_after(last)
            return value < 0
        if value >= 0 and all(factor > 0 for factor in factors):
            return False
        if value < 0 and all(factor < 0 for factor in factors):
            return True
        if all((factor > 0) != (value >= 0) for factor in factors):
            letters, factor = next(iter(difference.terms.items()))
            steps = abs(value) // abs(factor) + 1
            if steps <= MAX_STEP:
                raise LetterAdvance(letters[0], steps)
        raise _refuse(self)

    def __lt__(self, other: Any) -> bool:
        return self._is_negative(self - other)

    def __le__(self, other: Any) -> bool:
        return self._is_negative(self - other - 1)

    def __gt__(self, other: Any) -> bool:
        return self._is_negative(-(self - other))

    def __ge__(self, other: Any) -> bool:
        return not self._is_negative(self - other)

    def __str__(self) -> str:
        """Return the formula in the letters themselves, which stand for first + period*i."""
        return _write_formula(self)

    __repr__ = __str__


def _refuse(size: BoxSize) -> NotLinear:
    return NotLinear(
        f"what depends on {', '.join(sorted(size.letters))} has no formula here",
        help="give the sizes as numbers.",
    )


def _read_whole(number: Any, size: BoxSize) -> int:
    """Return a whole number, which may be a float.

    Raises:
        NotLinear: it has a fraction.
    """
    if isinstance(number, float):
        if not number.is_integer():
            raise _refuse(size)
        return int(number)
    return int(number)


def _is_nothing(size: Size) -> bool:
    return isinstance(size, int) and size == 0


def open_box(letters: Sequence[str]) -> dict[str, SizeRun]:
    """Return a run of all sizes for each letter."""
    return {letter: SizeRun(1, 1) for letter in letters}


def make_size(box: Box, letter: str) -> Size:
    """Return the size that stands for all sizes of a letter's run; one of period 0 has one."""
    run = box[letter]
    if run.period == 0:
        return run.first
    return BoxSize(box, {(letter,): run.period}, run.first)


def find_steps(box: Box, least: int) -> dict[str, int]:
    """Return for each letter the step of its run at which the size is `least` or more."""
    return {
        letter: max(0, -(-(least - run.first) // run.period)) if run.period else 0
        for letter, run in box.items()
    }


def find_letters(sizes: Sequence[Any]) -> set[str]:
    """Return the letters on which sizes depend."""
    return {letter for size in sizes if isinstance(size, BoxSize) for letter in size.letters}


def _write_formula(size: BoxSize) -> str:
    """Return the polynomial in the letters: i is (letter - first) / period."""
    total: dict[tuple[str, ...], Fraction] = {(): Fraction(size.offset)}
    for letters, factor in size.terms.items():
        scaled = Fraction(factor, prod(size.box[letter].period for letter in letters))
        for chosen, number in _expand(letters, size.box):
            total[chosen] = total.get(chosen, Fraction()) + scaled * number
    total = {letters: factor for letters, factor in total.items() if factor or not letters}
    divisor = 1
    for share in total.values():
        divisor = lcm(divisor, share.denominator)
    terms = sorted(total.items(), key=lambda item: (-len(item[0]), item[0]))
    texts = [_write_term(letters, int(factor * divisor)) for letters, factor in terms]
    text = "".join(filter(None, texts)).removeprefix(" + ")
    text = f"-{text[3:]}" if text.startswith(" - ") else text
    if divisor == 1:
        return text
    return f"({text})/{divisor}" if " " in text else f"{text}/{divisor}"


def _expand(letters: tuple[str, ...], box: Box) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the terms of the product of (letter - first) over the letters."""
    if not letters:
        yield (), 1
        return
    for chosen, number in _expand(letters[1:], box):
        yield tuple(sorted((letters[0], *chosen))), number
        yield chosen, -number * box[letters[0]].first


def _write_term(letters: tuple[str, ...], factor: int) -> str:
    """Return ` + 2*H`, with a number of 1 only where it stands alone."""
    if not factor:
        return ""
    number = [str(abs(factor))] if abs(factor) != 1 or not letters else []
    return (" - " if factor < 0 else " + ") + "*".join([*number, *letters])
