"""A network whose input sizes are letters: walked for the sizes that work.

`H // 2` has no single formula. But where a network works for H = 16m alone, each of its sizes is
one: H/2, H/4, H/8. So each letter is first held to a class of sizes that work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import gcd, lcm
from typing import NamedTuple

from deconvcli.common.errors import NotLinear, Refused
from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph.memo import Condition, RunWalker, works, works_without_remainder
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.runs import SizeRun, Split
from deconvcli.networks.graph.shapes import NodeOutcome, outcomes
from deconvcli.networks.graph.sizes import limit_runs, valid_sizes
from deconvcli.networks.graph.symmetry import is_symmetric

# More values of a letter are not tried before it is left as it is.
MAX_TRIED = 2**16
# Walks to find a number whose multiples work: one for each factor of it, and for each cut.
MAX_STEPS = 32


def walk(network: Network) -> tuple[NodeOutcome, ...]:
    """One outcome for each node, in the network's order.

    Letters stand for sizes that work, where there are such; else for every one that is large.
    """
    return tuple(outcomes(restrict_letters(network)))


def restrict_letters(network: Network) -> Network:
    """The network with each letter held to one class of sizes that work."""
    letters = dict(_letters(network))
    return network.with_letters(lambda size: _size(size, letters)) if letters else network


class LetterValues(NamedTuple):
    """The values first + period*m of a letter."""

    first: int
    period: int


class LetterFormula(Linear):
    """factor*m + offset, written in the letter that stands for first + period*m."""

    __slots__ = ("values",)

    def __init__(self, letter: str, values: LetterValues, factor: int, offset: int) -> None:
        super().__init__(letter, factor, offset)
        self.values = values

    def _with(self, factor: int, offset: int) -> Size:
        return LetterFormula(self.letter, self.values, factor, offset) if factor else offset

    def __str__(self) -> str:
        first, period = self.values
        factor, offset = self.factor, self.offset * period - self.factor * first
        common = gcd(factor, offset, period)
        whole = Linear(self.letter, factor // common, offset // common)
        by = period // common
        if by == 1:
            return str(whole)
        return f"({whole})/{by}" if whole.offset else f"{whole}/{by}"


def _letters(network: Network) -> Iterator[tuple[str, LetterValues]]:
    """The class of each letter for which there is one."""
    symmetric = is_symmetric(network)
    known: dict[object, LetterValues | None] = {}
    for letter, places in _places(network).items():
        # Where the axes are alike, one of them stands for all on which the same inputs lie.
        some = places[: len({name for _, name in places})] if symmetric else places
        question = frozenset(name for _, name in places) if symmetric else letter
        if question not in known:
            known[question] = _found(network, some)
        if (found := known[question]) is not None:
            yield letter, found


def _places(network: Network) -> Mapping[str, list[tuple[int, str]]]:
    """(axis, input) of each letter, axis by axis."""
    places = defaultdict(list)
    for name, shape in network.inputs.items():
        for axis, size in enumerate(shape.spatial):
            if isinstance(size, Linear):
                places[size.letter].append((axis, name))
    return {letter: sorted(found) for letter, found in places.items()}


def _found(network: Network, places: list[tuple[int, str]]) -> LetterValues | None:
    """The class of a letter that stands there; None where no rule was found soon."""
    try:
        return (
            _multiples(network, places)
            or _class(network, places, works_without_remainder)
            or _class(network, places, works)
        )
    except (NotLinear, Refused):  # the second would be found no sooner than the first
        return None


def _multiples(network: Network, places: list[tuple[int, str]]) -> LetterValues | None:
    """The multiples of one number, if they pass without a rest: then no rule has to be sought."""
    run: SizeRun | None = SizeRun(1, 1)
    for axis, name in places:
        run = run and _passing(RunWalker(network, axis, name, works_without_remainder), run)
    return LetterValues(run.first, run.period) if run else None


def _passing(walks: RunWalker, run: SizeRun) -> SizeRun | None:
    """Multiples of more, or larger ones, all of which pass; None where there seem to be none."""
    for _ in range(MAX_STEPS):
        try:
            passes = walks.work(run)
        except Split as split:
            period = run.period * split.parts
            run = SizeRun(-(-run.first // period) * period, period)
            continue
        if run.last is None:
            return run if passes else None
        [run] = run.rest()
    return None


def _class(
    network: Network, places: list[tuple[int, str]], condition: Condition
) -> LetterValues | None:
    """The first values that pass on all axes, and for which every size has a formula."""
    most = limit_runs(network)
    rules = [valid_sizes(network, axis, name, condition, most) for axis, name in places]
    period = lcm(*(rule.period for rule in rules))
    least = max(1, *(rule.start for rule in rules))
    tried = range(least, least + min(period, MAX_TRIED))
    first = next((n for n in tried if all(rule.is_periodic_at(n) for rule in rules)), None)
    if first is None:
        return None
    found = LetterValues(first, period)
    for axis, name in places:
        found = _straight(RunWalker(network, axis, name), found)
    return found


def _straight(walks: RunWalker, values: LetterValues) -> LetterValues:
    """Those of the values, further apart and larger, along which no floor or comparison turns."""
    run = SizeRun(*values)
    while True:
        try:
            walks.work(run)
        except Split as split:
            run = next(run.parts(split.parts))
            continue
        if run.last is None:
            return LetterValues(run.first, run.period)
        [run] = run.rest()


def _size(size: Linear, letters: Mapping[str, LetterValues]) -> Size:
    if size.letter not in letters:
        return size
    values = letters[size.letter]
    offset = size.factor * values.first + size.offset
    return LetterFormula(size.letter, values, size.factor * values.period, offset)
