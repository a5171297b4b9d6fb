"""All layers of one axis: kernel, stride, dilation and padding that make one size of another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from deconvcli.common.errors import UsageError
from deconvcli.solver.choices import Family
from deconvcli.solver.question import AxisBounds, Question, Range
from deconvcli.solver.searching import Search
from deconvcli.solver.ways import Way, find_ways

# Combinations of numbers that one axis may have to try: a hundred thousand take a second or two.
_MAX_SEARCHED = 150_000


def find_families(
    question: Question, n: int, out: int, bounds: AxisBounds, only: Way | None = None
) -> Iterator[Family]:
    """Yield all choices within the bounds that make `out` of `n` on every axis of the layer.

    only: one way of the dialect; None for all.
    """
    for search in _list_searches(question, n, out, bounds):
        if only in (None, search.way) and (search.is_exact or not question.exact):
            yield from search.find()


def require_searchable(question: Question, n: int, out: int, bounds: AxisBounds) -> None:
    """Do nothing where the bounds are so narrow that all combinations can be tried.

    Raises:
        UsageError: they are too many.
    """
    ways, kernels, strides, dilations = _list_ranges(question, n, out, bounds)
    count = len(ways) * len(kernels) * len(strides) * len(dilations)
    if count <= _MAX_SEARCHED:
        # As many as there are numbers of output_padding for each stride and dilation.
        rows = (
            Search(question, n, out, bounds, way, kernels[0], stride, dilation)
            for way, stride, dilation in product(ways, strides, dilations)
        )
        count = len(kernels) * sum(len(row.list_added()) for row in rows)
    if count > _MAX_SEARCHED:
        raise UsageError(
            f"{question.dialect} has at least {count:,} combinations within these ranges, and at"
            f" most {_MAX_SEARCHED:,} are searched",
            help="give smaller ranges of kernel, stride and dilation.",
        )


def _list_ranges(
    question: Question, n: int, out: int, bounds: AxisBounds
) -> tuple[list[Way], range, range, range]:
    """Return the ways, kernels, strides and dilations to try."""
    ways = [way for way in find_ways(question.dialect, question.rank) if _is_within(way, bounds)]
    strides = _count(bounds.stride)
    if question.exact:
        strides = range(out // n, out // n + (out % n == 0 and out // n in strides))
    return ways, _count(bounds.kernel), strides, _count(bounds.dilation)


def _list_searches(question: Question, n: int, out: int, bounds: AxisBounds) -> Iterator[Search]:
    ways, *ranges = _list_ranges(question, n, out, bounds)
    for kernel, stride, dilation in product(*ranges):
        for way in ways:
            yield Search(question, n, out, bounds, way, kernel, stride, dilation)


def list_near_sizes(
    question: Question, n: int, out: int, bounds: AxisBounds
) -> dict[Way, set[int]]:
    """Return sizes near `out` that n inputs may have, by way: the nearest ones are among them."""
    found: dict[Way, set[int]] = {}
    for search in _list_searches(question, n, out, bounds):
        sizes = found.setdefault(search.way, set())
        sizes.update(size for size in search.list_near() if size > 0)
    return found


def _is_within(way: Way, bounds: AxisBounds) -> bool:
    """Return whether the bounds leave this way: its word, its numbers, its output_padding."""
    if bounds.word is not None and bounds.word != way.word:
        return False
    if bounds.begin is not None and way.word:
        return False
    # A range that has 0 alone is what leaving the parameter out means, but for Keras' None.
    return bounds.output_padding is None or way.adds or bounds.output_padding == (0, 0)


def _count(limits: Range) -> range:
    return range(limits[0], limits[1] + 1)
