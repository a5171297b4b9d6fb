"""What stands in each box: lines of text that fit, and how wide and high the box is for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from deconvcli.views.drawing.network.boxes import Box
from deconvcli.views.drawing.network.graph import (
    DrawnLayer,
    DrawnNetwork,
    find_separator,
    list_sizes,
    write_sizes,
)
from deconvcli.views.drawing.network.text import break_lines, measure, shorten_end, shorten_start

LETTERS, SMALL_LETTERS = 13, 11
"""The sizes of letters, in pixels."""
MIN_WIDTH, MAX_WIDTH = 132, 272
INSET = 10
_ROOM = MAX_WIDTH - 2 * INSET
_GAP = 14
_FIRST, _NEXT, _BOTTOM = 18, 15, 8
_MIN_HEIGHT = 36
_MOST_LINES, _MOST_NUMBERS, _MOST_FOLDED = 2, 3, 12
# Layers that do nothing at all, whose names would be noise.
_SILENT = ("inputlayer", "identity")


class Line(NamedTuple):
    """A line in a box. look: its class. right: how far it ends from the right edge, if it does."""

    text: str
    look: str
    baseline: int
    right: int | None = None


class Content(NamedTuple):
    """The content of a box. whole: everything in full, for readers that point at it or hear it.

    look: its class. width: what its text needs. badge: the numbers of its problems in the list
    below the picture.
    """

    lines: tuple[Line, ...]
    whole: str
    look: str
    width: int
    height: int
    badge: str


class _Words(NamedTuple):
    """The words of a box. sizes: one by one. small: the lines below its name."""

    kind: str
    sizes: Sequence[str]
    name: str
    small: Sequence[str]
    whole: str


def write_contents(network: DrawnNetwork, boxes: Sequence[Box]) -> list[Content]:
    """Return the content of each box, at most as wide as a box may be."""
    places = {layer: at for at, box in enumerate(boxes) for layer in box.layers}
    problems: dict[int, list[int]] = {}
    for number, problem in enumerate(network.problems, 1):
        if problem.layer in places:
            problems.setdefault(places[problem.layer], []).append(number)
    return [
        _write_content(network.layers, box, problems.get(at, [])) for at, box in enumerate(boxes)
    ]


def _write_content(layers: Sequence[DrawnLayer], box: Box, problems: Sequence[int]) -> Content:
    words = _find_words(layers, box)
    numbers = [str(number) for number in problems]
    badge = ", ".join([*numbers[:_MOST_NUMBERS], *(["…"] if numbers[_MOST_NUMBERS:] else [])])
    beside = measure_badge(badge) + _GAP // 2 if badge else 0
    separator = find_separator(words.sizes)
    size = separator.join(words.sizes)
    kind = shorten_end(words.kind, _ROOM - beside, LETTERS, is_bold=True)
    width = measure(kind, LETTERS, is_bold=True) + beside
    rows: list[tuple[str, str]] = []
    fits = width + _GAP + measure(size, LETTERS) <= _ROOM
    if fits:
        width += _GAP + measure(size, LETTERS)
    else:
        broken = break_lines(words.sizes, separator, _ROOM, LETTERS)
        rows += [(text, "s") for text in broken]
        width = max([width, *[measure(text, LETTERS) for text in broken]])
    small = [
        line
        for text in words.small
        for line in break_lines(text.split(", "), ", ", _ROOM, SMALL_LETTERS)[:_MOST_LINES]
    ]
    width = max([width, *[measure(text, SMALL_LETTERS) for text in small], MIN_WIDTH - 2 * INSET])
    # A name makes no box wide: its end, which is seldom cut, tells layers apart.
    rows += [(shorten_start(words.name, width, SMALL_LETTERS), "n")] if words.name else []
    rows += [(text, "n") for text in small]
    lines = [Line(kind, "k", _FIRST)]
    lines += [Line(size, "s", _FIRST, right=INSET + beside)] if fits else []
    lines += [
        Line(text, look, _FIRST + at * _NEXT) for at, (text, look) in enumerate(rows, start=1)
    ]
    return Content(
        tuple(lines),
        f"{words.whole}; problem {badge}" if badge else words.whole,
        _find_look(layers, box, problems),
        int(width) + 2 * INSET,
        max(_FIRST + len(rows) * _NEXT + _BOTTOM, _MIN_HEIGHT),
        badge,
    )


def measure_badge(text: str) -> int:
    """Return the width of a badge, which is round around a single number."""
    return max(18, int(measure(text, SMALL_LETTERS, is_bold=True)) + 10)


def _find_words(layers: Sequence[DrawnLayer], box: Box) -> _Words:
    first = layers[box.layers[0]]
    if box.group:
        return _describe_group(layers, box)
    folded = [layers[number] for number in box.layers[1 : len(box.layers) // box.times]]
    kinds = dict.fromkeys([one.kind for one in folded if one.kind.lower() not in _SILENT])
    small = [first.call] if first.call else []
    small += [f"+ {', '.join(kinds)}"] if kinds else []
    whole = [
        f"{first.name}: {first.kind}" if first.name else first.kind,
        *([first.call] if first.call else []),
        f"output {write_sizes(first.sizes)}",
        *[f"then {layer.kind} {layer.name}" for layer in folded[:_MOST_FOLDED]],
        *([f"{len(folded) - _MOST_FOLDED} more"] if len(folded) > _MOST_FOLDED else []),
        *([f"{box.times} times"] if box.times > 1 else []),
    ]
    return _Words(
        "input" if first.is_input else first.kind,
        list_sizes(first.sizes),
        first.name if first.name != first.kind or first.is_input else "",
        small,
        ", ".join(whole),
    )


def _describe_group(layers: Sequence[DrawnLayer], box: Box) -> _Words:
    first = layers[box.layers[0]]
    kinds = Counter(layers[number].kind for number in box.layers)
    listed = ", ".join(kind for kind, _ in kinds.most_common(3))
    count = f"{len(box.layers)} layers: {listed}{', …' if len(kinds) > 3 else ''}"
    whole = f"{box.group}: {count}, output {write_sizes(first.sizes)}"
    return _Words(box.group, list_sizes(first.sizes), "", [count], whole)


def _find_look(layers: Sequence[DrawnLayer], box: Box, problems: Sequence[int]) -> str:
    first = layers[box.layers[0]]
    looks = ["b"]
    if first.is_input:
        looks.append("i")
    elif box.group:
        looks.append("g")
    elif first.call:
        looks.append("t")
    elif len(box.takes) > 1:
        looks.append("j")
    return " ".join([*looks, *(["w"] if problems else [])])
