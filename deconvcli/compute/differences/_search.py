"""The search for the simplest mistake that explains a reference."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.compute.differences._channels import find_order
from deconvcli.compute.differences._fits import FACTOR, ROUNDOFFS
from deconvcli.compute.differences._guesses import (
    CHANNEL_ORDER,
    INPUT_LAYOUT,
    OUTPUT_LAYOUT,
    TURNED_INPUT,
    TURNED_OUTPUT,
    list_turns,
    list_weights,
    misread_layout,
    name_layout,
)
from deconvcli.compute.differences._problem import Difference, Fit, Guess, Problem
from deconvcli.compute.differences._proof import Remainder, find_remainder
from deconvcli.compute.differences._sample import (
    Sample,
    all_channels,
    choose_channels,
    choose_reach,
    choose_windows,
)
from deconvcli.compute.differences._text import describe, describe_channels
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.stream import Sizes, Source
from deconvcli.layers.layer import Reading

MAX_PROOFS = 3
"""Shifts of one guess that are tried on all elements."""
SHIFT, BORDER, NOT_FINITE = "shift", "border", "not-finite"


def search(
    problem: Problem, reading: Reading, weight: Array, reference: Source, first_bad: Sizes | None
) -> Difference | None:
    """Return the first guess that explains all elements, or else the one that explains most."""
    every = _Search(problem, reading, weight, reference, first_bad, prod(reference.shape))
    best: Difference | None = None
    plain, no_shift = Guess((), (), problem.weight), (0,) * len(problem.axes)
    if isinstance(reference, np.ndarray) and reference.shape == problem.shape:
        left = find_remainder(problem, reference, plain, no_shift, Fit())
        if left.count and not reference.any():
            return every.describe(plain, no_shift, Fit(FACTOR, 0.0), reference, left.clear())
        every = every._replace(bad=left.count)
        if left.border or left.is_not_finite:
            best = every.describe(plain, no_shift, Fit(), reference, left)
        # Where one side is not finite there is nothing to compare; all else is as it should be.
        if not left.count or left.is_not_finite:
            return best
    for found in every.list_likely():
        # A shift leaves a border of its own.
        if not found.remaining or (found.border and any(found.shift)):
            return found
        if best is None or 2 * found.remaining <= best.remaining:
            best = found
    for found in () if best else every.list_others():
        if not found.remaining:
            return found
        best = best or found
    return best


class _Search(NamedTuple):
    """What is searched; bad: how many elements of the reference differ, all of them if unknown."""

    problem: Problem
    reading: Reading
    weight: Array
    reference: Source
    first_bad: Sizes | None
    bad: int

    def list_likely(self) -> Iterator[Difference]:
        """Yield what explains all elements or most of them, the simplest first."""
        for guess in self._list_weights():
            yield from self._look_for(guess, self.reference)
        yield from self._look_for_order()

    def list_others(self) -> Iterator[Difference]:
        """Yield what else does: turned arrays, and then numbers that were rounded."""
        problem, reading, reference = self.problem, self.reading, self.reference
        if isinstance(reference, np.ndarray):  # a file has no views
            layout = reading.output_layout
            misread = misread_layout(reading, layout, reference)
            if misread is not None:
                words = name_layout(layout, "output")
                guess = Guess((OUTPUT_LAYOUT,), words, problem.weight)
                yield from self._look_for(guess, misread)
            # What is reversed has its crops at the opposite ends.
            mirrored = tuple(abs(axis[3] - axis[4]) for axis in problem.axes)
            for guess, turn in list_turns(problem, reference.shape):
                yield from self._look_for(guess, turn.apply(reference), reach=mirrored)
        if isinstance(problem.x, np.ndarray):
            layout = reading.data_layout
            misread = misread_layout(reading, layout, problem.x)
            if misread is not None:
                words = name_layout(layout, "input")
                guess = Guess((INPUT_LAYOUT,), words, problem.weight)
                other = self._replace(problem=problem._replace(x=misread))
                yield from other._look_for(guess, reference)
        own = float(np.finfo(self.problem.dtype).eps) / 2
        for roundoff in ROUNDOFFS:
            for guess in islice(self._list_weights(), 2) if roundoff > own else ():
                yield from self._look_for(guess, reference, roundoff)

    def _list_weights(self) -> Iterator[Guess]:
        return list_weights(self.problem, self.reading, self.weight)

    def _sample(self, reference: Source, channels: list[slice]) -> Sample:
        windows = choose_windows(reference.shape, self.first_bad)
        return Sample(self.problem, reference, windows, channels)

    def _look_for(
        self,
        guess: Guess,
        reference: Source,
        roundoff: float = 0.0,
        reach: Sizes | None = None,
    ) -> Iterator[Difference]:
        """Yield the differences of one guess, at those shifts at which a sample agrees.

        reach: the largest of them; None for all that the kernel spans.
        """
        problem = self.problem
        outputs, groups = problem.shape[1], problem.groups
        reach = choose_reach(problem, reference.shape[2:]) if reach is None else reach
        sample = self._sample(reference, choose_channels(outputs, groups))
        fits = sample.list_fits(guess.weight, reach, roundoff)
        for shift, fit in islice(fits, MAX_PROOFS):
            if fit.cause and not roundoff:
                # Numbers for each channel, of which the sample had a few.
                whole = self._sample(reference, all_channels(outputs, groups))
                known = whole.find_fit(guess.weight, shift)
                if known is None or known.cause != fit.cause:
                    continue
                fit = known
            yield from self._prove(guess, shift, fit, reference)

    def _look_for_order(self) -> Iterator[Difference]:
        """Yield the order in which the channels agree, of the weights as they are or reversed."""
        problem, reference = self.problem, self.reference
        if reference.shape != problem.shape or problem.shape[1] == 1:
            return
        no_shift = (0,) * len(problem.axes)
        sample = self._sample(reference, all_channels(problem.shape[1], problem.groups))
        for guess in islice(self._list_weights(), 2):
            points = sample.find_points(guess.weight, no_shift)
            order = find_order(points.given, points.value, points.bound)
            if order is not None:
                words = (*guess.words, describe_channels(order, problem.groups))
                causes = (*guess.causes, CHANNEL_ORDER)
                found = guess._replace(causes=causes, words=words, channels=order)
                yield from self._prove(found, no_shift, Fit(), reference)

    def _prove(
        self, guess: Guess, shift: Sizes, fit: Fit, reference: Source
    ) -> Iterator[Difference]:
        """Yield the difference if all elements, or most, agree with it; of a file, in any case."""
        same_size = reference.shape == self.problem.shape
        if same_size and not (guess.causes or any(shift) or fit.cause):
            return
        if not isinstance(reference, np.ndarray):
            yield self.describe(guess, shift, fit, reference, None)
            return
        remainder = find_remainder(self.problem, reference, guess, shift, fit)
        if 2 * remainder.count <= self.bad:
            yield self.describe(guess, shift, fit, reference, remainder)

    def describe(
        self, guess: Guess, shift: Sizes, fit: Fit, reference: Source, remainder: Remainder | None
    ) -> Difference:
        """Return the difference, with what remains of it in an array; None for a file."""
        moved = self.problem.move(shift, reference.shape[2:])
        # No crop is seen in constants, nor is it that of the layer where axes were turned.
        is_turned = {TURNED_OUTPUT, TURNED_INPUT} & {*guess.causes}
        is_seen = not is_turned and np.any(fit.factor)
        is_crop = moved != self.problem.axes and is_seen and not self.reading.layer.circular
        is_crop = is_crop and (remainder is None or not remainder.count)
        causes = [*guess.causes, *([SHIFT] if any(shift) else []), *filter(None, [fit.cause])]
        if remainder is not None and remainder.border:
            causes.append(BORDER)
        if remainder is not None and remainder.is_not_finite:
            causes.append(NOT_FINITE)
        return Difference(
            describe(guess, shift, fit, self.problem, reference.shape[2:], remainder),
            tuple(causes),
            shift,
            tuple((axis[3], axis[4]) for axis in moved) if is_crop else None,
            _list_numbers(fit.factor, 1),
            _list_numbers(fit.offset, 0),
            None if remainder is None else remainder.border,
            0 if remainder is None else remainder.count,
            remainder is not None,
        )


def _list_numbers(numbers: Array | float, usual: float) -> tuple[float, ...]:
    """Return the numbers, none if all are as usual."""
    listed = tuple(float(number) for number in np.ravel(numbers))
    return () if all(number == usual for number in listed) else listed
