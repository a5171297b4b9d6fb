"""The whole picture, laid out: boxes, lines, columns and the words around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from deconvcli.common.values import format_count
from deconvcli.views.drawing.network.boxes import Box, find_drawn, fold_small
from deconvcli.views.drawing.network.content import SMALL_LETTERS, Content, write_contents
from deconvcli.views.drawing.network.folding import fold_boxes
from deconvcli.views.drawing.network.graph import DrawnNetwork, write_sizes
from deconvcli.views.drawing.network.levels import Scale, find_scales, write_scale
from deconvcli.views.drawing.network.placing import (
    Cell,
    Columns,
    Frame,
    line_up_columns,
    place_boxes,
    set_columns,
    stack_rows,
)
from deconvcli.views.drawing.network.routes import GAP, Lanes, Route, Router, find_lane
from deconvcli.views.drawing.network.text import BOLD, break_lines, measure, shorten_end

EDGE, LINE = 24, 20
HEAD = 44
"""The height of the heads of the columns, in pixels."""
HEAD_LETTERS = 13
MAX_PROBLEMS = 20
"""The most problems that are listed below a picture."""
_TITLE_LETTERS, _LETTERS = 16 * BOLD, 13
_MIN_WIDTH = 640
_REPEAT_WIDTH = 36
NOT_KNOWN = "sizes not known"


class Column(NamedTuple):
    """One column. head: the sizes in it, and which share of the input's resolution they are."""

    head: tuple[str, str]
    left: int
    width: int


class Label(NamedTuple):
    """The size that a long skip carries, written along its line. x, y: the middle, in pixels."""

    text: str
    x: int
    y: int


class Repeat(NamedTuple):
    """A block that is drawn once. frame: around its boxes."""

    times: int
    frame: Frame


class NetworkDrawing(NamedTuple):
    """A network, laid out. Its boxes and lines are at heights from 0 on, below the heads."""

    network: DrawnNetwork
    boxes: Sequence[Box]
    contents: Sequence[Content]
    frames: Sequence[Frame]
    columns: Sequence[Column]
    routes: Sequence[Route]
    labels: Sequence[Label]
    repeats: Sequence[Repeat]
    title: tuple[str, ...]
    summary: tuple[str, ...]
    notes: tuple[str, ...]
    width: int

    @property
    def top(self) -> int:
        """Return where the boxes begin, in pixels."""
        return EDGE + LINE * (len(self.title) + len(self.summary)) + HEAD + GAP

    @property
    def bottom(self) -> int:
        """Return where they end, in pixels."""
        return self.top + max(frame.bottom for frame in self.frames)

    @property
    def height(self) -> int:
        """Return the height of the whole picture, in pixels."""
        return self.bottom + 2 * EDGE + LINE * len(self.notes)


def draw_network(network: DrawnNetwork) -> NetworkDrawing:
    """Return the picture of a network, laid out."""
    layers, drawn = network.layers, find_drawn(network.layers)
    boxes = fold_boxes(fold_small(layers, drawn, find_scales(layers, drawn)), layers)
    contents = write_contents(network, boxes)
    cells, scales = place_boxes(boxes)
    frames = stack_rows(cells, contents, GAP)
    router = Router(boxes, cells, frames)
    lanes = router.find_lanes(len(scales))
    gutters = _widen(lanes.gutters, boxes, cells)
    columns = line_up_columns(cells, contents, gutters, EDGE)
    frames = set_columns(frames, cells, columns)
    width = max(columns.end + EDGE, _MIN_WIDTH)
    summary, notes = _summarize(network, boxes, scales), _list_notes(network, boxes)
    routes = router.route(columns, frames, lanes)
    return NetworkDrawing(
        network,
        boxes,
        contents,
        frames,
        [
            Column(_write_head(network, boxes, scale, columns.widths[at]), left, columns.widths[at])
            for at, (scale, left) in enumerate(zip(scales, columns.lefts, strict=True))
        ],
        routes,
        list(_write_labels(network, boxes, routes, columns, lanes)),
        _find_repeats(boxes, frames),
        _wrap([network.title], width, _TITLE_LETTERS),
        _wrap([summary], width, _LETTERS),
        _wrap(notes, width, _LETTERS),
        width,
    )


def _widen(gutters: Sequence[int], boxes: Sequence[Box], cells: Sequence[Cell]) -> list[int]:
    """Return the spaces between columns, with room for the numbers of repeated blocks."""
    repeated = {cell.column + 1 for box, cell in zip(boxes, cells, strict=True) if box.block}
    return [gutter + _REPEAT_WIDTH * (at in repeated) for at, gutter in enumerate(gutters)]


def _wrap(texts: Sequence[str], width: int, letters: float) -> tuple[str, ...]:
    room = width - 2 * EDGE
    return tuple([line for text in texts for line in break_lines(text.split(), " ", room, letters)])


