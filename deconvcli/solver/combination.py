"""Layers of several axes: what all axes share is shared, and the best come first.

Axes of one way are combined: one word for the padding, output_padding on all or on none. Which
strides may stand beside which dilations is the dialect's own rule, of which it is asked once for
each kind of combination.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.solver.choices import Choice, Family, read_choices
from deconvcli.solver.order import COMMON, Key, Ranked, rank_choices
from deconvcli.solver.question import Question
from deconvcli.solver.ways import Way, find_ways


class Kind(NamedTuple):
    """What decides which axes may stand beside each other."""

    way: Way
    strides: bool
    dilates: bool


def sort_kinds(families: Sequence[Family]) -> dict[Kind, list[Family]]:
    """Return the families by kind."""
    found = defaultdict(list)
    for family in families:
        first = family.first
        found[Kind(first.way, first.stride > 1, first.dilation > 1)].append(family)
    return dict(found)


def combine(
    question: Question, axes: Sequence[Sequence[Family]], most: int, *, distinct: bool = False
) -> tuple[int, list[tuple[Choice, ...]]]:
    """Return the number of layers that choices of all axes make, and the best `most` of them.

    axes: the families of each axis; equal axes may share one list. distinct: whether one of
    the ways to state a layer is enough.
    """
    kinds = {id(families): sort_kinds(families) for families in axes}
    by_axis = [kinds[id(families)] for families in axes]
    groups = [
        tuple(group)
        for way in find_ways(question.dialect, question.rank)
        for group in product(*([kind for kind in by if kind.way == way] for by in by_axis))
        if find_conflict(question, by_axis, group) is None
    ]
    count = sum(
        prod(_count(by_kind[kind]) for by_kind, kind in zip(by_axis, group, strict=True))
        for group in groups
    )
    ranked: dict[tuple[int, Kind], list[Ranked]] = {}
    streams = []
    for group in groups:
        columns = []
        for place, kind in enumerate(group):
            key = id(axes[place]), kind
            if key not in ranked:
                sizes = question.input[place], question.output[place]
                families = by_axis[place][kind]
                ranked[key] = rank_choices(question, *sizes, families, most, distinct)
            columns.append(ranked[key])
        streams += [_list_alike(columns), _list_mixed(columns)]
    best: dict[object, tuple[Choice, ...]] = {}
    for _, choices in heapq.merge(*streams, key=lambda one: one[0]):
        geometry = tuple([(choice.axis, choice.is_circular) for choice in choices])
        best.setdefault(geometry if distinct else len(best), choices)
        if len(best) >= most:
            break
    return count, list(best.values())


def _count(families: Sequence[Family]) -> int:
    return sum(len(family.begins) for family in families)


def find_conflict(
    question: Question, by_axis: Sequence[dict[Kind, list[Family]]], group: tuple[Kind, ...]
) -> DeconvError | None:
    """Return the dialect's reason if it does not take axes of these kinds together."""
    choices = [by_kind[kind][0].first for by_kind, kind in zip(by_axis, group, strict=True)]
    try:
        read_choices(question, choices, question.input)
    except DeconvError as error:
        return error
    return None


Columns = Sequence[Sequence[Ranked]]
Weighed = tuple[Key, tuple[Choice, ...]]


def _list_alike(columns: Columns) -> Iterator[Weighed]:
    """Yield the layers whose numbers are the same on all axes, the best first."""
    others = [{_list_numbers(one.choice): one for one in column} for column in columns[1:]]
    found = []
    for first in columns[0]:
        matching = [column.get(_list_numbers(first.choice)) for column in others]
        alike = [first, *(one for one in matching if one is not None)]
        if len(alike) == len(columns):
            found.append((_add_keys(alike, 0), tuple([one.choice for one in alike])))
    yield from sorted(found, key=lambda one: one[0])


def _list_mixed(columns: Columns) -> Iterator[Weighed]:
    """Yield the other combinations of one choice from each column, the smallest key first.

    The columns are sorted, so what follows a combination differs from it by one place in one
    column.
    """

    def pick(places: tuple[int, ...]) -> list[Ranked]:
        return [column[place] for column, place in zip(columns, places, strict=True)]

    start = (0,) * len(columns)
    queue, seen = [(_add_keys(pick(start), 1), start)], {start}
    while queue:
        key, places = heapq.heappop(queue)
        choices = tuple([one.choice for one in pick(places)])
        if len(set(map(_list_numbers, choices))) > 1:
            yield key, choices
        for axis, column in enumerate(columns):
            following = (*places[:axis], places[axis] + 1, *places[axis + 1 :])
            if following[axis] < len(column) and following not in seen:
                seen.add(following)
                heapq.heappush(queue, (_add_keys(pick(following), 1), following))


def _list_numbers(choice: Choice) -> tuple[object, ...]:
    return choice[: Choice._fields.index("axis")]


def _add_keys(ranked: Sequence[Ranked], mixed: int) -> Key:
    added = tuple(map(sum, zip(*(one.key for one in ranked), strict=True)))
    return (*added[:COMMON], mixed, *added[COMMON:])
