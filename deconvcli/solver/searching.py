"""The search for one kernel, stride and dilation: all paddings with which they have a size.

Sizes are affine: an input more is a stride more, an element of output_padding one more, an element
of padding one more or less. So each kernel and stride is read once, far from where a crop leaves
nothing, and the padding follows; what follows is then read at the question's own size, so that a
framework's refusals count. Pairs of paddings with one sum are a family, counted and never listed
unless somebody wants them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.layers.layer import Reading, Sizes
from deconvcli.solver.choices import Choice, Family
from deconvcli.solver.question import AxisBounds, Question
from deconvcli.solver.ways import Way, read_way

# Paddings of a given range that are compared when no layer has the size.
_MAX_PADDINGS = 64


class _Base(NamedTuple):
    """Outputs and crops without numbers of padding.

    beyond: what an output has beyond n*stride, by output_padding.
    """

    beyond: dict[int | None, int]
    crops: tuple[Any, Any]


class Search(NamedTuple):
    """The search for one kernel, stride, dilation and way."""

    question: Question
    n: int
    out: int
    bounds: AxisBounds
    way: Way
    kernel: int
    stride: int
    dilation: int

    @property
    def is_exact(self) -> bool:
        """Whether what is found is exact for every input."""
        return self.way.is_steady and self.out == self.n * self.stride

    @property
    def most_added(self) -> int:
        """The largest output_padding that any framework takes."""
        return max(self.stride, self.dilation) - 1

    def find(self) -> Iterator[Family]:
        """Yield the families."""
        base = self._find_base()
        if base is None:
            return
        for added, beyond in base.beyond.items():
            missing = self.out - self.n * self.stride - beyond
            for total in self._list_totals(missing):
                # A size that is requested beyond the smallest is what output_padding would be.
                more = total + missing if self.way.requests else (added or 0)
                yield from self._find_members(total, added, base.crops, more)

    def list_near(self) -> set[int]:
        """Return the sizes nearest to `out` that this kernel and stride may have."""
        base = self._find_base()
        if base is None:
            return set()
        sizes = [self.n * self.stride + beyond for beyond in base.beyond.values()]
        if not sizes:
            return set()
        near = {self.out + more for more in range(-3, 4)}
        if self.way.requests:
            # A forward layer maps `stride` consecutive sizes to one, with `same` or with `valid`.
            begins = (sizes[0], (self.n - 1) * self.stride + 1)
            first = 1 - self.stride if self.n == 1 else 0  # as in `_list_totals`
            mapped = {size + more for size in begins for more in range(first, self.stride)}
            return mapped if self.way.word else mapped | near
        if self.way.word:
            return {*sizes}
        if self.bounds.begin is not None:
            first, last = self.bounds.begin
            paddings = range(first, min(last, first + _MAX_PADDINGS) + 1)
            moved = [self.way.sign * 2 * padding for padding in paddings]
            return {size + move for size in sizes for move in moved}
        # Padding reaches every second size, or every size, from the one without any. Where it may
        # append, both ends append as much as an output_padding may, and no more.
        if self.way.is_pair:
            most = sizes[0] + sum(base.crops) + 2 * self.most_added
            return near | {*sizes} | {most - less for less in range(7)}
        largest = max(sizes)
        return {size for size in near | {*sizes} if (size - largest) * -self.way.sign <= 0}

    def _find_base(self) -> _Base | None:
        """Return what this kernel and stride make without numbers of padding; None for nothing."""
        span = self.dilation * (self.kernel - 1) + 1
        if self.way.requests:
            return _Base({None: span - self.stride}, (0, 0))
        # So many inputs that no word and no framework crops all of them away; whole strides more,
        # since to some words it matters what remains of a division by the stride.
        plenty = self.n + self.stride * (2 * span // self.stride + 64)
        added = self.list_added()
        place, first = self._read_first(plenty, added)
        if first is None:
            return None
        added, beyond = added[place:], first.numbers[0]["out"] - plenty * self.stride
        if not self.way.word or len(added) == 1:
            return _Base(
                {one: beyond + (one or 0) - (added[0] or 0) for one in added}, first.crop[0]
            )
        # A word may choose its crop so that output_padding does not change the size: wherever it
        # does change it by as much in the end, or not at all, it did so all along.
        place, last = self._read_first(plenty, added[::-1])
        assert last is not None
        added, grown = added[: len(added) - place], last.numbers[0]["out"] - first.numbers[0]["out"]
        if grown in (0, len(added) - 1):
            gain = grown > 0
            return _Base({one: beyond + gain * at for at, one in enumerate(added)}, first.crop[0])
        readings = ((one, self._read(plenty, 0, one)) for one in added)
        outs = {one: there.numbers[0]["out"] for one, there in readings if there is not None}
        return _Base({one: out - plenty * self.stride for one, out in outs.items()}, first.crop[0])

    def _read_first(self, inputs: int, added: Sequence[int | None]) -> tuple[int, Reading | None]:
        """Return the first of these output_paddings that is accepted, as a place, and the layer."""
        readings = ((place, self._read(inputs, 0, one)) for place, one in enumerate(added))
        return next((found for found in readings if found[1] is not None), (0, None))

    def list_added(self) -> list[int] | list[None]:
        """Return the numbers of output_padding to try; None where it is left out."""
        if not self.way.adds:
            return [None]
        first, last = self.bounds.output_padding or (0, self.most_added)
        return [*range(max(first, 0), min(last, self.most_added) + 1)]

    def _list_totals(self, missing: int) -> list[int]:
        """Return the sums of begin and end with which the output has the size."""
        if self.way.requests:
            # The forward layer maps `stride` consecutive sizes to one.
            if self.way.word:
                return [0]
            # Of one input some frameworks round the division the other way.
            before = self.stride - 1 if self.n == 1 else 0
            return [*range(-missing - before, -missing + self.stride)]
        if self.way.word:
            return [0] if missing == 0 else []
        return [self.way.sign * missing]

    def _find_members(
        self, total: int, added: int | None, crops: tuple[int, int], more: int
    ) -> Iterator[Family]:
        if not self.way.is_pair:
            begin, odd = divmod(total, 2)
            bent = self._find_bent(added) if self.way.bends else range(0)
            paddings = [*([] if odd or begin in bent else [begin]), *bent]
            choices = (self._choose(one, added) for one in paddings if self._allows(one, one))
            yield from (Family(found) for found in choices if found is not None)
            return
        first, last = self._limit_begin(total, more, crops)
        if first > last:
            return
        begins, smallest = self._find_legal(first, last, total, added, crops[0])
        if smallest:
            yield Family(smallest, begins, total)

    def _find_bent(self, added: int | None) -> range:
        """Return the paddings beyond the span with which the output may have the size.

        There the output still gets no larger with the padding, but not by two elements each.
        """

        def measure(padding: int) -> int:
            reading = self._read(self.n, padding, added)
            return 0 if reading is None else reading.numbers[0]["out"]

        first = self.dilation * (self.kernel - 1) + 1
        paddings = range(first, first + self.n + (added or 0) + 2)
        low = bisect_left(paddings, -self.out, key=lambda padding: -measure(padding))
        high = bisect_right(paddings, -self.out, key=lambda padding: -measure(padding))
        return paddings[low:high]

    def _allows(self, begin: int, end: int) -> bool:
        """Return whether the bounds and the dialect allow these paddings."""
        if self.way.word:
            return True
        if begin < 0 and not self.way.negative[0]:
            return False
        sides = ((begin, self.bounds.begin), (end, self.bounds.end))
        return all(side is None or side[0] <= given <= side[1] for given, side in sides)

    def _limit_begin(self, total: int, added: int, crops: tuple[int, int]) -> tuple[int, int]:
        """Return the smallest and the largest begin, by the bounds and by what a crop may append.

        Zeros beyond the reach of an output_padding are elements that no input can reach: without
        a limit for them there would be no end of pairs.
        """
        begin_range = self._limit_side(crops[0], self.way.negative[0])
        end_range = self._limit_side(crops[1], self.way.negative[1], added)
        given, also = self.bounds.begin, self.bounds.end
        firsts = [begin_range[0], total - end_range[1]] + ([given[0]] if given else [])
        lasts = [begin_range[1], total - end_range[0]] + ([given[1]] if given else [])
        if also:
            firsts.append(total - also[1])
            lasts.append(total - also[0])
        return max(firsts), min(lasts)

    def _limit_side(self, crop: int, negative: bool, added: int = 0) -> tuple[int, int]:
        """Return the paddings of one end with which it appends no more than `most_added`."""
        far = 2**40  # beyond every size
        if self.way.sign < 0:
            # crop + padding - added >= -most_added
            smallest = -self.most_added - crop + added
            return (smallest if negative else max(0, smallest)), far
        return (-far if negative else 0), crop + self.most_added - added

    def _find_legal(
        self, first: int, last: int, total: int, added: int | None, crop_begin: Any
    ) -> tuple[range, Choice | None]:
        """Return the begins from first to last that the framework takes, and the smallest's choice.

        There is no gap between them: frameworks limit each end by one number.
        """

        def choose(begin: int) -> Choice | None:
            return self._choose((begin, total - begin), added, crop_begin)

        smallest, largest = choose(first), choose(last) if last > first else None
        low, high = first, last
        if smallest is None or (largest is None and last > first):
            middle = min(max(total // 2, first), last)
            legal = first if smallest else last if largest else middle
            if not (smallest or largest or choose(legal)):
                return range(0), None
            low = first if smallest else _find_last(legal, first, choose)
            high = last if largest else _find_last(legal, last, choose)
        return range(low, high + 1), smallest or choose(low)

    def _choose(self, padding: Any, added: int | None, crop_begin: Any = 0) -> Choice | None:
        """Return the choice, if the dialect takes it and it has the size that is asked for.

        crop_begin: what is cropped at the begin of every axis without numbers of padding.
        """
        reading = self._read(self.n, padding, added)
        if reading is None or reading.numbers[0]["out"] != self.out:
            return None
        # Where a framework ignores its padding, no padding is what states the layer.
        if self.way.is_pair and reading.crop[0][0] != crop_begin - self.way.sign * padding[0]:
            return None
        return Choice(
            self.way,
            self.kernel,
            self.stride,
            self.dilation,
            None if self.way.word else padding,
            added,
            reading.layer.axes[0],
            reading.layer.circular,
        )

    def _read(self, n: int, padding: Any, added: int | None) -> Reading | None:
        rank = self.question.rank
        one = (padding, padding) if self.way.is_pair and isinstance(padding, int) else padding
        rows = _rows(self.kernel, self.stride, self.dilation, rank)
        if added is not None:
            rows["output_padding"] = (added,) * rank
        if self.way.requests:
            rows["output_size"] = (self.out,) * rank
        with suppress(DeconvError):
            return read_way(
                self.question.dialect,
                self.way,
                Sizes((n,) * rank),
                rows,
                (one,) * rank,
                self.question.roles,
            )
        return None


def _rows(kernel: int, stride: int, dilation: int, rank: int) -> dict[str, tuple[int, ...]]:
    return {"kernel": (kernel,) * rank, "stride": (stride,) * rank, "dilation": (dilation,) * rank}


def _find_last(good: int, bad: int, choose: Callable[[int], Choice | None]) -> int:
    """Return the last legal number on the way from a good one to a bad one."""
    while abs(good - bad) > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if choose(middle) else (good, middle)
    return good
