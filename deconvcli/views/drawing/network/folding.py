"""Fewer boxes for a large network: repeated blocks are drawn once, then parts become one box.

A run of boxes that stand next to each other can become one: no path leaves it and comes back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import TypeAlias

from deconvcli.views.drawing.network.boxes import Box, follow_paths
from deconvcli.views.drawing.network.graph import DrawnLayer

MAX_PLAIN = 64
"""The most boxes that are drawn one by one, before repeated blocks are drawn once."""
MAX_BOXES = 160
"""The most boxes of a picture, which is then some ten screens long."""
MAX_PERIOD = 24
MAX_STEPS = 1_000_000
MAX_DEPTH = 16
"""How many parts of a layer's name are looked at."""
_SEPARATORS, _UNDERSCORES = re.compile(r"[/.:]+"), re.compile("_+")

Run: TypeAlias = tuple[int, int]
"""The numbers of the first box and of the one after the last."""


def fold_boxes(boxes: list[Box], layers: Sequence[DrawnLayer]) -> list[Box]:
    """Return at most as many boxes as a picture can have, in an order that follows the paths."""
    followed = follow_paths(boxes)
    if len(boxes) > MAX_PLAIN:
        followed = _fold_repeats(followed, layers)
    if len(followed) <= MAX_BOXES:
        return followed
    # In the order of the file, where parts of one name stand together.
    return follow_paths(_fold_parts(_fold_repeats(boxes, layers), layers))


def _fold_repeats(boxes: list[Box], layers: Sequence[DrawnLayer]) -> list[Box]:
    """Return the boxes with repeated blocks drawn once."""
    search = _Search(boxes, layers)
    kept: list[Box] = []
    new_number: dict[int, int] = {}
    start = blocks = 0
    while start < len(boxes):
        period, times = search.find_repeat(start)
        blocks += times > 1
        for number in range(start, start + period):
            box = boxes[number]
            takes = tuple(dict.fromkeys([new_number[one] for one in box.takes]))
            copies = [boxes[number + period * copy].layers for copy in range(times)]
            inside = tuple([one for copy in copies for one in copy])
            for copy in range(times):
                new_number[number + period * copy] = len(kept)
            block = blocks if times > 1 else 0
            kept.append(box._replace(layers=inside, takes=takes, times=times, block=block))
        start += period * times
    return kept


