"""The choices of one axis, in families of pairs of paddings, and the layer that choices make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from deconvcli.layers.axis import Axis, Size
from deconvcli.layers.layer import Reading, Sizes
from deconvcli.solver.question import Question
from deconvcli.solver.ways import Way, read_way


class Choice(NamedTuple):
    """One layer of one axis. padding: a number, (begin, end), or None for the word of the way."""

    way: Way
    kernel: int
    stride: int
    dilation: int
    padding: Any
    output_padding: int | None
    axis: Axis
    is_circular: bool = False


class Family(NamedTuple):
    """Choices that differ only in the begin of their padding, which is any of `begins`.

    first: the choice of the smallest begin. total: begin + end.
    """

    first: Choice
    begins: range = range(1)
    total: int = 0

    def choice(self, begin: int) -> Choice:
        """Return the member whose padding begins with this number."""
        first = self.first
        if not first.way.is_pair:
            return first
        moved = -first.way.sign * (begin - self.begins[0])
        axis = first.axis._replace(
            crop_begin=first.axis.crop_begin + moved, crop_end=first.axis.crop_end - moved
        )
        return first._replace(padding=(begin, self.total - begin), axis=axis)

    def find(self, axis: Axis, *, circular: bool = False) -> Choice | None:
        """Return the member that has exactly this crop, if there is one."""
        own, wanted = self.first.axis.crop_begin, axis.crop_begin
        assert isinstance(own, int)
        assert isinstance(wanted, int)
        # Each further begin moves the crop by one.
        begin = self.begins[0] + (own - wanted) * self.first.way.sign
        found = self.choice(begin) if begin in self.begins else self.first
        return found if found.axis == axis and found.is_circular == circular else None

    def by_symmetry(self) -> Iterator[Choice]:
        """Yield the members, those whose two crops differ least first."""
        axis, count = self.first.axis, len(self.begins)
        assert isinstance(axis.crop_begin, int)
        assert isinstance(axis.crop_end, int)
        # Each further begin moves both crops by one, so that their difference changes by two.
        moved = -self.first.way.sign * (axis.crop_end - axis.crop_begin)
        after = min(max(-(-moved // 2), 0), count)
        before = after - 1
        while before >= 0 or after < count:
            is_before = after >= count or (before >= 0 and moved - 2 * before <= 2 * after - moved)
            yield self.choice(self.begins[before if is_before else after])
            before, after = (before - 1, after) if is_before else (before, after + 1)


def read_choices(question: Question, choices: Sequence[Choice], inputs: Sequence[Size]) -> Reading:
    """Return the layer of one choice for each axis, which share a way.

    Raises:
        Refused: the framework refuses this combination.
    """
    way = choices[0].way
    rows: dict[str, tuple[Size, ...]] = {
        name: tuple([getattr(choice, name) for choice in choices])
        for name in ("kernel", "stride", "dilation", *(["output_padding"] if way.adds else []))
    }
    if way.requests:
        sizes = zip(choices, inputs, strict=True)
        rows["output_size"] = tuple([choice.axis.output_size(n) for choice, n in sizes])
    padding = tuple([choice.padding for choice in choices])
    return read_way(question.dialect, way, Sizes(tuple(inputs)), rows, padding, question.roles)
