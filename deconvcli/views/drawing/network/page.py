"""The picture of a network as a page, with a table of all layers below it."""

from __future__ import annotations

from html import escape

from deconvcli.views.drawing.network.graph import write_sizes
from deconvcli.views.drawing.network.layout import NetworkDrawing
from deconvcli.views.drawing.network.svg import write_network
from deconvcli.views.drawing.style import FONT
from deconvcli.views.palette import DARK, LIGHT, Theme, css_colour


def write_page(drawing: NetworkDrawing) -> str:
    """Return the page, which needs no other file and no script."""
    network = drawing.network
    names = [layer.name or layer.kind for layer in network.layers]
    rows = "".join(
        f"<tr><td>{_escape(name)}</td><td>{_escape(layer.kind)}</td>"
        f"<td>{_escape(write_sizes(layer.sizes))}</td>"
        f"<td>{_escape(', '.join(names[number] for number in layer.takes))}</td></tr>\n"
        for name, layer in zip(names, network.layers, strict=True)
    )
    colours = _write_colours(LIGHT)
    dark = f"@media (prefers-color-scheme:dark){{{_write_colours(DARK)}}}"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{_escape(network.title)}</title>\n"
        f"<style>body{{font-family:{FONT};font-size:14px;margin:16px}}"
        ".picture{overflow-x:auto}table{border-spacing:16px 6px;margin:16px 0 0 -16px}"
        f"th,td{{text-align:left}}{colours}{dark}</style>\n</head>\n<body>\n"
        f'<div class="picture">\n{write_network(drawing)}</div>\n'
        "<table>\n<thead><tr><th>layer</th><th>kind</th><th>output</th><th>takes</th></tr></thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table>\n</body>\n</html>\n"
    )


def _write_colours(theme: Theme) -> str:
    return f"body{{background:{css_colour(theme.ground)};color:{css_colour(theme.ink)}}}"


def _escape(text: str) -> str:
    return escape("".join(c if c.isprintable() else repr(c)[1:-1] for c in text))
