"""A network whose input sizes are letters: walked for the sizes that work.

`H // 2` has no single formula. But where a network works for H = 16m alone, each of its sizes is
one: H/2, H/4, H/8. So each letter is first held to a class of sizes that work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import gcd, lcm
from typing import NamedTuple

from deconvcli.geometry import Linear, Size
from deconvcli.network.graph import Network
from deconvcli.network.rule import Rule
from deconvcli.network.sizes import valid_sizes
from deconvcli.network.walk import Outcome, outcomes
from deconvcli.operation import Shape

# More values of a letter are not tried before it is left as it is.
MOST_TRIED = 2**16


def walk(network: Network) -> tuple[Outcome, ...]:
    """One outcome for each node, in the network's order.

    Letters stand for sizes that work, where there are such; else for every one that is large.
    """
    return tuple(outcomes(held(network)))


def held(network: Network) -> Network:
    """The network with each letter held to one class of sizes that work."""
    letters = dict(_letters(network))
    if not letters:
        return network
    inputs = {name: _held(shape, letters) for name, shape in network.inputs.items()}
    return network._replace(inputs=inputs)


class Class(NamedTuple):
    """The values first + period*m of a letter."""

    first: int
    period: int


class Held(Linear):
    """factor*m + offset, written in the letter that stands for first + period*m."""

    __slots__ = ("values",)

    def __init__(self, letter: str, values: Class, factor: int, offset: int) -> None:
        super().__init__(letter, factor, offset)
        self.values = values

    def _with(self, factor: int, offset: int) -> Size:
        return Held(self.letter, self.values, factor, offset) if factor else offset

    def __str__(self) -> str:
        first, period = self.values
        factor, offset = self.factor, self.offset * period - self.factor * first
        common = gcd(factor, offset, period)
        whole = Linear(self.letter, factor // common, offset // common)
        by = period // common
        if by == 1:
            return str(whole)
        return f"({whole})/{by}" if whole.offset else f"{whole}/{by}"


class Demand(NamedTuple):
    """That factor * letter + offset follows a rule."""

    rule: Rule
    factor: int
    offset: int

    @property
    def period(self) -> int:
        """After how many steps of the letter it is as it was."""
        return self.rule.period // gcd(self.rule.period, self.factor)

    def holds(self, value: int) -> bool:
        """Whether it does for this value and all that are whole periods above."""
        size = self.factor * value + self.offset
        return size >= self.rule.start and size % self.rule.period in self.rule.residues


def _letters(network: Network) -> Iterator[tuple[str, Class]]:
    """The class of each letter for which there is one."""
    demands: Mapping[str, list[Demand]] = defaultdict(list)
    for name, shape in network.inputs.items():
        for axis, size in enumerate(shape.spatial):
            if isinstance(size, Linear):
                rule = valid_sizes(network, axis, name)
                demands[size.letter].append(Demand(rule, size.factor, size.offset))
    for letter, asked in demands.items():
        found = _common(asked)
        if found is not None:
            yield letter, found


def _common(demands: list[Demand]) -> Class | None:
    """The first values that meet all of them."""
    period = lcm(*(demand.period for demand in demands))
    least = max(1, *(-(-(d.rule.start - d.offset) // d.factor) for d in demands))
    tried = range(least, least + min(period, MOST_TRIED))
    first = next((n for n in tried if all(demand.holds(n) for demand in demands)), None)
    return None if first is None else Class(first, period)


def _held(shape: Shape, letters: Mapping[str, Class]) -> Shape:
    return shape._replace(spatial=tuple([_size(size, letters) for size in shape.spatial]))


def _size(size: Size, letters: Mapping[str, Class]) -> Size:
    if not isinstance(size, Linear) or size.letter not in letters:
        return size
    values = letters[size.letter]
    offset = size.factor * values.first + size.offset
    return Held(size.letter, values, size.factor * values.period, offset)
