"""A picture as self-contained SVG: animated by its style sheet, or one frame of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from deconvcli.views.drawing.clock import time_frames
from deconvcli.views.drawing.layout import CELL_SIDE, LINE_HEIGHT, MARGIN, Drawing, Panel
from deconvcli.views.drawing.scene import Cell, Kind, Mark, Scene
from deconvcli.views.drawing.style import Style
from deconvcli.views.drawing.window import Window

_BASELINE = 21
_STUB = 10
"""The length by which grid lines continue where the picture does not show the whole axis."""
_EDGE = 3
"""The room around the full scatter for strokes on its outline."""


def write_animation(drawing: Drawing) -> str:
    """Return the whole animation."""
    marks = _marks(drawing.scene.marks, drawing)
    return _document(drawing, make_style(drawing).animated_css(), marks, _list_overlays(drawing))


def write_frame(drawing: Drawing, frame: int) -> str:
    """Return one frame: the elements that the animation shows at that time.

    Raises:
        UsageError: there is no such frame.
    """
    return _write_frame(drawing, frame, make_style(drawing).static_css())


def write_light_frame(drawing: Drawing, frame: int) -> str:
    """Return one frame in the light theme alone, for programs that ignore media queries."""
    return _write_frame(drawing, frame, make_style(drawing).light_css())


def _write_frame(drawing: Drawing, frame: int, css: str) -> str:
    frame = drawing.scene.require_frame(frame)
    return _document(drawing, css, _marks_until(drawing, frame), _overlays_at(drawing, frame))


def make_style(drawing: Drawing) -> Style:
    """Return the style sheet of this picture."""
    # A rule for each count that occurs keeps the file small.
    reached = {mark.pairs for mark in drawing.scene.marks if mark.kind is Kind.REACHED}
    return Style(drawing.scene, time_frames(drawing.scene), tuple(sorted(reached - {0})))


def _document(drawing: Drawing, css: str, marks: Iterable[str], above: Iterable[str]) -> str:
    caption, width, height = drawing.caption, drawing.width, drawing.height
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape_text(caption.title)}</title>',
        f'<desc id="desc">{escape_text(caption.description)}</desc>',
        f"<style>{css}</style>",
        f'<rect class="ground" width="{width}" height="{height}" rx="6"/>',
        *_words(drawing),
        *_grids(drawing),
        f'<g class="c">{"".join(marks)}</g>',
        *above,
        "</svg>\n",
    ]
    return "\n".join(lines)


def escape_text(text: str) -> str:
    """Return text from outside escaped for XML, which has no place for control characters."""
    # SVG text is never an attribute here, so quotes may stay.
    return escape("".join(c if c.isprintable() else repr(c)[1:-1] for c in text), quote=False)


def _words(drawing: Drawing) -> Iterator[str]:
    top = MARGIN + LINE_HEIGHT // 2
    for place, line in enumerate(drawing.title):
        yield _text("h", MARGIN, top + place * LINE_HEIGHT, line)
    top += len(drawing.title) * LINE_HEIGHT
    for place, line in enumerate(drawing.sizes):
        yield _text("muted", MARGIN, top + place * LINE_HEIGHT, line)
    for panel, label in (
        (drawing.inputs, "input"),
        (drawing.scatter, "full scatter, then the crop"),
    ):
        yield _text("muted", panel.left, panel.top - LINE_HEIGHT // 2, label)
    for place, line in enumerate(drawing.notes):
        yield _text("muted", MARGIN, drawing.foot + place * LINE_HEIGHT, line)


def _text(name: str, left: int, baseline: int, line: str) -> str:
    return f'<text class="{name}" x="{left}" y="{baseline}">{escape_text(line)}</text>'


def _grids(drawing: Drawing) -> Iterator[str]:
    """Yield the lines of both grids, which continue where the picture is cut."""
    rows, columns = drawing.scene.windows
    given, full = drawing.inputs, drawing.scatter
    whole = (rows.inputs == rows.n, columns.inputs == columns.n)
    yield f'<rect class="given" {_extent(given)}/>'
    yield _grid(given, (0, rows.inputs), (0, columns.inputs), whole)
    ends = (rows.end >= rows.full, columns.end >= columns.full)
    yield _grid(full, _scatter_cells(rows), _scatter_cells(columns), ends)


def _extent(panel: Panel) -> str:
    wide, high = panel.right - panel.left, panel.bottom - panel.top
    return f'x="{panel.left}" y="{panel.top}" width="{wide}" height="{high}"'


def _scatter_cells(shown: Window) -> tuple[int, int]:
    """Return the cells of a window that hold the full scatter, without appended zeros."""
    return -shown.begin, min(shown.end, shown.full) - shown.begin


def _grid(panel: Panel, rows: Cell, columns: Cell, ends: tuple[bool, bool]) -> str:
    (top, bottom), (left, right) = rows, columns
    x, y = panel.left + left * CELL_SIDE, panel.top + top * CELL_SIDE
    wide = (right - left) * CELL_SIDE + (0 if ends[1] else _STUB)
    high = (bottom - top) * CELL_SIDE + (0 if ends[0] else _STUB)
    across = "".join(f"M{x} {y + at * CELL_SIDE}h{wide}" for at in range(bottom - top + 1))
    down = "".join(f"M{x + at * CELL_SIDE} {y}v{high}" for at in range(right - left + 1))
    return f'<path class="grid" d="{across}{down}"/>'


def _marks_until(drawing: Drawing, frame: int) -> Iterator[str]:
    """Return the marks of a frame."""
    return _marks((mark for mark in drawing.scene.marks if mark.frame <= frame), drawing)


def _marks(marks: Iterable[Mark], drawing: Drawing) -> Iterator[str]:
    rows, columns = drawing.scene.windows
    for mark in marks:
        y, x = mark.cell
        left = drawing.scatter.left + (x - columns.begin) * CELL_SIDE
        top = drawing.scatter.top + (y - rows.begin) * CELL_SIDE
        # A later mark lies on top of the older marks of its cell and hides them.
        look = f"n{mark.pairs}" if mark.kind is Kind.REACHED else mark.kind.value
        slash = f'<path class="slash" d="M{left} {top + CELL_SIDE}l{CELL_SIDE} {-CELL_SIDE}"/>'
        yield (
            f'<g class="f{mark.frame} {look}">'
            f'<rect x="{left}" y="{top}" width="{CELL_SIDE}" height="{CELL_SIDE}"/>'
            f"{slash if mark.kind is Kind.CUT else ''}"
            f'<text x="{left + CELL_SIDE // 2}" y="{top + _BASELINE}">{mark.pairs}</text></g>'
        )


def _list_overlays(drawing: Drawing) -> list[str]:
    """Return stamp and crop of all frames: each shows in its own frame, the last crop stays."""
    frames = range(1, drawing.scene.frames)
    stamps = range(1, len(drawing.scene.stamps) + 1)
    passing = [_overlay(drawing, frame, f"p{frame}") for frame in frames]
    last = _overlay(drawing, drawing.scene.frames, f"f{drawing.scene.frames}")
    lit = [_highlight(drawing, frame, f"p{frame}") for frame in stamps]
    return [*lit, *_clip(drawing, [*passing, last])]


def _overlays_at(drawing: Drawing, frame: int) -> list[str]:
    """Return the stamp or the crop of one frame."""
    over = _clip(drawing, [_overlay(drawing, frame, "")])
    is_stamp = frame <= len(drawing.scene.stamps)
    return [_highlight(drawing, frame, ""), *over] if is_stamp else over


def _highlight(drawing: Drawing, frame: int, name: str) -> str:
    """Return the highlight of the input that a frame stamps."""
    y, x = drawing.scene.stamps[frame - 1]
    place = f'x="{drawing.inputs.left + x * CELL_SIDE}" y="{drawing.inputs.top + y * CELL_SIDE}"'
    return f'<rect class="lit {name}" {place} width="{CELL_SIDE}" height="{CELL_SIDE}"/>'


def _overlay(drawing: Drawing, frame: int, name: str) -> str:
    """Return the stamp or the crop that lies over the full scatter in one frame."""
    scene = drawing.scene
    if frame <= len(scene.stamps):
        return f'<g class="{name}">{_stamp(scene, frame)}</g>'
    return f'<g class="{name}">{_crop(scene, frame)}</g>' if scene.has_crop else ""


def _clip(drawing: Drawing, parts: list[str]) -> list[str]:
    """Return a nested SVG over the full scatter, whose coordinates start at element 0.

    A nested <svg> clips its content. A clipPath would too, but by url(#id), and the file must not
    contain references: viewers and sanitizers treat them in different ways.
    """
    rows, columns = drawing.scene.windows
    full = drawing.scatter
    x, y = (shown.begin * CELL_SIDE - _EDGE for shown in (columns, rows))
    wide, high = (shown.size * CELL_SIDE + 2 * _EDGE for shown in (columns, rows))
    return [
        f'<svg x="{full.left - _EDGE}" y="{full.top - _EDGE}" width="{wide}" height="{high}"'
        f' viewBox="{x} {y} {wide} {high}">',
        *parts,
        "</svg>",
    ]


def _stamp(scene: Scene, frame: int) -> str:
    """Return the kernel on the elements that an input reaches."""
    (rows, columns), (row, column) = scene.windows, scene.stamps[frame - 1]
    taps = "".join(
        f"M{x * CELL_SIDE} {y * CELL_SIDE}h{CELL_SIDE}v{CELL_SIDE}h{-CELL_SIDE}z"
        for y in rows.taps(row)
        for x in columns.taps(column)
    )
    # One element beyond the window is out of sight; a longer span could overflow the renderer.
    wide, high = (min(shown.axis.span, shown.end + 1) * CELL_SIDE for shown in (columns, rows))
    x, y = column * columns.axis.stride * CELL_SIDE, row * rows.axis.stride * CELL_SIDE
    reach = f'<rect class="reach" x="{x}" y="{y}" width="{wide}" height="{high}"/>'
    return f'{reach}<path class="tap" d="{taps}"/>'


def _crop(scene: Scene, frame: int) -> str:
    """Return the outline of the kept elements on its way in."""
    (top, bottom), (left, right) = scene.crop_at(frame)
    x, y = left * CELL_SIDE, top * CELL_SIDE
    wide, high = max(0.0, right - left) * CELL_SIDE, max(0.0, bottom - top) * CELL_SIDE
    return f'<rect class="crop" x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}"/>'
