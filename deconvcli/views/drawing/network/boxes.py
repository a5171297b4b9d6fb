"""The boxes of a picture: layers, with those folded in that change no size and join nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from deconvcli.views.drawing.network.graph import DrawnLayer
from deconvcli.views.drawing.network.levels import Scale

_SMALL = re.compile(
    r"relu|norm|dropout|noise|sigmoid|logistic|tanh|elu$|silu|swish|mish|soft|activation|clip|clamp"
    r"|^erf|^exp$|^log$|sqrt|^abs|^neg|^pow|^square$|^sin$|^cos$|^reciprocal|^round|^floor|^ceil"
    r"|^identity|^inputlayer|cast|^convert|to_?copy|quant|contiguous|clone|detach|alias|rescaling"
    r"|^(add|sub|mul|div|minimum|maximum|min|max|where|subtract|multiply|divide|scale|bias)"
    r"(v2|_?|\.|$)$"
)


# They give the sizes of a tensor.
_SIZES = ("shape", "shapeof", "size")


class Box(NamedTuple):
    """One box. layers: the numbers of its layers, the one that it is named after first.

    takes: the numbers of boxes before it. scale: its column. times: how often it is repeated, as
    one of a block. block: the number of that block, counted from 1. group: the part of the network
    that it stands for; empty for a layer with what is folded in.
    """

    layers: tuple[int, ...]
    takes: tuple[int, ...]
    scale: Scale
    times: int = 1
    block: int = 0
    group: str = ""


def find_drawn(layers: Sequence[DrawnLayer]) -> set[int]:
    """Return the layers that depend on the values of an input; all of them if there is no input.

    Others unpack weights, or compute with sizes alone.
    """
    drawn: set[int] = set()
    for number, layer in enumerate(layers):
        is_reached = any(one in drawn for one in layer.takes)
        if layer.is_input or (is_reached and layer.kind.lower() not in _SIZES):
            drawn.add(number)
    return drawn or set(range(len(layers)))


def fold_small(
    layers: Sequence[DrawnLayer], drawn: Collection[int], scales: Sequence[Scale]
) -> list[Box]:
    """Return a box for each layer that is drawn, with small layers in the box before."""
    box_of: dict[int, int] = {}
    members: list[list[int]] = []
    takes: list[tuple[int, ...]] = []
    for number, layer in enumerate(layers):
        if number not in drawn:
            continue
        before = tuple(dict.fromkeys([box_of[one] for one in layer.takes if one in box_of]))
        if len(before) == 1 and _is_small(layer, layers[members[before[0]][-1]]):
            members[before[0]].append(number)
            box_of[number] = before[0]
        else:
            box_of[number] = len(members)
            members.append([number])
            takes.append(before)
    return [
        Box(tuple(inside), before, scales[inside[0]])
        for inside, before in zip(members, takes, strict=True)
    ]


def follow_paths(boxes: Sequence[Box]) -> list[Box]:
    """Return the boxes in an order in which each is followed by one that takes from it, if it can.

    Branches are then one after the other, and not mixed.
    """
    uses: list[list[int]] = [[] for _ in boxes]
    for number, box in enumerate(boxes):
        for one in box.takes:
            uses[one].append(number)
    missing = [len(box.takes) for box in boxes]
    # Numbers in order are a heap.
    waiting = [number for number, count in enumerate(missing) if count == 0]
    places: dict[int, int] = {}
    following: list[int] = []
    while waiting or following:
        number = min(following) if following else heappop(waiting)
        if number in places:
            continue
        places[number] = len(places)
        ready = []
        for one in uses[number]:
            missing[one] -= 1
            ready += [one] if missing[one] == 0 else []
        for one in following:
            heappush(waiting, one)
        following = ready
    return [
        boxes[number]._replace(takes=tuple(sorted([places[one] for one in boxes[number].takes])))
        for number in places
    ]


def _is_small(layer: DrawnLayer, before: DrawnLayer) -> bool:
    """Return whether a layer computes each element by itself, or a norm, at the same sizes."""
    if layer.is_input or layer.call or (layer.sizes != before.sizes and layer.sizes is not None):
        return False
    return _SMALL.search(layer.kind.lower()) is not None
