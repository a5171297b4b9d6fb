"""The position of everything in a picture, in its own pixels."""

from __future__ import annotations

from textwrap import wrap
from typing import NamedTuple

from deconvcli.views.drawing.caption import Caption
from deconvcli.views.drawing.scene import Scene

CELL_SIDE = 32
"""The side of a cell."""
LINE_HEIGHT = 20
MARGIN = 24
_GAP = 48
_LETTER_WIDTH, _TITLE_LETTER_WIDTH = 7.4, 8.8
"""The width of a letter, an upper bound over the fonts of all systems: SVG cannot wrap text."""
_MIN_WIDTH = 560


class Panel(NamedTuple):
    """A grid of cells at a position in the picture."""

    left: int
    top: int
    rows: int
    columns: int

    @property
    def right(self) -> int:
        """Return the right edge of the grid, in pixels."""
        return self.left + self.columns * CELL_SIDE

    @property
    def bottom(self) -> int:
        """Return the lower edge of the grid, in pixels."""
        return self.top + self.rows * CELL_SIDE


class Drawing(NamedTuple):
    """A scene and its words, laid out: the grids of the inputs and of the full scatter."""

    scene: Scene
    caption: Caption
    inputs: Panel
    scatter: Panel

    @property
    def width(self) -> int:
        """Return the width of the whole picture, in pixels."""
        return max(self.inputs.right, self.scatter.right, _MIN_WIDTH - MARGIN) + MARGIN

    @property
    def height(self) -> int:
        """Return the height of the whole picture, in pixels."""
        return self.foot + LINE_HEIGHT * len(self.notes) + MARGIN // 2

    @property
    def foot(self) -> int:
        """Return the baseline of the first line below the grids, in pixels."""
        return max(self.inputs.bottom, self.scatter.bottom) + MARGIN + LINE_HEIGHT // 2

    @property
    def title(self) -> list[str]:
        """Return the lines of the title."""
        return self._wrap(self.caption.title, _TITLE_LETTER_WIDTH)

    @property
    def sizes(self) -> list[str]:
        """Return the lines below the title."""
        return self._wrap(self.caption.sizes, _LETTER_WIDTH)

    @property
    def notes(self) -> list[str]:
        """Return the lines below the grids."""
        return [line for note in self.caption.notes for line in self._wrap(note, _LETTER_WIDTH)]

    def _wrap(self, text: str, letter: float) -> list[str]:
        return wrap(text, int((self.width - 2 * MARGIN) / letter))


def lay_out(scene: Scene, caption: Caption) -> Drawing:
    """Return input and full scatter side by side; for a 1-D layer one below the other."""
    rows, columns = scene.windows
    inputs = Panel(MARGIN, 0, rows.inputs, columns.inputs)
    left = MARGIN if scene.is_flat else inputs.right + _GAP
    scatter = Panel(left, 0, rows.size, columns.size)
    drawing = Drawing(scene, caption, inputs, scatter)
    # The number of text lines above the grids depends on the width, which they decide.
    top = MARGIN + LINE_HEIGHT * (len(drawing.title) + len(drawing.sizes) + 2)
    below = top + CELL_SIDE + _GAP if scene.is_flat else top
    return drawing._replace(inputs=inputs._replace(top=top), scatter=scatter._replace(top=below))
