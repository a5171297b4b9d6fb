"""What stands in each box: lines of text that fit, and how wide and high the box is for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from deconvcli.views.drawing.network.boxes import Box
from deconvcli.views.drawing.network.graph import DrawnLayer, DrawnNetwork, write_sizes
from deconvcli.views.drawing.network.text import measure, shorten_end, shorten_start

LETTERS, SMALL_LETTERS = 13, 11
"""The sizes of letters, in pixels."""
MIN_WIDTH, MAX_WIDTH = 132, 272
INSET = 10
_GAP = 14
_FIRST, _NEXT, _BOTTOM = 18, 15, 8
_MIN_HEIGHT = 36


class Line(NamedTuple):
    """A line in a box. look: its class. right: whether it ends at the right edge."""

    text: str
    look: str
    baseline: int
    right: bool = False


class Content(NamedTuple):
    """The content of a box. whole: everything in full, for readers that point at it or hear it.

    look: its class. width: what its text needs. problems: the numbers in the list below.
    """

    lines: tuple[Line, ...]
    whole: str
    look: str
    width: int
    height: int
    problems: tuple[int, ...]


class _Words(NamedTuple):
    """The words of a box. small: lines below its name. whole: as in a content."""

    kind: str
    size: str
    name: str
    small: tuple[str, ...]
    whole: str


def write_contents(network: DrawnNetwork, boxes: Sequence[Box]) -> list[Content]:
    """Return the content of each box, at most as wide as a box may be."""
    places = {layer: at for at, box in enumerate(boxes) for layer in box.layers}
    problems: dict[int, list[int]] = {}
    for number, problem in enumerate(network.problems, 1):
        if problem.layer in places:
            problems.setdefault(places[problem.layer], []).append(number)
    return [
        _write_content(network.layers, boxes, at, tuple(problems.get(at, ())))
        for at in range(len(boxes))
    ]


def _write_content(
    layers: Sequence[DrawnLayer], boxes: Sequence[Box], at: int, problems: tuple[int, ...]
) -> Content:
    box = boxes[at]
    words = _find_words(layers, box)
    # A badge stands in the corner where something is wrong.
    badge = 18 if problems else 0
    needed = measure(words.kind, LETTERS, is_bold=True) + _GAP + measure(words.size, LETTERS)
    room = MAX_WIDTH - 2 * INSET
    lines = [Line(words.kind, "k", _FIRST)]
    baseline = _FIRST
    if needed + badge <= room:
        lines.append(Line(words.size, "s", _FIRST, right=True))
        width = needed + badge
    else:
        baseline += _NEXT
        lines[0] = lines[0]._replace(
            text=shorten_end(words.kind, room - badge, LETTERS, is_bold=True)
        )
        lines.append(Line(shorten_end(words.size, room, LETTERS), "s", baseline))
        width = max(
            measure(lines[0].text, LETTERS, is_bold=True) + badge,
            measure(lines[1].text, LETTERS),
        )
    small = [shorten_end(text, room, SMALL_LETTERS) for text in words.small]
    width = max([width, *[measure(text, SMALL_LETTERS) for text in small], MIN_WIDTH - 2 * INSET])
    # A name makes no box wide: its end, which is seldom cut, tells layers apart.
    name = [shorten_start(words.name, width, SMALL_LETTERS)] if words.name else []
    for text in (*name, *small):
        baseline += _NEXT
        lines.append(Line(text, "n", baseline))
    look = _find_look(layers, box, problems)
    whole = f"{words.whole}; problem {', '.join(map(str, problems))}" if problems else words.whole
    height = max(baseline + _BOTTOM, _MIN_HEIGHT)
    return Content(
        tuple(lines),
        whole,
        look,
        int(width) + 2 * INSET,
        height,
        problems,
    )


def _find_words(layers: Sequence[DrawnLayer], box: Box) -> _Words:
    first = layers[box.layers[0]]
    size = write_sizes(first.sizes)
    if box.group:
        return _describe_group(layers, box, size)
    folded = [layers[number] for number in box.layers[1 : len(box.layers) // box.times]]
    is_named = first.name != first.kind or first.is_input
    small = [first.call] if first.call else []
    kinds = dict.fromkeys([layer.kind for layer in folded])
    small += [f"+ {', '.join(kinds)}"] if kinds else []
    whole = ", ".join(
        [
            f"{first.name}: {first.kind}" if first.name else first.kind,
            *([first.call] if first.call else []),
            f"output {size}",
            *[f"then {layer.kind} {layer.name}" for layer in folded],
            *([f"{box.times} times"] if box.times > 1 else []),
        ]
    )
    return _Words(
        "input" if first.is_input else first.kind,
        size,
        first.name if is_named else "",
        tuple(small),
        whole,
    )


def _describe_group(layers: Sequence[DrawnLayer], box: Box, size: str) -> _Words:
    kinds = Counter(layers[number].kind for number in box.layers)
    listed = ", ".join(kind for kind, _ in kinds.most_common(3))
    count = f"{len(box.layers)} layers: {listed}{', …' if len(kinds) > 3 else ''}"
    return _Words(box.group, size, "", (count,), f"{box.group}: {count}, output {size}")


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
