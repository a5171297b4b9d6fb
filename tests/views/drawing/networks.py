"""Networks to draw, and the laws that hold for every picture of one."""

from __future__ import annotations

from itertools import combinations, pairwise
from math import prod

from deconvcli.views.drawing.network.content import INSET, LETTERS, SMALL_LETTERS
from deconvcli.views.drawing.network.graph import DrawnLayer, DrawnNetwork
from deconvcli.views.drawing.network.layout import NetworkDrawing
from deconvcli.views.drawing.network.placing import Frame
from deconvcli.views.drawing.network.routes import Point
from deconvcli.views.drawing.network.text import measure


def layer(kind: str, size: int, *takes: int, name: str = "", channels: int = 8) -> DrawnLayer:
    spatial = (size, size)
    return DrawnLayer(name or kind, kind, (channels, *spatial), spatial, spatial, takes)


def network(*layers: DrawnLayer) -> DrawnNetwork:
    return DrawnNetwork("net", [layer("input", 64)._replace(is_input=True), *layers])


def residual(count: int) -> list[DrawnLayer]:
    layers: list[DrawnLayer] = []
    for block in range(count):
        start = 3 * block
        names = [f"blocks.{block}.{part}" for part in ("a", "b", "add")]
        layers += [
            layer("Conv", 64, start, name=names[0]),
            layer("Conv", 64, start + 1, name=names[1]),
            layer("Add", 64, start, start + 2, name=names[2]),
        ]
    return layers


def varied(count: int) -> list[DrawnLayer]:
    """Return a chain in which nothing is repeated."""
    return [
        layer("Conv", 64, number, name=f"part{number // 50}.{number}", channels=number + 1)
        for number in range(count)
    ]


def touches(frame: Frame, one: Point, other: Point) -> bool:
    """Return whether a level or upright line has a point inside a box."""
    left, right = sorted((one.x, other.x))
    top, bottom = sorted((one.y, other.y))
    return left < frame.right and right > frame.left and top < frame.bottom and bottom > frame.top


def check_laws(drawing: NetworkDrawing) -> None:
    frames = drawing.frames
    for one, other in combinations(frames, 2):
        assert (
            one.right < other.left
            or other.right < one.left
            or one.bottom < other.top
            or other.bottom < one.top
        )
    pairs = [(route.source, route.target) for route in drawing.routes]
    assert pairs == [(one, at) for at, box in enumerate(drawing.boxes) for one in box.takes]
    for route in drawing.routes:
        for end, number in ((route.points[0], route.source), (route.points[-1], route.target)):
            frame = frames[number]
            is_beside = end.x in (frame.left, frame.right) and frame.top < end.y < frame.bottom
            is_below = end.y in (frame.top, frame.bottom) and frame.left < end.x < frame.right
            assert is_beside or is_below
        for start, stop in pairwise(route.points):
            assert start.x == stop.x or start.y == stop.y
            assert not any(touches(frame, start, stop) for frame in frames)
    for content, frame in zip(drawing.contents, frames, strict=True):
        baselines = [line.baseline for line in content.lines]
        assert baselines[-1] < frame.height
        for line in content.lines:
            size = SMALL_LETTERS if line.look == "n" else LETTERS
            beside = [one for one in content.lines if one.baseline == line.baseline]
            width = sum(measure(one.text, size, is_bold=one.look == "k") for one in beside)
            assert width <= frame.width - 2 * INSET + 1
    for words in (*drawing.summary, *drawing.notes):
        assert measure(words, LETTERS) <= drawing.width
    for label, next_label in combinations(drawing.labels, 2):
        half = measure(label.text + next_label.text, SMALL_LETTERS) / 2
        is_beside = abs(label.x - next_label.x) >= SMALL_LETTERS
        assert is_beside or abs(label.y - next_label.y) >= half
    for frame in frames:
        assert frame.left >= 0
        assert frame.right <= drawing.width
    resolutions = [
        prod(drawing.boxes[at].scale)
        for column in drawing.columns
        for at in [next(n for n, one in enumerate(frames) if one.left == column.left)]
        if drawing.boxes[at].scale
    ]
    assert resolutions == sorted(resolutions, reverse=True)
