"""A picture as PNG, through resvg, which is an extra of ours and needs no other program.

resvg reads no media queries, so the light theme is what it gets; fonts are the system's.
"""

from __future__ import annotations

from deconvcli.common.errors import UsageError
from deconvcli.views.drawing.layout import Drawing
from deconvcli.views.drawing.style import SHAPES
from deconvcli.views.drawing.svg import plain

_DIGIT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
    f'<style>{SHAPES}</style><text x="2" y="16">0</text></svg>'
)


def rendered(drawing: Drawing, frame: int) -> bytes:
    """One frame at twice its size, for dense displays.

    Raises:
        UsageError: there is no such frame, resvg is not installed, or the system has no font.
    """
    content = plain(drawing, frame)
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise UsageError(
            "a PNG is drawn by resvg, which is not installed",
            help="pip install resvg-py, or write an .svg.",
            code="no-resvg",
        ) from error
    # Without a font the text is left out, and nobody is told.
    if svg_to_bytes(svg_string=_DIGIT) == svg_to_bytes(svg_string=_DIGIT, skip_system_fonts=True):
        raise UsageError(
            "this system has no font that resvg could draw digits with",
            help="install DejaVu Sans, Liberation Sans or Arial, or write an .svg.",
            code="no-font",
        )
    return svg_to_bytes(svg_string=content, zoom=2)
