"""The sizes of a model whose inputs have open axes: formulas, and the sizes that work.

A letter stands for one class of sizes, first + period*i, on which every size is a formula. The
class is found as in `networks.graph.letters`: floors lengthen the period, comparisons move the
first size on. Whether a model works is asked for one letter at a time, along runs that together
have all sizes, while the others stay in classes that work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.errors import NotLinear, Refused
from deconvcli.layers.axis import Linear, Size
from deconvcli.models.walk.box import Box, LetterAdvance, LetterSplit, make_size, open_box
from deconvcli.models.walk.tensors import OpenSize, Tensor
from deconvcli.models.walk.walking import Ends, Outcome, Walked, Walker
from deconvcli.networks.graph.runs import SizeRun, Split
from deconvcli.networks.graph.size_set import SizeSet, build_size_set
from deconvcli.networks.graph.sizes import find_working

# Nodes walked to find formulas, and then the sizes that work: half a second, and one at most.
MAX_FORMULA_STEPS = 15_000
MAX_WORKING_STEPS = 36_000
MAX_RUNS = 4096
# A class of sizes beyond these belongs to no image.
MAX_PERIOD = 2**20


Inputs = Mapping[str, Sequence[Any] | None]
"""The sizes of each input: numbers, and names or formulas of open ones."""


def find_letter(size: Any) -> str | None:
    """Return the letter of an open size; None for a number."""
    return size if isinstance(size, str) else size.letter if isinstance(size, Linear) else None


def find_places(inputs: Inputs) -> dict[str, str]:
    """Return for each letter where it first stands: `axis 2 of x`."""
    places: dict[str, str] = {}
    for name, shape in inputs.items():
        for axis, size in enumerate(shape or ()):
            if (letter := find_letter(size)) is not None:
                places.setdefault(letter, f"axis {axis} of {name}")
    return places


def make_inputs(inputs: Inputs, box: Box) -> dict[str, Tensor]:
    """Return the inputs, whose open sizes stand for the runs of their letters."""
    return {
        name: Tensor(None if shape is None else tuple([_make_size(size, box) for size in shape]))
        for name, shape in inputs.items()
    }


def _make_size(size: Any, box: Box) -> OpenSize:
    if isinstance(size, int):
        return size
    if find_letter(size) not in box:
        return None
    if isinstance(size, str):
        return make_size(box, size)
    formula: Size = make_size(box, size.letter) * size.factor
    shifted: Size = formula + size.offset
    return shifted


FreshLetters = Mapping[str, Mapping[int, str]]
"""The letters of sizes that depend on values, by the name of the tensor and the axis."""
NO_FRESH: FreshLetters = MappingProxyType({})


class Opened(NamedTuple):
    """A walk whose sizes are formulas, and for each letter the sizes that work, if they are known.

    box: the classes of sizes for which the formulas hold; None where no such were found. failures:
    what fails because of a letter at multiples of a number. fresh: the letters of lengths that
    depend on values, by tensor and axis.
    """

    walked: Walked
    box: Box | None = None
    working: Mapping[str, SizeSet] = {}
    failures: Mapping[str, Outcome] = {}
    fresh: FreshLetters = NO_FRESH

    @property
    def is_certain(self) -> bool:
        """Whether all sizes are known, so that nothing unknown can fail."""
        if self.fresh:
            return False
        tensors = [
            tensor
            for one in self.walked.outcomes
            for name, tensor in zip(one.node.outputs, one.outputs, strict=False)
            if name
        ]
        return all(
            tensor.sizes is not None and all(size is not None for size in tensor.sizes)
            for tensor in tensors
        )


def walk_open(walker: Walker, inputs: Inputs, fresh: FreshLetters = NO_FRESH) -> Opened:
    """Return formulas for all letters at once, and the sizes that work for each.

    Where no formulas are found, the sizes that depend on letters are unknown. fresh: letters of
    lengths inside the model; whether it works is not asked for these.
    """
    letters = list(find_places(inputs))
    walks = _Walks(walker, inputs, fresh)
    found = walks.settle(open_box([*letters, *list_fresh(fresh)]))
    if found is None:
        return Opened(walker.walk(make_inputs(inputs, {})))
    box, walked = found
    working = walks.find_working(box, letters)
    failures: dict[str, Outcome] = {}
    for one in walked.outcomes:
        for letter in one.letters:
            failures.setdefault(letter, one)
    changed = [letter for letter in failures if letter in working]
    if changed:
        walks.allow_formulas()
        others = {letter: _choose_class(working[letter], box[letter]) for letter in changed}
        box, walked = walks.settle({**box, **others}, keeps_class=True) or (box, walked)
    return Opened(walked, box, working, failures, fresh)


def list_fresh(fresh: FreshLetters) -> list[str]:
    """Return the letters of lengths that depend on values, in order."""
    return [letter for axes in fresh.values() for letter in axes.values()]


def _choose_class(sizes: SizeSet, run: SizeRun) -> SizeRun:
    """Return the first class of sizes that work; the run itself where none does."""
    if sizes.residues:
        return SizeRun(sizes.start, sizes.period)
    # Finitely many sizes work, of which one stands for all.
    return SizeRun(sizes.besides[0].first, 0) if sizes.besides else run


class _Walks:
    """The walks through one model, of which only so many are made."""

    def __init__(self, walker: Walker, inputs: Inputs, fresh: FreshLetters) -> None:
        self._walker = walker
        self._inputs = inputs
        self._fresh = fresh
        self._most_steps = walker.steps + MAX_FORMULA_STEPS

    def allow_formulas(self) -> None:
        """Allow as many walks for formulas again."""
        self._most_steps = self._walker.steps + MAX_FORMULA_STEPS

    def _walk(self, runs: Box, ends: Ends | None = None) -> Walked:
        """Walk at the sizes of a box.

        Raises:
            Refused: there were too many walks before.
        """
        if self._walker.steps > self._most_steps:
            raise Refused("too many walks", help="give sizes as numbers.", code="period")
        pins = {
            name: {axis: make_size(runs, letter) for axis, letter in axes.items()}
            for name, axes in self._fresh.items()
        }
        return self._walker.walk(make_inputs(self._inputs, runs), ends, pins)

    def settle(self, box: Box, *, keeps_class: bool = False) -> tuple[Box, Walked] | None:
        """Return a box without splits and cuts, and its walk; None where none was found.

        keeps_class: whether only sizes of these runs are taken, and not multiples of a number.
        """
        runs = {letter: SizeRun(run.first, run.period) for letter, run in box.items()}
        while True:
            try:
                walked = self._walk(runs)
            except Refused:
                return None
            except LetterSplit as split:
                run = runs[split.letter]
                period = run.period * split.parts
                if period > MAX_PERIOD:
                    return None
                first = run.first if keeps_class else -(-run.first // period) * period
                runs = _renew(runs, {split.letter: SizeRun(first, period)})
                continue
            except LetterAdvance as advance:
                run = runs[advance.letter]
                moved = SizeRun(run.first + run.period * advance.steps, run.period)
                runs = _renew(runs, {advance.letter: moved})
                continue
            cut = {letter: run.cut_off()[0] for letter, run in runs.items() if run.cut_off()}
            if not cut:
                return runs, walked
            runs = _renew(runs, cut)

    def find_working(self, box: Box, letters: Sequence[str]) -> dict[str, SizeSet]:
        """Return for each letter the sizes with which nothing fails that depends on it."""
        found: dict[str, SizeSet] = {}
        self._most_steps = self._walker.steps + MAX_WORKING_STEPS
        for letter in letters:
            passes_on = partial(self._passes, letter=letter, others=dict(box))
            try:
                progressions = list(find_working(passes_on, MAX_RUNS))
            # Not within so many runs, or what fails has no formula.
            except (NotLinear, Refused):
                continue
            found[letter] = build_size_set(progressions)
        return found

    def _passes(self, run: SizeRun, letter: str, others: dict[str, SizeRun]) -> bool:
        """Return whether nothing that depends on a letter fails on a run of its sizes."""
        while True:
            runs = _renew(others, {letter: run})
            before = run.last
            try:
                # What comes after a failure makes no difference.
                walked = self._walk(runs, lambda one: _fails(one, letter))
            except LetterSplit as split:
                if split.letter == letter:
                    raise Split(split.parts) from None
                other = others[split.letter]
                others[split.letter] = SizeRun(other.first, other.period * split.parts)
                continue
            except LetterAdvance as advance:
                name = advance.letter if advance.letter != letter else _find_other(others, letter)
                other = others[name]
                first = other.first + other.period * advance.steps
                others[name] = SizeRun(first, other.period)
                continue
            cut = {n: one.cut_off()[0] for n, one in runs.items() if n != letter and one.cut_off()}
            if not cut:
                return not any(_fails(one, letter) for one in walked.outcomes)
            others.update(cut)
            run.last = before


def _find_other(others: Box, letter: str) -> str:
    """Return a letter that may be moved on in place of the one under study."""
    found = next((name for name in others if name != letter), None)
    if found is None:
        raise NotLinear("a product of sizes is compared", help="give the sizes as numbers.")
    return found


def _renew(runs: Box, changed: Mapping[str, SizeRun]) -> dict[str, SizeRun]:
    """Return fresh runs of the same sizes, but those that changed; walks cut them."""
    return {
        letter: changed.get(letter) or SizeRun(run.first, run.period)
        for letter, run in runs.items()
    }


def _fails(outcome: Outcome, letter: str) -> bool:
    """Return whether an operation fails because of a letter, or at all sizes."""
    if outcome.problem is None:
        return False
    return not outcome.letters or letter in outcome.letters
