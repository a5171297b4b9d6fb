"""A layer as a picture: laid out once, then written as SVG or PNG."""

from __future__ import annotations

import os

from deconvcli.common.errors import UsageError
from deconvcli.common.files import format_path, open_atomically, report_write_errors
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.views.drawing.caption import write_caption
from deconvcli.views.drawing.layout import Drawing, lay_out
from deconvcli.views.drawing.scene import build_scene


class Picture(str):
    """A picture as the text of an SVG file, which notebooks show."""

    __slots__ = ()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file whose name ends in .svg; one of that name is replaced.

        Raises:
            UsageError: the name ends otherwise.
            Unreadable: the file cannot be written.
        """
        if not os.fspath(path).lower().endswith(".svg"):
            raise UsageError(
                f"{format_path(path)} does not end in .svg",
                help="use a name that ends in .svg; `deconv draw` writes .png and .html too.",
            )
        with open_atomically(path, force=True) as file, report_write_errors(format_path(path)):
            file.write(self.encode())

    def __repr__(self) -> str:
        return f"<Picture: {len(self):,} characters of SVG>"

    def _repr_svg_(self) -> str:
        return str(self)


def draw_layer(reading: Reading) -> Drawing:
    """Return the picture of a layer, laid out.

    Raises:
        NotLinear: an input size or a crop is a symbol.
    """
    drawn = build_scene(reading.layer, tuple(require_numbers(reading.spatial)))
    return lay_out(drawn, write_caption(reading, drawn))
