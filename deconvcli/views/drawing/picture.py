"""A reading as a picture: laid out once, then written in one format or another."""

from __future__ import annotations

from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.views.drawing.caption import caption
from deconvcli.views.drawing.layout import Drawing, draw
from deconvcli.views.drawing.scene import scene


def picture(reading: Reading) -> Drawing:
    """The layer of a reading, laid out.

    Raises:
        NotLinear: an input size or a crop is a symbol.
    """
    drawn = scene(reading.layer, tuple(require_numbers(reading.spatial)))
    return draw(drawn, caption(reading, drawn))
