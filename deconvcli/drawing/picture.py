"""A reading as a picture: laid out once, then written in one format or another."""

from __future__ import annotations

from deconvcli.drawing.caption import caption
from deconvcli.drawing.layout import Drawing, draw
from deconvcli.drawing.scene import scene
from deconvcli.layers import Reading, numbers


def picture(reading: Reading) -> Drawing:
    """The layer of a reading, laid out.

    Raises:
        NotLinear: an input size or a crop is a symbol.
    """
    drawn = scene(reading.layer, tuple(numbers(reading.spatial)))
    return draw(drawn, caption(reading, drawn))
