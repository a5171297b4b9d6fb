"""The way back of a whole layer: the inputs that have an output of a size.

A layer is a function from input sizes to a reading. Of its axes nothing is assumed but that a
larger input has no smaller output, and that what is accepted has no gaps, so that each is searched
by halves. A layer whose size is requested accepts a few inputs, next to the size divided by the
stride.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice, product
from math import prod
from typing import Any, NamedTuple

from deconvcli.common.comparison import Comparable
from deconvcli.common.errors import Refused
from deconvcli.common.values import axis_name
from deconvcli.layers.layer import Reading, require_numbers

Read = Callable[[tuple[int, ...]], Reading]

# Beyond all sizes that a framework takes.
_LARGEST = 2**62
# Inputs without an end that are listed.
_MAX_ENDLESS = 10
# A requested size maps back to an input at most so far from the size divided by the stride.
_MAX_AWAY = 1024


class AxisInputs(NamedTuple):
    """The inputs of one axis that have the output: all from `first` to `last`.

    first: None if there are none. last: None if there is no end. below, above: the nearest input
    on each side with its output, if there are none.
    """

    name: str
    output: int
    first: int | None = None
    last: int | None = None
    below: tuple[int, int] | None = None
    above: tuple[int, int] | None = None

    @property
    def number(self) -> int | None:
        """The number of inputs; None if there is no end."""
        if self.first is None:
            return 0
        return None if self.last is None else self.last - self.first + 1

    def list_inputs(self) -> Iterator[int]:
        """Yield the inputs, without an end if there is none."""
        if self.first is not None:
            yield from range(self.first, (_LARGEST if self.last is None else self.last) + 1)


class Inputs(Comparable):
    """What `find_inputs` returns: `solutions`, the smallest inputs first, and `count`, of all.

    count: None if there is no end. reason: why there are none; empty where there are.
    """

    def __init__(self, read: Read, axes: Sequence[AxisInputs], limit: int, refusal: str) -> None:
        self.axes = tuple(axes)
        counts = [axis.number for axis in axes]
        known = [count for count in counts if count is not None]
        self.count = None if len(known) < len(counts) and 0 not in known else prod(known)
        most = limit if self.count is not None else _MAX_ENDLESS
        listed = [[*islice(axis.list_inputs(), most)] for axis in axes]
        self.solutions = tuple(islice(product(*listed), limit))
        self.reason = "" if self.solutions else refusal or _explain(axes)
        self._read = read

    def __bool__(self) -> bool:
        return bool(self.solutions)

    def __getstate__(self) -> dict[str, Any]:
        """Return what pickle and copy keep: what was found, not the function that reads a layer."""
        return {**self.__dict__, "nearest": self.nearest, "_read": None}

    def _identity(self) -> tuple[Any, ...]:
        return self.axes, self.count, self.solutions, self.reason

    @cached_property
    def nearest(self) -> list[Reading]:
        """The layer at the nearest inputs on both sides, where none has the size."""
        found = []
        for side in ("below", "above") if self.reason else ():
            beside = [getattr(axis, side) if axis.first is None else None for axis in self.axes]
            sizes = [
                pair[0] if pair else axis.first
                for pair, axis in zip(beside, self.axes, strict=True)
            ]
            if any(beside) and None not in sizes:
                found.append(self._read(tuple(size for size in sizes if size is not None)))
        return found


def _explain(axes: Sequence[AxisInputs]) -> str:
    parts = []
    for axis in axes:
        if axis.first is None:
            shown = [f"{n} gives {out}" for n, out in filter(None, (axis.below, axis.above))]
            where = f"{axis.name}: " if len(axes) > 1 else ""
            parts.append(f"{where}{' and '.join(shown)}, and no input {axis.output}")
    return "; ".join(parts)


def find_inputs(read: Read, wanted: Sequence[int], limit: int = 1000) -> Inputs:
    """Return the inputs for which a layer has an output of the wanted size: all of them.

    read: the layer at an input size. wanted: one size for each axis.

    Raises:
        Refused: the framework refuses the layer at every input.
    """
    base, refusal = _find_equal(read, len(wanted)), ""
    if base is None:
        base, refusal = _find_base(read, wanted)
    axes = [
        AxisInputs(axis_name(place, len(wanted)), size)
        if refusal
        else _Axis(read, base, place).find(size)
        for place, size in enumerate(wanted)
    ]
    return Inputs(read, axes, limit, refusal)


def _find_equal(read: Read, rank: int) -> list[int] | None:
    """Return an accepted input whose sizes are all the same; None where no power of 2 is one."""
    size = 1
    while size <= _LARGEST:
        try:
            read((size,) * rank)
        except Refused:
            size *= 2
        else:
            return [size] * rank
    return None


def _find_base(read: Read, wanted: Sequence[int]) -> tuple[list[int], str]:
    """Return an accepted input of a layer whose size is requested, or why there is none."""
    sizes = [1] * len(wanted)
    for place, size in enumerate(wanted):
        axis = _Axis(read, sizes, place)
        refusal = axis.refuse(1)
        near = size // refusal.stride if refusal else 1
        accepted = next((n for n in _list_around(near) if axis.refuse(n) is None), None)
        if accepted is None:
            assert refusal is not None
            other = axis.refuse(2 * near + 7)
            # A refusal that says the same of every input is one of the layer itself.
            if other is None or other.message == refusal.message:
                raise refusal
            return sizes, (axis.refuse(max(near, 1)) or refusal).message
        sizes[place] = accepted
    return sizes, ""


def _list_around(near: int) -> Iterator[int]:
    """Yield the numbers from 1 on around one of them, the nearest first."""
    for away in range(_MAX_AWAY):
        yield from (n for n in dict.fromkeys((near + away, near - away)) if n >= 1)


class _Axis(NamedTuple):
    """One axis of a layer. base: an input of all axes, of which those before are accepted."""

    read: Read
    base: Sequence[int]
    place: int

    def read_at(self, n: int) -> Reading:
        """Return the layer with n inputs on this axis."""
        return self.read((*self.base[: self.place], n, *self.base[self.place + 1 :]))

    def refuse(self, n: int) -> Refused | None:
        """Return the refusal of this axis with n inputs, if there is one.

        Raises:
            Refused: of the whole layer.
        """
        try:
            self.read_at(n)
        except Refused as refused:
            if refused.place is None:
                raise
            # Axes are read in order: what refuses a later one has accepted this one.
            return refused if refused.place <= self.place else None
        return None

    def measure(self, n: int) -> int | None:
        """Return the output of n inputs, None where they are refused; all others are accepted."""
        try:
            return require_numbers(self.read_at(n).output_sizes)[self.place]
        except Refused:
            return None

    def find(self, wanted: int) -> AxisInputs:
        """Return the inputs that have the output. Accepted ones are next to each other."""
        known = self.base[self.place]
        first = known + 1 - _bisect(lambda k: k >= known or self.measure(known - k) is None)
        after = known + _bisect(lambda k: self.measure(known + k) is None)

        def find_first(least: int) -> int:
            return (
                first
                - 1
                + _bisect(
                    lambda k: first + k > after or (self.measure(first - 1 + k) or 0) >= least
                )
            )

        begin, end = find_first(wanted), find_first(wanted + 1)
        axis = AxisInputs(axis_name(self.place, len(self.base)), wanted)
        if begin < end:
            has_end = end < _LARGEST
            return axis._replace(first=begin, last=end - 1 if has_end else None)
        below, above = self.measure(begin - 1) if begin > first else None, self.measure(begin)
        return axis._replace(
            below=None if below is None else (begin - 1, below),
            above=None if above is None else (begin, above),
        )


def _bisect(holds: Callable[[int], bool]) -> int:
    """Return the smallest number from 1 on that holds, as all larger ones do."""
    high = 1
    while high < _LARGEST and not holds(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
