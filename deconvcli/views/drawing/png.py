"""A picture as PNG, drawn by resvg, an optional dependency that needs no other program.

resvg ignores media queries, so it gets the light theme alone. It uses the fonts of the system.
"""

from __future__ import annotations

from deconvcli.common.errors import UsageError
from deconvcli.views.drawing.layout import Drawing
from deconvcli.views.drawing.style import SHAPES
from deconvcli.views.drawing.svg import write_light_frame

_DIGIT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
    f'<style>{SHAPES}</style><text x="2" y="16">0</text></svg>'
)


def render_png(drawing: Drawing, frame: int) -> bytes:
    """Return one frame as PNG at twice its size, for displays of high density.

    Raises:
        UsageError: there is no such frame, resvg is not installed, or the system has no font.
    """
    return rasterize(write_light_frame(drawing, frame))


def rasterize(content: str, zoom: float = 2) -> bytes:
    """Return a picture of the light theme as PNG, `zoom` times as large.

    Raises:
        UsageError: resvg is not installed, or the system has no font.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise UsageError(
            "a PNG is drawn by resvg, which is not installed",
            help="pip install resvg-py, or write an .svg.",
            code="no-resvg",
        ) from error
    # Without a font resvg leaves out all text and reports nothing, so draw a digit to find out.
    if svg_to_bytes(svg_string=_DIGIT) == svg_to_bytes(svg_string=_DIGIT, skip_system_fonts=True):
        raise UsageError(
            "resvg finds no font for digits on this system",
            help="install DejaVu Sans, Liberation Sans or Arial, or write an .svg.",
            code="no-font",
        )
    return svg_to_bytes(svg_string=content, zoom=zoom)
