"""A layer in a notebook: its explanation and its picture, as one element that loads nothing."""

from __future__ import annotations

from base64 import b64encode
from html import escape

from deconvcli.common.errors import NotLinear
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import size_text
from deconvcli.views.answers.renderers.html import render_element
from deconvcli.views.answers.report import Fields
from deconvcli.views.drawing.picture import draw_layer
from deconvcli.views.drawing.svg import write_animation
from deconvcli.views.explanation import explain
from deconvcli.views.explanation.blocks import list_blocks


def write_element(reading: Reading) -> str:
    """Return the layer as HTML without scripts, its picture inside."""
    spelling = reading.spelling
    head = Fields(
        [
            ("output", size_text(reading.output_shape)),
            ("input", size_text(reading.input_shape)),
            ("weights", size_text(reading.weight_shape)),
            ("layer", f"{spelling.name}: {spelling.text or 'defaults'}"),
        ]
    )
    blocks = [head, *list_blocks(explain(reading), ())]
    return render_element(blocks, reading.findings, _picture(reading))


def _picture(reading: Reading) -> str:
    """Return the picture as an image, whose style and ids stay its own; none for symbols."""
    try:
        drawing = draw_layer(reading)
    except NotLinear:
        return ""
    data = b64encode(write_animation(drawing).encode()).decode()
    description = escape(drawing.caption.description)
    return f'<img alt="{description}" src="data:image/svg+xml;base64,{data}">'
