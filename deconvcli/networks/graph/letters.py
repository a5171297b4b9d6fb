"""A network whose input sizes are letters, walked for the sizes that work.

`H // 2` has no single formula. But where a network works only for H = 16m, each of its sizes has
one: H/2, H/4, H/8. So each letter is first restricted to one class of sizes that work.
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
from deconvcli.networks.graph.shapes import NodeOutcome, iter_outcomes
from deconvcli.networks.graph.sizes import find_valid_sizes, limit_runs
from deconvcli.networks.graph.symmetry import is_symmetric

# Values of a letter that are tried before the letter is left as it is.
MAX_TRIED = 2**16
# Walks to find a number whose multiples work: one for each of its factors, and one for each cut.
MAX_STEPS = 32


def walk(network: Network) -> tuple[NodeOutcome, ...]:
    """Return one outcome for each node, in the network's order.

    A letter stands for a class of sizes that work, where one was found; else for every
    sufficiently large size.
    """
    return tuple(iter_outcomes(restrict_letters(network)))


def restrict_letters(network: Network) -> Network:
    """Return the network with each letter restricted to one class of sizes that work."""
    letters = dict(_find_letters(network))
    return network.with_letters(lambda size: _restrict(size, letters)) if letters else network


class LetterValues(NamedTuple):
    """The values first + period*m of a letter."""

    first: int
    period: int


class LetterFormula(Linear):
    """factor*m + offset, shown as a formula in the letter that stands for first + period*m."""

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
        divisor = period // common
        if divisor == 1:
            return str(whole)
        return f"({whole})/{divisor}" if whole.offset else f"{whole}/{divisor}"


def _find_letters(network: Network) -> Iterator[tuple[str, LetterValues]]:
    """Yield each letter for which a class of sizes was found."""
    symmetric = is_symmetric(network)
    known: dict[object, LetterValues | None] = {}
    for letter, places in _find_places(network).items():
        # Where all axes are alike, one of them answers for all that the same inputs lie on.
        # 1,000 configs of 30 layers on HxW take 7 s instead of 30.
        some = places[: len({name for _, name in places})] if symmetric else places
        question = frozenset(name for _, name in places) if symmetric else letter
        if question not in known:
            known[question] = _find_values(network, some)
        if (found := known[question]) is not None:
            yield letter, found


def _find_places(network: Network) -> Mapping[str, list[tuple[int, str]]]:
    """Return (axis, input) of each letter, axis by axis."""
    places = defaultdict(list)
    for name, shape in network.inputs.items():
        for axis, size in enumerate(shape.spatial):
            if isinstance(size, Linear):
                places[size.letter].append((axis, name))
    return {letter: sorted(found) for letter, found in places.items()}


def _find_values(network: Network, places: list[tuple[int, str]]) -> LetterValues | None:
    """Return the class of a letter at these places; None where none was found quickly."""
    # The cheapest first: multiples of one number answer for most networks in a few walks. Sizes
    # without a remainder are preferred, since their formulas are the ones an author has in mind.
    try:
        return (
            _find_multiples(network, places)
            or _find_class(network, places, works_without_remainder)
            or _find_class(network, places, works)
        )
    except (NotLinear, Refused):  # what one search cannot answer, the next cannot either
        return None


def _find_multiples(network: Network, places: list[tuple[int, str]]) -> LetterValues | None:
    """Return the multiples of one number if they pass without a remainder."""
    run: SizeRun | None = SizeRun(1, 1)
    for axis, name in places:
        walker = RunWalker(network, axis, name, works_without_remainder)
        run = run and _find_passing_multiples(walker, run)
    return LetterValues(run.first, run.period) if run else None


def _find_passing_multiples(walker: RunWalker, run: SizeRun) -> SizeRun | None:
    """Return a run of further multiples, or larger ones, that pass; None where none was found."""
    for _ in range(MAX_STEPS):
        try:
            passes = walker.passes_on(run)
        except Split as split:
            period = run.period * split.parts
            # Of the parts only the multiples: this search looks for no other remainder.
            run = SizeRun(-(-run.first // period) * period, period)
            continue
        if run.last is None:
            return run if passes else None
        [run] = run.cut_off()
    return None


def _find_class(
    network: Network, places: list[tuple[int, str]], condition: Condition
) -> LetterValues | None:
    """Return the first values that pass on all axes and give every size a formula."""
    most = limit_runs(network)
    sets = [find_valid_sizes(network, axis, name, condition, most) for axis, name in places]
    period = lcm(*(sizes.period for sizes in sets))
    least = max(1, *(sizes.start for sizes in sets))
    # The sets repeat with the common period: one value of each remainder is enough to try.
    tried = range(least, least + min(period, MAX_TRIED))
    first = next((n for n in tried if all(sizes.is_periodic_at(n) for sizes in sets)), None)
    if first is None:
        return None
    values = LetterValues(first, period)
    for axis, name in places:
        values = _straighten(RunWalker(network, axis, name), values)
    return values


def _straighten(walker: RunWalker, values: LetterValues) -> LetterValues:
    """Return those of the values on which every floor is exact and no comparison changes."""
    run = SizeRun(*values)
    # Ends: a split takes a factor out of the strides, a cut passes one of the comparisons, and a
    # network has finitely many of both.
    while True:
        try:
            walker.passes_on(run)
        except Split as split:
            # Every value of the class passes, so that the first part is as good as any.
            run = next(run.split(split.parts))
            continue
        if run.last is None:
            return LetterValues(run.first, run.period)
        [run] = run.cut_off()


def _restrict(size: Linear, letters: Mapping[str, LetterValues]) -> Size:
    if size.letter not in letters:
        return size
    values = letters[size.letter]
    offset = size.factor * values.first + size.offset
    return LetterFormula(size.letter, values, size.factor * values.period, offset)