def _write_labels(
    network: DrawnNetwork,
    boxes: Sequence[Box],
    routes: Sequence[Route],
    columns: Columns,
    lanes: Lanes,
) -> Iterator[Label]:
    """Yield a label for each skip that has room for one between the lines that cross it."""
    skips = {route.lane for route in routes if route.is_skip}
    level = [pair for route in routes for pair in pairwise(route.points) if pair[0].y == pair[1].y]
    for lane, (low, high) in lanes.spans.items():
        if lane not in skips or lanes.pitches[lane.gutter] < SMALL_LETTERS:
            continue
        sizes = network.layers[boxes[lane.source].layers[0]].sizes
        if sizes is None:
            continue
        text = write_sizes(sizes)
        x = find_lane(columns, lanes, lane)
        # Letters stand on both sides of the line.
        left, right = x - SMALL_LETTERS, x + SMALL_LETTERS
        crossing = [
            one.y
            for one, other in level
            if low < one.y < high and min(one.x, other.x) < right and left < max(one.x, other.x)
        ]
        stops = sorted([low, *crossing, high])
        start, end = max(pairwise(stops), key=lambda pair: pair[1] - pair[0])
        if end - start > measure(text, SMALL_LETTERS) + GAP:
            yield Label(text, x, (start + end) // 2)


def _write_head(
    network: DrawnNetwork, boxes: Sequence[Box], scale: Scale, width: int
) -> tuple[str, str]:
    """Return the sizes in a column, and the share of the input's resolution that they are."""
    layers = [network.layers[box.layers[0]] for box in boxes if box.scale == scale]
    if not scale:
        is_known = all(layer.extent is not None for layer in layers)
        return ("flat" if is_known else NOT_KNOWN), ""
    texts = list(
        dict.fromkeys(
            [write_sizes(one.spatial) for one in layers if len(one.extent or ()) == len(scale)]
        )
    )
    share = write_scale(scale)
    words = f"{share} of the input" if "/" in share else f"{share} times the input" if share else ""
    words = "input resolution" if share == "1" else words
    if not texts:
        return NOT_KNOWN, shorten_end(words, width, SMALL_LETTERS)
    both = " … ".join(dict.fromkeys([texts[0], texts[-1]]))
    for text in (both, texts[0]):
        if measure(text, HEAD_LETTERS, is_bold=True) <= width:
            return text, shorten_end(words, width, SMALL_LETTERS)
    # Formulas that have no room are in the boxes.
    return (
        shorten_end(words, width, HEAD_LETTERS, is_bold=True),
        shorten_end(texts[0], width, SMALL_LETTERS),
    )


def _find_repeats(boxes: Sequence[Box], frames: Sequence[Frame]) -> list[Repeat]:
    """Return the frame around each block that is drawn once."""
    blocks: dict[int, list[Frame]] = {}
    times = {box.block: box.times for box in boxes}
    for box, frame in zip(boxes, frames, strict=True):
        if box.block:
            blocks.setdefault(box.block, []).append(frame)
    return [
        Repeat(
            times[block],
            Frame(
                inside[0].left,
                inside[0].top,
                inside[0].width,
                inside[-1].bottom - inside[0].top,
            ),
        )
        for block, inside in blocks.items()
    ]


def _summarize(network: DrawnNetwork, boxes: Sequence[Box], scales: Sequence[Scale]) -> str:
    """Return the numbers of layers, boxes and columns, and of what is not drawn."""
    layers = sum(not layer.is_input for layer in network.layers)
    drawn = [
        number for box in boxes for number in box.layers if not network.layers[number].is_input
    ]
    boxed = sum(not network.layers[box.layers[0]].is_input for box in boxes)
    text = format_count(layers, "layer")
    text += f" in {boxed:,} boxes" if boxed < len(drawn) else ""
    text += f" at {format_count(len(scales), 'resolution')}"
    if len(drawn) < layers:
        text += f"; {layers - len(drawn):,} that depend on no input, or on sizes, are left out"
    return text


def _list_notes(network: DrawnNetwork, boxes: Sequence[Box]) -> list[str]:
    """Return the sentences below the picture."""
    problems = network.problems[:MAX_PROBLEMS]
    notes = [f"{number}: {problem.text}" for number, problem in enumerate(problems, 1)]
    if len(problems) < len(network.problems):
        notes.append(f"{len(network.problems) - len(problems)} more problems; see deconv check")
    if any(box.block for box in boxes):
        notes.append("A block with a number beside it, as 3x, stands that often in a row.")
    if any(box.group for box in boxes):
        notes.append("A box of several layers is one part of the model; its size is its output's.")
    return [*notes, *network.notes]
