"""The picture of a network as self-contained SVG, without references or scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deconvcli.views.drawing.network.content import INSET, SMALL_LETTERS, Content, measure_badge
from deconvcli.views.drawing.network.layout import EDGE, HEAD, LINE, Label, NetworkDrawing
from deconvcli.views.drawing.network.placing import Frame
from deconvcli.views.drawing.network.routes import GAP, Point, Route
from deconvcli.views.drawing.network.style import write_css, write_light_css
from deconvcli.views.drawing.network.text import measure
from deconvcli.views.drawing.svg import escape_text

_RADIUS = 8
_HEAD_LENGTH, _HEAD_WIDTH = 7, 4
_BAND_EDGE = 8


def write_network(drawing: NetworkDrawing) -> str:
    """Return the picture, in the theme of whoever looks at it."""
    return _write_document(drawing, write_css())


def write_light_network(drawing: NetworkDrawing) -> str:
    """Return the picture in the light theme alone, for programs that ignore media queries."""
    return _write_document(drawing, write_light_css())


def _write_document(drawing: NetworkDrawing, css: str) -> str:
    width, height = drawing.width, drawing.height
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape_text(drawing.network.title)}</title>',
        f'<desc id="desc">{escape_text(describe(drawing))}</desc>',
        f"<style>{css}</style>",
        f'<rect class="ground" width="{width}" height="{height}" rx="6"/>',
        *_write_words(drawing),
        *_write_columns(drawing),
        f'<g transform="translate(0 {drawing.top})">',
        # The lines of the path lie over those of skips.
        *[_write_route(route) for route in drawing.routes if route.is_skip],
        *[_write_route(route) for route in drawing.routes if not route.is_skip],
        *[_write_label(label) for label in drawing.labels],
        *[_write_repeat(one.times, one.frame) for one in drawing.repeats],
        *[
            _write_box(content, frame)
            for content, frame in zip(drawing.contents, drawing.frames, strict=True)
        ],
        "</g>",
        "</svg>\n",
    ]
    return "\n".join(lines)


def describe(drawing: NetworkDrawing) -> str:
    """Return what the picture shows, for people who cannot see it."""
    joins = [
        f"{drawing.contents[number].whole} takes from "
        + " and ".join(_name(drawing, one) for one in box.takes)
        for number, box in enumerate(drawing.boxes)
        if len(box.takes) > 1
    ]
    heads = [f"{column.head[0]} ({column.head[1]})" for column in drawing.columns]
    parts = [
        f"The layers of a network from its input down, {' '.join(drawing.summary)}.",
        f"Columns from left to right: {', '.join(heads)}.",
        *([f"Joins: {'; '.join(joins)}."] if joins else ["Nothing is joined."]),
        *drawing.notes,
    ]
    return " ".join(parts)


def _name(drawing: NetworkDrawing, number: int) -> str:
    layer = drawing.network.layers[drawing.boxes[number].layers[0]]
    return layer.name or layer.kind


def _write_words(drawing: NetworkDrawing) -> Iterator[str]:
    baseline = EDGE + LINE // 2
    for line in drawing.title:
        yield _write_text("h", EDGE, baseline, line)
        baseline += LINE
    for line in drawing.summary:
        yield _write_text("muted", EDGE, baseline, line)
        baseline += LINE
    baseline = drawing.bottom + EDGE + LINE
    for line in drawing.notes:
        yield _write_text("muted", EDGE, baseline, line)
        baseline += LINE


def _write_columns(drawing: NetworkDrawing) -> Iterator[str]:
    top = drawing.top - HEAD - GAP // 2
    height = drawing.bottom - top + _BAND_EDGE
    for column in drawing.columns:
        left, width = column.left - _BAND_EDGE, column.width + 2 * _BAND_EDGE
        yield f'<rect class="band" x="{left}" y="{top}" width="{width}" height="{height}" rx="6"/>'
        middle = column.left + column.width // 2
        yield _write_text("c", middle, top + 19, column.head[0])
        yield _write_text("m", middle, top + 36, column.head[1])


def _write_text(name: str, left: int, baseline: int, line: str) -> str:
    return f'<text class="{name}" x="{left}" y="{baseline}">{escape_text(line)}</text>'


def _write_route(route: Route) -> str:
    line, head = ("q", "z") if route.is_skip else ("p", "a")
    end, before = route.points[-1], route.points[-2]
    return (
        f'<path class="{line}" d="{_write_path(route.points)}"/>'
        f'<path class="{head}" d="{_write_head(end, before)}"/>'
    )


def _write_label(label: Label) -> str:
    """Return the size along a line, which is broken for it."""
    width = int(measure(label.text, SMALL_LETTERS)) + 4
    return (
        f'<g transform="translate({label.x} {label.y}) rotate(-90)">'
        f'<rect class="ground" x="{-width // 2}" y="-7" width="{width}" height="14"/>'
        f"{_write_text('l', 0, 4, label.text)}</g>"
    )


def _write_path(points: Sequence[Point]) -> str:
    """Return a line through all points, with round corners."""
    parts = [f"M{points[0].x} {points[0].y}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        near, far = _approach(corner, before), _approach(corner, after)
        parts.append(f"L{near.x} {near.y}Q{corner.x} {corner.y} {far.x} {far.y}")
    # The line ends in the arrow head, whose tip is at the box.
    last = _approach(points[-1], points[-2], _HEAD_LENGTH - 1)
    return "".join([*parts, f"L{last.x} {last.y}"])


def _approach(end: Point, start: Point, distance: int = _RADIUS) -> Point:
    """Return the point at a distance from the end of a line, or its middle if it is short."""
    step = min(distance, (abs(end.x - start.x) + abs(end.y - start.y)) // 2)
    right = (start.x > end.x) - (start.x < end.x)
    down = (start.y > end.y) - (start.y < end.y)
    return Point(end.x + step * right, end.y + step * down)


def _write_head(tip: Point, before: Point) -> str:
    """Return an arrow head as a path: a marker would be a reference, as `url(#id)`."""
    if tip.x == before.x:
        return f"M{tip.x} {tip.y}l{-_HEAD_WIDTH} {-_HEAD_LENGTH}h{2 * _HEAD_WIDTH}z"
    back = _HEAD_LENGTH if before.x > tip.x else -_HEAD_LENGTH
    return f"M{tip.x} {tip.y}l{back} {-_HEAD_WIDTH}v{2 * _HEAD_WIDTH}z"


def _write_box(content: Content, frame: Frame) -> str:
    texts = [
        _write_text(line.look, frame.left + INSET, frame.top + line.baseline, line.text)
        if line.right is None
        else _write_text(
            f"{line.look} e", frame.right - line.right, frame.top + line.baseline, line.text
        )
        for line in content.lines
    ]
    radius = 13 if " i" in content.look else 5
    return (
        f'<g class="{content.look}"><title>{escape_text(content.whole)}</title>'
        f'<rect x="{frame.left}" y="{frame.top}" width="{frame.width}" height="{frame.height}"'
        f' rx="{radius}"/>{"".join(texts)}</g>{_write_badge(content, frame)}'
    )


def _write_badge(content: Content, frame: Frame) -> str:
    """Return the numbers of the problems of a box, which stand below the picture."""
    if not content.badge:
        return ""
    width = measure_badge(content.badge)
    left, top = frame.right - width - 5, frame.top + 4
    return (
        f'<rect class="o" x="{left}" y="{top}" width="{width}" height="18" rx="9"/>'
        + _write_text("v", left + width // 2, top + 13, content.badge)
    )


def _write_repeat(times: int, frame: Frame) -> str:
    """Return the brace beside a block, with how often it stands there."""
    x, top, bottom = frame.right + 5, frame.top, frame.bottom
    middle = (top + bottom) // 2
    return (
        f'<path class="r" d="M{x} {top}h6V{bottom}h-6"/>'
        f'<text class="x" x="{x + 12}" y="{middle + 5}">{times}x</text>'
    )