class _Search:
    """The search for blocks that stand several times in a row, of which each takes from the last.

    It ends after a number of steps, as in a file that was made to be slow.
    """

    def __init__(self, boxes: Sequence[Box], layers: Sequence[DrawnLayer]) -> None:
        self._boxes = boxes
        self._signs = [_describe(number, box, layers) for number, box in enumerate(boxes)]
        # The last box that takes from each.
        self._furthest = list(range(len(boxes)))
        for number, box in enumerate(boxes):
            for one in box.takes:
                self._furthest[one] = number
        self._steps = 0

    def find_repeat(self, start: int) -> tuple[int, int]:
        """Return the length of the block that begins here, and how often it stands here."""
        best = (1, 1)
        for period in range(1, min(MAX_PERIOD, (len(self._boxes) - start) // 2) + 1):
            # A block has one column, so that one brace can stand beside it.
            if self._boxes[start + period - 1].scale != self._boxes[start].scale:
                break
            if self._signs[start + period] != self._signs[start]:
                continue
            times = self._count_copies(start, period)
            if period * (times - 1) > best[0] * (best[1] - 1):
                best = (period, times)
        return best

    def _count_copies(self, start: int, period: int) -> int:
        """Return how often a block stands in a row, where only its last copy is used after it."""
        end = start + period
        while end < len(self._boxes) and self._signs[end] == self._signs[end - period]:
            end += 1
            self._steps += 1
            if self._steps > MAX_STEPS:
                return 1
        second = self._boxes[start + period : start + 2 * period]
        if any(one < start for box in second for one in box.takes):
            return 1
        best, used = 1, start
        for copy in range(2, (end - start) // period + 1):
            last = start + period * (copy - 1)
            used = max(used, *self._furthest[last - period : last])
            if used < last + period:
                best = copy
        return best


def _describe(number: int, box: Box, layers: Sequence[DrawnLayer]) -> tuple[object, ...]:
    """Return what equals in copies of a box: its layers, and how far before it its inputs are."""
    looks = [(layers[one].kind, layers[one].sizes, layers[one].call) for one in box.layers]
    return box.scale, tuple(looks), tuple([number - one for one in box.takes])


def _fold_parts(boxes: list[Box], layers: Sequence[DrawnLayer]) -> list[Box]:
    """Return the boxes with the parts of the model that have a name of their own as one each."""
    runs = _find_parts(boxes, layers)
    # Parts of which there are few are divided again.
    step = -(-2 * len(boxes) // MAX_BOXES)
    pieces = [(at, min(at + step, end)) for start, end in runs for at in range(start, end, step)]
    return _merge(boxes, pieces, layers)


def _find_parts(boxes: Sequence[Box], layers: Sequence[DrawnLayer]) -> list[Run]:
    """Return the runs of boxes of one part and one column, else of one part; else all as one."""
    first = [layers[box.layers[0]] for box in boxes]
    sign = _find_separators(layers)
    paths = [sign.split(one.name.strip("/."))[:-1][:MAX_DEPTH] for one in first]
    columns = [box.scale for box in boxes]
    for depth in range(max(map(len, paths)), -1, -1):
        # An input is a part of its own.
        parts = [
            number if one.is_input else tuple(path[:depth])
            for number, (one, path) in enumerate(zip(first, paths, strict=True))
        ]
        for signs in (list(zip(parts, columns, strict=True)), parts):
            runs = _find_runs(signs)
            if len(runs) <= MAX_BOXES // 2:
                return runs
    return [(0, len(boxes))]


def _find_separators(layers: Sequence[DrawnLayer]) -> re.Pattern[str]:
    """Return what separates the parts of names; Keras has nothing but underscores."""
    return _SEPARATORS if any(_SEPARATORS.search(one.name) for one in layers) else _UNDERSCORES


def _find_runs(signs: Sequence[object]) -> list[Run]:
    """Return the runs of equal signs."""
    ends = range(1, len(signs))
    starts = [0, *[at for at in ends if signs[at] != signs[at - 1]]]
    return list(zip(starts, [*starts[1:], len(signs)], strict=True))


def _merge(boxes: Sequence[Box], runs: Sequence[Run], layers: Sequence[DrawnLayer]) -> list[Box]:
    """Return one box for each run."""
    number_of = {one: at for at, (start, end) in enumerate(runs) for one in range(start, end)}
    separators = _find_separators(layers)
    merged = []
    for at, (start, end) in enumerate(runs):
        inside = [one for box in boxes[start:end] for one in box.layers]
        takes = [number_of[one] for box in boxes[start:end] for one in box.takes]
        outside = tuple(dict.fromkeys([one for one in takes if one != at]))
        if end - start == 1:
            merged.append(boxes[start]._replace(takes=outside))
            continue
        # The size of a part is that of its last layer.
        inside.sort()
        ordered = (inside[-1], *inside[:-1])
        names = [layers[one].name for one in inside]
        kinds = [layers[one].kind for one in (inside[0], inside[-1])]
        group = _find_start(names, separators) or " … ".join(kinds)
        merged.append(Box(ordered, outside, boxes[end - 1].scale, group=group))
    return merged


def _find_start(names: Sequence[str], separators: re.Pattern[str]) -> str:
    """Return the start that names have in common, up to a separator."""
    low, high = min(names), max(names)
    same = list(takewhile(lambda pair: pair[0] == pair[1], zip(low, high, strict=False)))
    common = low[: len(same)]
    if common != low:
        ends = [match.start() for match in separators.finditer(common)]
        common = common[: max(ends, default=0)]
    return common.strip("/.:")
