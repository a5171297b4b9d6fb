"""The order of answers: what a person would rather have comes first.

Exact for every input, then even overlap, equal crops at both ends, sayable in most dialects, the
same on all axes, a small kernel, few multiply-accumulates. Axes add up, so that the best layers
follow from the best choices of each axis without looking at all of them.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from math import log
from typing import NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import Severity
from deconvcli.frameworks.dialects import DIALECTS, in_order, take
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.layer import REVERSED_TAPS, Reading
from deconvcli.layers.overlap import AxisOverlap
from deconvcli.solver.choices import Choice, Family, read_choices
from deconvcli.solver.question import Question

ORDER = (
    "exact for every input first, then even overlap, symmetric crop, most portable, all axes alike,"
    " small kernel, few MACs"
)
COMMON = 6
"""The first numbers of a key, which all come before whether all axes are alike."""
# So many choices of an axis are compared by the dialects that can say them, which takes a
# millisecond each. Those after them count as if no other dialect could.
_COMPARED = 60

Key = tuple[float, ...]


class Ranked(NamedTuple):
    """A choice with its place in the order: a smaller key comes first."""

    key: Key
    choice: Choice


def rank_choices(
    question: Question, n: int, out: int, families: Iterable[Family], most: int, distinct: bool
) -> list[Ranked]:
    """Return the best choices of one axis, `most` of them and some more, the best first.

    distinct: whether one of the choices that mean one layer is enough.
    """
    near: list[tuple[Key, Choice]] = []
    seen = set()
    last: Key = ()
    for traits, _, choice in _merge(n, out, families):
        # The dialects decide only between choices that are alike in all that comes before.
        level = traits[: COMMON - 1]
        if len(near) >= most and (level > last or len(near) >= most + _COMPARED):
            break
        last = level
        if not distinct or choice.axis not in seen:
            seen.add(choice.axis)
            near.append((traits, choice))
    ranked = []
    for place, (traits, choice) in enumerate(near):
        is_compared = place < _COMPARED
        refusing = _count_refusing(question, choice, n) if is_compared else len(DIALECTS.names)
        ranked.append(Ranked((*traits[: COMMON - 1], refusing, *traits[COMMON - 1 :]), choice))
    ranked.sort(key=lambda one: one.key)
    return ranked


def sort_choices(n: int, out: int, families: Iterable[Family], most: int | None) -> list[Choice]:
    """Return the choices of one axis, or `most` of them, the best first, without the dialects."""
    found: list[tuple[Key, int, Choice]] = []
    for row in _merge(n, out, families):
        beyond = found and row[0][: COMMON - 1] > found[-1][0][: COMMON - 1]
        if beyond and most is not None and len(found) >= most:
            break
        found.append(row)
    found.sort(key=lambda row: row[:2])
    return [choice for *_, choice in found[:most]]


def _merge(n: int, out: int, families: Iterable[Family]) -> Iterator[tuple[Key, int, Choice]]:
    """Yield all choices with their traits and their family's place.

    They are in the order of the traits that come before the dialects, since so are the members of
    a family.
    """
    queue = []
    for number, family in enumerate(families):
        members = family.by_symmetry()
        choice = next(members)
        queue.append((list_traits(choice, n, out), number, choice, members))
    heapq.heapify(queue)
    while queue:
        traits, number, choice, members = queue[0]
        yield traits, number, choice
        following = next(members, None)
        if following is None:
            heapq.heappop(queue)
        else:
            traits = list_traits(following, n, out)
            heapq.heapreplace(queue, (traits, number, following, members))


def is_exact(choice: Choice, n: int, out: int) -> bool:
    """Return whether every input, not only this one, has the output that many times its size."""
    if not choice.way.is_steady or out != n * choice.stride:
        return False
    way, padding = choice.way, choice.padding
    if n > 1 or not way.requests or way.word not in ("", "valid"):
        return True
    # Some frameworks accept more sizes of one input than of several.
    total = 0 if way.word else sum(padding) if way.is_pair else 2 * padding
    return bool(total >= choice.axis.span - choice.stride)


def describe_overlap(choice: Choice) -> str:
    """Return `even`, `uneven`, or `gaps` where some outputs are reached by no input."""
    overlap = AxisOverlap(choice.axis, 1)
    return "even" if overlap.is_even else "uneven" if overlap.least else "gaps"


def format_formula(choice: Choice, n: int, out: int, letter: str = "N") -> str:
    """Return the output's size for every input, such as `4N` or `2N-1`.

    Where it depends on what remains of a division, for those inputs: `3N-1 for N = 3m+2`.
    """
    offset, factor = out - n * choice.stride, choice.stride
    head = letter if factor == 1 else f"{factor}{letter}"
    formula = f"{head}{offset:+d}" if offset else head
    if choice.way.is_steady or factor == 1:
        return formula
    remainder = f"{n % factor:+d}" if n % factor else ""
    return f"{formula} for {letter} = {factor}m{remainder}"


def count_macs(choice: Choice, n: int) -> int:
    """Return the products of one axis that reach an output."""
    if choice.is_circular:
        return n * choice.kernel
    useful = choice.axis.useful_products(n)
    assert isinstance(useful, int)
    return useful


def list_traits(choice: Choice, n: int, out: int) -> Key:
    """Return the key without the dialects, which take longer than all the others."""
    axis, overlap = choice.axis, describe_overlap(choice)
    assert isinstance(axis.crop_begin, int)
    assert isinstance(axis.crop_end, int)
    lopsided = abs(axis.crop_begin - axis.crop_end)
    return (
        not is_exact(choice, n, out),
        ("even", "uneven", "gaps").index(overlap),
        lopsided > 0,
        lopsided,
        abs(out - n * choice.stride),
        choice.kernel,
        # A sum of logarithms is in the order of the product.
        round(log(count_macs(choice, n) or 1), 9),
        choice.output_padding or 0,
    )


def _count_refusing(question: Question, choice: Choice, n: int) -> int:
    """Return how many dialects have no such layer, or have it with a warning."""
    rank = question.rank
    reading = read_choices(question, (choice,) * rank, (n,) * rank)
    own, _ = take(question.dialect)
    others = (name for name in in_order() if name != own.name)
    return sum(_refuses(reading, name) for name in (*others, reading.spelling.name))


def _refuses(reading: Reading, name: str) -> bool:
    try:
        there = reading if name == reading.spelling.name else respell(reading, name)
    except DeconvError:
        return True
    # Reversed taps are a matter of the weights, not of the layer.
    return any(
        found.severity is Severity.WARNING and found.code != REVERSED_TAPS
        for found in there.findings
    )
