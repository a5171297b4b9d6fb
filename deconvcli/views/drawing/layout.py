"""Where everything of a picture stands, in pixels of its own."""

from __future__ import annotations

from textwrap import wrap
from typing import NamedTuple

from deconvcli.views.drawing.caption import Caption
from deconvcli.views.drawing.scene import Scene

UNIT = 32
"""Side of a cell."""
LINE = 20
MARGIN = 24
_GAP = 48
_LETTER, _TITLE_LETTER = 7.4, 8.8
"""Width of a letter, wide enough for the fonts of all systems."""
_LEAST_WIDTH = 560


class Panel(NamedTuple):
    """A grid of cells at a place of the picture."""

    left: int
    top: int
    rows: int
    columns: int

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.left + self.columns * UNIT

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.top + self.rows * UNIT


class Drawing(NamedTuple):
    """A scene and its words, laid out: given holds the input, full the full scatter."""

    scene: Scene
    caption: Caption
    given: Panel
    full: Panel

    @property
    def width(self) -> int:
        """Of the whole picture."""
        return max(self.given.right, self.full.right, _LEAST_WIDTH - MARGIN) + MARGIN

    @property
    def height(self) -> int:
        """Of the whole picture."""
        return self.foot + LINE * len(self.notes) + MARGIN // 2

    @property
    def foot(self) -> int:
        """The first line below the panels."""
        return max(self.given.bottom, self.full.bottom) + MARGIN + LINE // 2

    @property
    def title(self) -> list[str]:
        """The lines of the title."""
        return self._wrapped(self.caption.title, _TITLE_LETTER)

    @property
    def sizes(self) -> list[str]:
        """The lines below it."""
        return self._wrapped(self.caption.sizes, _LETTER)

    @property
    def notes(self) -> list[str]:
        """The lines below the panels."""
        return [line for note in self.caption.notes for line in self._wrapped(note, _LETTER)]

    def _wrapped(self, text: str, letter: float) -> list[str]:
        return wrap(text, int((self.width - 2 * MARGIN) / letter))


def draw(scene: Scene, caption: Caption) -> Drawing:
    """Input and full scatter side by side; of a 1-D layer one below the other."""
    rows, columns = scene.windows
    given = Panel(MARGIN, 0, rows.inputs, columns.inputs)
    left = MARGIN if scene.is_flat else given.right + _GAP
    drawing = Drawing(scene, caption, given, Panel(left, 0, rows.size, columns.size))
    top = MARGIN + LINE * (len(drawing.title) + len(drawing.sizes) + 2)
    below = top + UNIT + _GAP if scene.is_flat else top
    return drawing._replace(given=given._replace(top=top), full=drawing.full._replace(top=below))
