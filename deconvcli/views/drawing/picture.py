"""A layer as a picture: laid out once, then written as SVG or PNG."""

from __future__ import annotations

from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.views.drawing.caption import write_caption
from deconvcli.views.drawing.layout import Drawing, lay_out
from deconvcli.views.drawing.scene import build_scene


def draw_layer(reading: Reading) -> Drawing:
    """Return the picture of a layer, laid out.

    Raises:
        NotLinear: an input size or a crop is a symbol.
    """
    drawn = build_scene(reading.layer, tuple(require_numbers(reading.spatial)))
    return lay_out(drawn, write_caption(reading, drawn))
