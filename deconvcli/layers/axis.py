"""One spatial axis in canonical form, a full scatter and a crop; sizes are numbers or symbols."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from deconvcli.common.errors import NotLinear, UsageError
from deconvcli.common.values import per_axis


class Linear:
    """The symbolic size factor * letter + offset.

    Comparisons hold for every sufficiently large value of the letter, as formulas need them:
    `max(2N - 2, 0)` is `2N - 2`. The smallest value for which an output exists is a separate
    question, which `Axis.smallest_input` answers.

    Two letters are two unknown sizes: they have no common formula and no order, so every sum and
    comparison of them raises NotLinear. Only `==` has an answer: the formulas are not the same.
    """

    __slots__ = ("factor", "letter", "offset")

    def __init__(self, letter: str, factor: int = 1, offset: int = 0) -> None:
        self.letter = letter
        self.factor = factor
        self.offset = offset

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how pickle and copy rebuild it; old protocols do not support slots."""
        return object.__new__, (type(self),), self.__getstate__()

    def _with(self, factor: int, offset: int) -> Size:
        """Return a size of the same letter; a plain number if the letter cancels."""
        return linear(self.letter, factor, offset)

    def __add__(self, other: Size) -> Size:
        if isinstance(other, int):
            return self._with(self.factor, self.offset + other)
        if self.letter != other.letter:
            return self._combine_letters(other)
        return self._with(self.factor + other.factor, self.offset + other.offset)

    __radd__ = __add__

    def __neg__(self) -> Size:
        return self._with(-self.factor, -self.offset)

    def __sub__(self, other: Size) -> Size:
        # Before the negation, so that the message shows the size as it is.
        if not isinstance(other, int) and self.letter != other.letter:
            return self._combine_letters(other)
        return self + (-other)

    def __rsub__(self, other: int) -> Size:
        return -self + other

    def _combine_letters(self, other: Linear) -> Size:
        """Refuse a sum or comparison with another letter."""
        raise NotLinear(
            f"{self} and {other} are sizes in different letters, which cannot be added or compared",
            help="write both in one letter if they are meant to be equal, or give one as a number.",
        )

    def __mul__(self, other: Size) -> Size:
        if isinstance(other, Linear):
            raise NotLinear(
                f"({self}) * ({other}) has no single formula in {self.letter}",
                help="give all but one of the sizes as numbers.",
            )
        return self._with(self.factor * other, self.offset * other)

    __rmul__ = __mul__

    def __floordiv__(self, other: int) -> Size:
        if self.factor % other:
            raise NotLinear(
                f"({self}) // {other} has no single formula in {self.letter}",
                help="give the input size as a number.",
            )
        return self._with(self.factor // other, self.offset // other)

    def __mod__(self, other: int) -> Size:
        if self.factor % other:
            raise NotLinear(
                f"({self}) % {other} has no single value for all {self.letter}",
                help="give the input size as a number.",
            )
        return self.offset % other

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Linear):
            # A formula with a letter in it is a given number for one value of the letter at most.
            return False
        return (self.letter, self.factor, self.offset) == (other.letter, other.factor, other.offset)

    def __hash__(self) -> int:
        return hash((self.letter, self.factor, self.offset))

    def _is_negative(self, difference: Size) -> bool:
        """Return whether it is negative for every large enough value of the letter."""
        return (difference if isinstance(difference, int) else difference.factor) < 0

    def __lt__(self, other: Size) -> bool:
        return self._is_negative(self - other)

    def __le__(self, other: Size) -> bool:
        # Sizes are integers, so a <= b is a - b - 1 < 0, which `_is_negative` can answer.
        return self._is_negative(self - other - 1)

    def __gt__(self, other: Size) -> bool:
        return self._is_negative(other - self)

    def __ge__(self, other: Size) -> bool:
        return not self._is_negative(self - other)

    def __repr__(self) -> str:
        return f"Linear({self.letter!r}, {self.factor}, {self.offset})"

    def __str__(self) -> str:
        head = {1: "", -1: "-"}.get(self.factor, str(self.factor)) + self.letter
        return head if not self.offset else f"{head}{self.offset:+d}"

    @property
    def code(self) -> str:
        """The size as an expression of a program: `2*N - 1`."""
        head = {1: "", -1: "-"}.get(self.factor, f"{self.factor}*") + self.letter
        return head if not self.offset else f"{head} {'-+'[self.offset > 0]} {abs(self.offset)}"


Size = int | Linear


class OpenShape(tuple[Size, ...]):
    """Sizes that were written with `None` for an open one, which not every framework does."""

    __slots__ = ()


def linear(letter: str, factor: int, offset: int) -> Size:
    """Return the size factor * letter + offset; a plain number if the factor is 0."""
    return Linear(letter, factor, offset) if factor else offset


def has_zero(sizes: Iterable[Size]) -> bool:
    """Return whether one of the sizes is 0, for whatever it stands."""
    # Both: a size that is left open is equal to everything, and yet not below 1.
    for size in sizes:  # noqa: SIM110 -- a generator in any() would take twice the time
        if size == 0 and size < 1:
            return True
    return False


