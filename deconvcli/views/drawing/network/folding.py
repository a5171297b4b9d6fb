"""Fewer boxes for a large network: repeated blocks are drawn once, then parts become one box.

A run of boxes that stand next to each other can become one: no path leaves it and comes back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import TypeAlias

from deconvcli.views.drawing.network.boxes import Box
from deconvcli.views.drawing.network.graph import DrawnLayer

MAX_PLAIN = 64
"""The most boxes that are drawn one by one, before repeated blocks are drawn once."""
MAX_BOXES = 160
"""The most boxes of a picture, which is then some ten screens long."""
MAX_PERIOD = 24
_SEPARATORS = re.compile(r"[/.:]+")

Run: TypeAlias = tuple[int, int]
"""The numbers of the first box and of the one after the last."""


def fold_boxes(boxes: list[Box], layers: Sequence[DrawnLayer]) -> list[Box]:
    """Return at most as many boxes as a picture can have."""
    if len(boxes) > MAX_PLAIN:
        boxes = _fold_repeats(boxes, layers)
    if len(boxes) > MAX_BOXES:
        boxes = _fold_parts(boxes, layers)
    return boxes


def _fold_repeats(boxes: list[Box], layers: Sequence[DrawnLayer]) -> list[Box]:
    """Return the boxes with repeated blocks drawn once."""
    signs = [_describe(number, box, layers) for number, box in enumerate(boxes)]
    furthest = _find_furthest_uses(boxes)
    kept: list[Box] = []
    new_number: dict[int, int] = {}
    start = blocks = 0
    while start < len(boxes):
        period, times = _find_repeat(start, boxes, signs, furthest)
        blocks += times > 1
        for number in range(start, start + period):
            box = boxes[number]
            takes = tuple(dict.fromkeys([new_number[one] for one in box.takes]))
            copies = [boxes[number + period * copy].layers for copy in range(times)]
            inside = tuple([one for copy in copies for one in copy])
            for copy in range(times):
                new_number[number + period * copy] = len(kept)
            kept.append(
                box._replace(layers=inside, takes=takes, times=times, block=blocks * (times > 1))
            )
        start += period * times
    return kept


def _describe(number: int, box: Box, layers: Sequence[DrawnLayer]) -> tuple[object, ...]:
    """Return what equals in copies of a box: its layers, and how far before it its inputs are."""
    looks = [(layers[one].kind, layers[one].sizes, layers[one].call) for one in box.layers]
    return box.scale, tuple(looks), tuple([number - one for one in box.takes])


def _find_furthest_uses(boxes: Sequence[Box]) -> list[int]:
    """Return the number of the last box that takes from each."""
    found = list(range(len(boxes)))
    for number, box in enumerate(boxes):
        for one in box.takes:
            found[one] = number
    return found


def _find_repeat(
    start: int, boxes: Sequence[Box], signs: Sequence[object], furthest: Sequence[int]
) -> tuple[int, int]:
    """Return the length of the block that begins here, and how often it stands here."""
    best = (1, 1)
    for period in range(1, min(MAX_PERIOD, (len(boxes) - start) // 2) + 1):
        if boxes[start + period - 1].scale != boxes[start].scale:
            break
        end = start + period
        while end < len(boxes) and signs[end] == signs[end - period]:
            end += 1
        times = (end - start) // period
        while times > 1 and not _is_closed(start, period, times, boxes, furthest):
            times -= 1
        if times > 1 and period * (times - 1) > best[0] * (best[1] - 1):
            best = (period, times)
    return best


def _is_closed(
    start: int, period: int, times: int, boxes: Sequence[Box], furthest: Sequence[int]
) -> bool:
    """Return whether copies take from the one before them alone, and only the last is used."""
    end = start + period * times
    last = end - period
    if any(furthest[number] >= end for number in range(start, last)):
        return False
    return all(one >= start for number in range(start + period, end) for one in boxes[number].takes)


def _fold_parts(boxes: list[Box], layers: Sequence[DrawnLayer]) -> list[Box]:
    """Return the boxes with the parts of the model that have a name of their own as one each."""
    paths = [_SEPARATORS.split(layers[box.layers[0]].name.strip("/.")) for box in boxes]
    for depth in range(max(map(len, paths)), 0, -1):
        runs = _find_runs(
            [(box.scale, path[:depth]) for box, path in zip(boxes, paths, strict=True)]
        )
        if len(runs) <= MAX_BOXES:
            return _merge(boxes, runs, layers)
    step = -(-len(boxes) // MAX_BOXES)
    ends = range(0, len(boxes), step)
    return _merge(boxes, [(at, min(at + step, len(boxes))) for at in ends], layers)


def _find_runs(signs: Sequence[object]) -> list[Run]:
    """Return the runs of equal signs."""
    ends = range(1, len(signs))
    starts = [0, *[at for at in ends if signs[at] != signs[at - 1]]]
    return list(zip(starts, [*starts[1:], len(signs)], strict=True))


def _merge(boxes: Sequence[Box], runs: Sequence[Run], layers: Sequence[DrawnLayer]) -> list[Box]:
    """Return one box for each run."""
    number_of = {one: at for at, (start, end) in enumerate(runs) for one in range(start, end)}
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
        group = _name_part([layers[one].name for one in inside])
        merged.append(Box(ordered, outside, boxes[end - 1].scale, group=group))
    return merged


def _name_part(names: Sequence[str]) -> str:
    """Return the start that names have in common, up to a separator."""
    low, high = min(names), max(names)
    same = list(takewhile(lambda pair: pair[0] == pair[1], zip(low, high, strict=False)))
    common = low[: len(same)]
    if common != low:
        common = common[: max(map(common.rfind, "/.:")) + 1]
    return common.strip("/.:") or "part"
