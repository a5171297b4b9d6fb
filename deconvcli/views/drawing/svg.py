"""A picture as SVG: self-contained, animated by its style sheet, or one frame of it baked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from deconvcli.views.drawing.clock import clock
from deconvcli.views.drawing.layout import LINE, MARGIN, UNIT, Drawing, Panel
from deconvcli.views.drawing.scene import Cell, Kind, Mark, Scene
from deconvcli.views.drawing.style import Style
from deconvcli.views.drawing.window import Window

_BASELINE = 21
_STUB = 10
"""How far the lines of a grid go on where the picture does not show the rest."""
_EDGE = 3
"""Room around the full scatter for the strokes that lie on its outline."""


def animated(drawing: Drawing) -> str:
    """The whole animation."""
    marks = _marks(drawing.scene.marks, drawing)
    return _document(drawing, style(drawing).moving(), marks, _moving(drawing))


def baked(drawing: Drawing, frame: int) -> str:
    """One frame: the same elements as the animation shows at that time.

    Raises:
        UsageError: there is no such frame.
    """
    frame = drawing.scene.checked(frame)
    return _document(drawing, style(drawing).still(), _until(drawing, frame), _at(drawing, frame))


def plain(drawing: Drawing, frame: int) -> str:
    """The same in the light theme alone, for programs that read no media queries."""
    frame = drawing.scene.checked(frame)
    return _document(drawing, style(drawing).plain(), _until(drawing, frame), _at(drawing, frame))


def style(drawing: Drawing) -> Style:
    """The rules of this picture."""
    reached = {mark.pairs for mark in drawing.scene.marks if mark.kind is Kind.REACHED}
    return Style(drawing.scene, clock(drawing.scene), tuple(sorted(reached - {0})))


def _document(drawing: Drawing, sheet: str, marks: Iterable[str], above: Iterable[str]) -> str:
    caption, width, height = drawing.caption, drawing.width, drawing.height
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{_safe(caption.title)}</title>',
        f'<desc id="desc">{_safe(caption.description)}</desc>',
        f"<style>{sheet}</style>",
        f'<rect class="ground" width="{width}" height="{height}" rx="6"/>',
        *_words(drawing),
        *_grids(drawing),
        f'<g class="c">{"".join(marks)}</g>',
        *above,
        "</svg>\n",
    ]
    return "\n".join(lines)


def _safe(text: str) -> str:
    """Foreign text as XML takes it."""
    return escape("".join(c if c.isprintable() else repr(c)[1:-1] for c in text), quote=False)


def _words(drawing: Drawing) -> Iterator[str]:
    top = MARGIN + LINE // 2
    for place, line in enumerate(drawing.title):
        yield _text("h", MARGIN, top + place * LINE, line)
    top += len(drawing.title) * LINE
    for place, line in enumerate(drawing.sizes):
        yield _text("muted", MARGIN, top + place * LINE, line)
    for panel, label in ((drawing.given, "input"), (drawing.full, "full scatter, then the crop")):
        yield _text("muted", panel.left, panel.top - LINE // 2, label)
    for place, line in enumerate(drawing.notes):
        yield _text("muted", MARGIN, drawing.foot + place * LINE, line)


def _text(name: str, left: int, baseline: int, line: str) -> str:
    return f'<text class="{name}" x="{left}" y="{baseline}">{_safe(line)}</text>'


def _grids(drawing: Drawing) -> Iterator[str]:
    """The lines of both panels, which go on where the picture does not."""
    rows, columns = drawing.scene.windows
    given, full = drawing.given, drawing.full
    whole = (rows.inputs == rows.n, columns.inputs == columns.n)
    yield f'<rect class="given" {_extent(given)}/>'
    yield _grid(given, (0, rows.inputs), (0, columns.inputs), whole)
    ends = (rows.end >= rows.full, columns.end >= columns.full)
    yield _grid(full, _scattered(rows), _scattered(columns), ends)


def _extent(panel: Panel) -> str:
    wide, high = panel.right - panel.left, panel.bottom - panel.top
    return f'x="{panel.left}" y="{panel.top}" width="{wide}" height="{high}"'


def _scattered(shown: Window) -> tuple[int, int]:
    """The cells of a window that hold the full scatter, without the zeros around."""
    return -shown.begin, min(shown.end, shown.full) - shown.begin


def _grid(panel: Panel, rows: Cell, columns: Cell, ends: tuple[bool, bool]) -> str:
    (top, bottom), (left, right) = rows, columns
    x, y = panel.left + left * UNIT, panel.top + top * UNIT
    wide = (right - left) * UNIT + (0 if ends[1] else _STUB)
    high = (bottom - top) * UNIT + (0 if ends[0] else _STUB)
    across = "".join(f"M{x} {y + at * UNIT}h{wide}" for at in range(bottom - top + 1))
    down = "".join(f"M{x + at * UNIT} {y}v{high}" for at in range(right - left + 1))
    return f'<path class="grid" d="{across}{down}"/>'


def _until(drawing: Drawing, frame: int) -> Iterator[str]:
    """The marks of a frame."""
    return _marks((mark for mark in drawing.scene.marks if mark.frame <= frame), drawing)


def _marks(marks: Iterable[Mark], drawing: Drawing) -> Iterator[str]:
    rows, columns = drawing.scene.windows
    for mark in marks:
        y, x = mark.cell
        left = drawing.full.left + (x - columns.begin) * UNIT
        top = drawing.full.top + (y - rows.begin) * UNIT
        slash = f'<path class="slash" d="M{left} {top + UNIT}l{UNIT} {-UNIT}"/>'
        yield (
            f'<g class="f{mark.frame} {_look(mark)}">'
            f'<rect x="{left}" y="{top}" width="{UNIT}" height="{UNIT}"/>'
            f"{slash if mark.kind is Kind.CUT else ''}"
            f'<text x="{left + UNIT // 2}" y="{top + _BASELINE}">{mark.pairs}</text></g>'
        )


def _look(mark: Mark) -> str:
    return f"n{mark.pairs}" if mark.kind is Kind.REACHED else mark.kind.value


def _moving(drawing: Drawing) -> list[str]:
    """Stamp and crop of all frames: each is seen in its own, the last crop stays."""
    frames = range(1, drawing.scene.frames)
    stamps = range(1, len(drawing.scene.stamps) + 1)
    passing = [_passing(drawing, frame, f"p{frame}") for frame in frames]
    last = _passing(drawing, drawing.scene.frames, f"f{drawing.scene.frames}")
    lit = [_lit(drawing, frame, f"p{frame}") for frame in stamps]
    return [*lit, *_over(drawing, [*passing, last])]


def _at(drawing: Drawing, frame: int) -> list[str]:
    """Stamp or crop of one frame."""
    over = _over(drawing, [_passing(drawing, frame, "")])
    is_stamp = frame <= len(drawing.scene.stamps)
    return [_lit(drawing, frame, ""), *over] if is_stamp else over


def _lit(drawing: Drawing, frame: int, name: str) -> str:
    """The input that is being stamped."""
    y, x = drawing.scene.stamps[frame - 1]
    place = f'x="{drawing.given.left + x * UNIT}" y="{drawing.given.top + y * UNIT}"'
    return f'<rect class="lit {name}" {place} width="{UNIT}" height="{UNIT}"/>'


def _passing(drawing: Drawing, frame: int, name: str) -> str:
    """What lies over the full scatter in one frame."""
    scene = drawing.scene
    if frame <= len(scene.stamps):
        return f'<g class="{name}">{_stamp(scene, frame)}</g>'
    return f'<g class="{name}">{_crop(scene, frame)}</g>' if scene.crops else ""


def _over(drawing: Drawing, parts: list[str]) -> list[str]:
    """What lies over the full scatter, cut off where the picture ends.

    Its coordinates count from element 0 of both axes.
    """
    rows, columns = drawing.scene.windows
    full = drawing.full
    x, y = (shown.begin * UNIT - _EDGE for shown in (columns, rows))
    wide, high = (shown.size * UNIT + 2 * _EDGE for shown in (columns, rows))
    return [
        f'<svg x="{full.left - _EDGE}" y="{full.top - _EDGE}" width="{wide}" height="{high}"'
        f' viewBox="{x} {y} {wide} {high}">',
        *parts,
        "</svg>",
    ]


def _stamp(scene: Scene, frame: int) -> str:
    """The kernel on the elements that an input reaches."""
    (rows, columns), (row, column) = scene.windows, scene.stamps[frame - 1]
    taps = "".join(
        f"M{x * UNIT} {y * UNIT}h{UNIT}v{UNIT}h{-UNIT}z"
        for y in rows.taps(row)
        for x in columns.taps(column)
    )
    # One element beyond the window is out of sight.
    wide, high = (min(shown.axis.span, shown.end + 1) * UNIT for shown in (columns, rows))
    x, y = column * columns.axis.stride * UNIT, row * rows.axis.stride * UNIT
    reach = f'<rect class="reach" x="{x}" y="{y}" width="{wide}" height="{high}"/>'
    return f'{reach}<path class="tap" d="{taps}"/>'


def _crop(scene: Scene, frame: int) -> str:
    """The frame of what the crop keeps, on its way in."""
    (top, bottom), (left, right) = scene.crop(frame)
    x, y = left * UNIT, top * UNIT
    wide, high = max(0.0, right - left) * UNIT, max(0.0, bottom - top) * UNIT
    return f'<rect class="crop" x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}"/>'