def read_sizes(value: Any, rank: int, name: str) -> tuple[Size, ...]:
    """Return one size per axis, numbers or symbols, from one size or a sequence of `rank` of them.

    Raises:
        UsageError: anything else, or an integer beyond int64.
    """
    listed = list(value) if isinstance(value, (list, tuple)) else [value] * rank
    for size in listed:  # a generator in any() would take twice the time
        if isinstance(size, Linear):
            break
    else:
        return per_axis(value, rank, name)
    numbers = [1 if isinstance(size, Linear) else size for size in listed]
    if len(listed) != rank:
        raise UsageError(
            f"{name} has {len(listed)} sizes, the layer {rank} axes",
            help=f"give one size, or {rank}.",
            code="bad-value",
        )
    # Only to refuse what is neither a letter nor an integer.
    per_axis(numbers, rank, name)
    return tuple(listed)


class Axis(NamedTuple):
    """One spatial axis: out = full[crop_begin : full_size - crop_end].

    full[o] = sum over i*stride + j*dilation = o of x[i] * w[j]. Both crops may be negative:
    then zeros are appended (a kernel shorter than the stride, output_padding).

    Source: Dumoulin & Visin 2016 (arXiv 1603.07285), section 4.
    """

    kernel: int
    stride: int = 1
    dilation: int = 1
    crop_begin: Size = 0
    crop_end: Size = 0

    @property
    def span(self) -> int:
        """The number of elements from the first to the last tap of the dilated kernel."""
        return self.dilation * (self.kernel - 1) + 1

    def full_size(self, n: Size) -> Size:
        """Return the number of elements that n inputs scatter over, before the crop."""
        return (n - 1) * self.stride + self.span

    def output_size(self, n: Size) -> Size:
        """Return the number of elements after the crop; zero or less if nothing remains."""
        return self.full_size(n) - self.crop_begin - self.crop_end

    def smallest_input(self) -> Size:
        """Return the smallest n whose output has at least one element."""
        missing = self.crop_begin + self.crop_end + 1 - self.span
        # Rounded up: each further input adds `stride` outputs.
        return max(1, 1 - (-missing) // self.stride)

    def unroll(self, n: int) -> tuple[Axis, int, int]:
        """Return (axis, before, after): this circular axis as a plain one on a repeated input.

        If the output has period n*stride, the input has period n. With `before` and `after` more
        inputs, copied from the opposite ends, no sums of ends are needed afterwards.
        """
        crop_begin, crop_end, out = self.crop_begin, self.crop_end, self.output_size(n)
        assert isinstance(crop_begin, int)
        assert isinstance(crop_end, int)
        assert isinstance(out, int)
        # Output 0 reads back to its tap at span - 1; the last output, up to its tap 0.
        before = max(0, (self.span - 1 - crop_begin) // self.stride)
        after = max(0, (out - 1 + crop_begin) // self.stride - (n - 1))
        begin, end = crop_begin + before * self.stride, crop_end + after * self.stride
        return self._replace(crop_begin=begin, crop_end=end), before, after

    def useful_products(self, n: Size) -> Size:
        """Return the number of (input, tap) pairs that reach an element the crop keeps.

        For a symbol, this holds for every n so large that the two ends do not meet: each further
        input then adds `kernel` pairs.
        """
        crop_begin, crop_end = self.crop_begin, self.crop_end
        if isinstance(crop_begin, Linear) or isinstance(crop_end, Linear):
            raise NotLinear(
                f"the products that survive a crop of {crop_begin} and {crop_end} have no single"
                " formula",
                help="give the sizes as numbers.",
            )
        if isinstance(n, Linear):
            enough = (self.span + abs(crop_begin) + abs(crop_end)) // self.stride + 2
            return n * self.kernel + (self.useful_products(enough) - enough * self.kernel)
        end = self.full_size(n) - crop_end
        assert isinstance(end, int)  # of a number of inputs
        return max(0, self._products_before(n, end) - self._products_before(n, crop_begin))

    def _products_before(self, n: int, end: int) -> int:
        """Return the number of pairs with i*stride + j*dilation < end, i < n and j < kernel."""
        if self.dilation == 0:  # every tap is on one element
            return self.kernel * min(n, max(0, -(-end // self.stride)))
        # Tap j meets ceil((end - j*dilation) / stride) inputs, clamped to [0, n].
        all_meet = min(self.kernel, max(0, (end - 1 - (n - 1) * self.stride) // self.dilation + 1))
        some_meet = min(self.kernel, max(0, (end - 1) // self.dilation + 1))
        count = max(0, some_meet - all_meet)
        # From the last such tap backwards, the numerators grow by the dilation at each step.
        first = end - (some_meet - 1) * self.dilation + self.stride - 1
        return n * all_meet + floor_sum(count, self.stride, self.dilation, first)


def floor_sum(count: int, divisor: int, step: int, first: int) -> int:
    """Return the sum of (first + step*i) // divisor for i in [0, count), in logarithmic time.

    Source: Graham, Knuth & Patashnik, Concrete Mathematics, 2nd ed., section 3.5 (the Euclidean
    exchange of axes for lattice points under a line).
    """
    total = 0
    while count > 0:
        total += (first // divisor) * count + (step // divisor) * (count * (count - 1) // 2)
        first, step = first % divisor, step % divisor
        height = step * count + first
        if height < divisor:
            break
        count, first = divmod(height, divisor)
        divisor, step = step, divisor
    return total
