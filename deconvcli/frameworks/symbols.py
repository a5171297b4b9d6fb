"""The numbers for which a formula holds: letters stand for every large enough number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import Reading

MAX_TRIED = 1000


def find_smallest_letters(reading: Reading) -> dict[str, int]:
    """Return the number from which on each letter gives the size and crop of the formula.

    A letter whose bound is beyond `MAX_TRIED` is left out.
    """
    letters = dict.fromkeys(n.letter for n in reading.spatial if isinstance(n, Linear))
    largest = max(_list_offsets(reading), default=0)
    # Comparisons of two formulas change where they are equal, which is below every difference of
    # their numbers. So the numbers up to a bound are tried, and those beyond it behave alike.
    bound = 4 * (largest + 1)
    found = {}
    for letter in letters if bound <= MAX_TRIED else ():
        others = dict.fromkeys(letters, bound)
        failing = (
            number
            for number in range(bound, 0, -1)
            if not _holds(reading, {**others, letter: number})
        )
        found[letter] = next(failing, 0) + 1
    return found


def _list_offsets(reading: Reading) -> Iterable[int]:
    """Yield the distance from 0 of every number in the formulas."""
    for numbers in reading.numbers:
        for number in numbers.values():
            if isinstance(number, Linear):
                yield abs(number.offset) + abs(number.factor)
            elif isinstance(number, int):
                yield abs(number)


def _holds(reading: Reading, values: Mapping[str, int]) -> bool:
    """Return whether the layer with numbers for its letters is as the formulas give it."""
    spatial = tuple(_insert(n, values) for n in reading.spatial)
    spelling = reading.spelling
    arguments = {name: _insert(given, values) for name, given in spelling.arguments.items()}
    with suppress(DeconvError):
        sizes = reading.sizes._replace(spatial=spatial)
        got = take(spelling.name)[0].read(spelling._replace(arguments=arguments), sizes)
        expected = _insert((reading.output_sizes, reading.crop), values)
        return min(spatial) >= 1 and bool((got.output_sizes, got.crop) == expected)
    return False


def _insert(value: Any, values: Mapping[str, int]) -> Any:
    """Return a value, or a list of values, with numbers in place of letters."""
    if isinstance(value, Linear):
        return value.factor * values[value.letter] + value.offset
    if isinstance(value, (list, tuple)):
        return type(value)(_insert(one, values) for one in value)
    return value
