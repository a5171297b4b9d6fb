"""Strides that multiply to a factor: which there are, the best first, and why there are none."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from math import factorial, prod

from deconvcli.common.errors import UsageError
from deconvcli.solver.question import Range

LARGEST_FACTOR = 1_000_000
"""The largest factor; published networks multiply their input by a few thousand at most."""

Strides = tuple[int, ...]


def list_products(factor: int, count: int, strides: Collection[int]) -> Iterator[Strides]:
    """Yield `count` of these strides that multiply to the factor, each at most the one before."""
    yield from _divide(factor, count, sorted(strides, reverse=True), 0)


def _divide(factor: int, count: int, strides: Sequence[int], first: int) -> Iterator[Strides]:
    if count == 0:
        yield from [()] if factor == 1 else []
        return
    for place in range(first, len(strides)):
        stride = strides[place]
        if stride**count < factor:
            return  # so are all that follow
        if factor % stride == 0:
            for others in _divide(factor // stride, count - 1, strides, place):
                yield stride, *others


def weigh_strides(strides: Strides) -> tuple[int, int, int, Strides]:
    """Return the place of strides in the order of answers: the best have the smallest.

    Larger strides come before smaller ones, as in published vocoders and codecs. A kernel of two
    even strides is cropped alike at both ends, one of two odd strides is not. Of equally many odd
    strides those with a small sum come first, as they need small kernels.
    """
    odd = sum(stride % 2 for stride in strides)
    rising = sum(one < two for one, two in combinations(strides, 2))
    return rising, odd, sum(strides), strides


def list_best(products: Iterable[Strides]) -> Iterator[Strides]:
    """Yield the products in every order of their strides, the best first.

    products: each with falling strides.
    """
    queue = [(weigh_strides(strides), strides) for strides in products]
    heapq.heapify(queue)
    seen = {strides for _, strides in queue}
    while queue:
        _, strides = heapq.heappop(queue)
        yield strides
        # Each order follows from a better one, in which two neighbors are the other way round.
        for place, (one, two) in enumerate(pairwise(strides)):
            swapped = (*strides[:place], two, one, *strides[place + 2 :])
            if one > two and swapped not in seen:
                seen.add(swapped)
                heapq.heappush(queue, (weigh_strides(swapped), swapped))


def count_orders(strides: Strides) -> int:
    """Return the number of orders in which strides can follow each other."""
    return factorial(len(strides)) // prod(map(factorial, Counter(strides).values()))


def list_counts(factor: int, strides: Collection[int]) -> list[int]:
    """Return how many strides can multiply to the factor: all such numbers."""
    found, remaining, count = [], {factor}, 0
    while remaining:
        count += 1
        remaining = {one // by for one in remaining for by in strides if one % by == 0}
        if 1 in remaining:
            found.append(count)
    return found


def list_strides(factor: int, limits: Range) -> list[int]:
    """Return the strides above 1 and within the limits that divide the factor."""
    first, last = limits
    return [stride for stride in range(max(first, 2), last + 1) if factor % stride == 0]


def explain_product(factor: int, count: int, limits: Range, strides: Collection[int]) -> str:
    """Return why no `count` strides within the limits multiply to the factor.

    strides: those of which there are layers.
    """
    first, last = limits
    prime = _find_largest_prime(factor)
    if prime > last:
        others = factor // prime
        shown = "" if others == 1 else f"{factor} is {others}*{prime}, "
        return f"{shown}{prime} is prime, and strides end at {last}"
    single = f"{factor} is no stride from {first} to {last}"
    several = f"{factor} is no product of {count} strides from {max(first, 2)} to {last}"
    missing = single if count == 1 else several
    counts = list_counts(factor, strides)
    if not counts:
        return f"{missing}, nor of any other number of them" if count > 1 else missing
    best = next(list_best(list_products(factor, counts[0], strides)))
    if counts == [1]:
        return f"{missing}; a single layer of stride {factor} is enough"
    example = ", ".join(map(str, best))
    return f"{missing}; {_join_counts(counts)} strides multiply to it, such as {example}"


def _join_counts(counts: Sequence[int]) -> str:
    """Return `3 to 6`, or `2 or 4`."""
    first, last = counts[0], counts[-1]
    if len(counts) > 2 and last - first == len(counts) - 1:
        return f"{first} to {last}"
    return " or ".join(map(str, counts))


def _find_largest_prime(factor: int) -> int:
    largest, divisor = 1, 2
    while divisor * divisor <= factor:
        if factor % divisor:
            divisor += 1
        else:
            factor, largest = factor // divisor, divisor
    return max(factor, largest)


def check_factor(factor: int, smallest: int = 1) -> None:
    """Refuse a factor that no network has.

    Raises:
        UsageError: it is below the smallest or above the largest.
    """
    if not smallest <= factor <= LARGEST_FACTOR:
        raise UsageError(
            f"the factor {factor} is outside {smallest} to {LARGEST_FACTOR}",
            help="give the number of outputs for each input, such as 256.",
            code="factor",
        )
