"""What each frame of a picture holds: inputs come in one by one, then the crop closes in.

A frame is discrete, so that the animation at any time is one of them and can be baked. Cells only
ever get new marks on top of old ones: a frame is all marks up to its number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise, product
from typing import NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer
from deconvcli.views.drawing.window import Window, window

MOST_FRAMES = 64
CLOSING = 4
"""Frames in which the crop closes in, the finished picture among them."""
MOST_CELLS_FLAT, MOST_CELLS = 32, 16
"""Elements along an axis that are legible at the width of a README: of a 1-D layer, of others."""
_STILL = Axis(1)

Cell = tuple[int, int]


class Kind(Enum):
    """What has become of an element."""

    REACHED = "reached"
    CUT = "cut"
    ADDED = "added"


class Mark(NamedTuple):
    """From this frame on (they count from 1) a cell shows this many (input, tap) pairs."""

    frame: int
    cell: Cell
    pairs: int
    kind: Kind


class Scene(NamedTuple):
    """windows: rows and columns; is_flat: a 1-D layer, whose rows are one that stands still.

    stamps: the input that each of the first frames ends with.
    """

    windows: tuple[Window, Window]
    is_flat: bool
    stamps: tuple[Cell, ...]
    marks: tuple[Mark, ...]

    @property
    def frames(self) -> int:
        """Frames in all; the last one is the finished picture."""
        return len(self.stamps) + (CLOSING if self.crops else 1)

    @property
    def crops(self) -> bool:
        """Whether the crop does anything to what is drawn."""
        return any(shown.kept != (0, shown.full) for shown in self.windows)

    @property
    def is_whole(self) -> bool:
        """Whether all of every drawn axis is shown."""
        return all(shown.is_whole for shown in self.windows)

    def crop(self, frame: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """(begin, end) along rows and columns of the crop's frame, on its way in."""
        share = (frame - len(self.stamps)) / (self.frames - len(self.stamps))
        rows, columns = (_closing(shown, share) for shown in self.windows)
        return rows, columns

    def checked(self, frame: int) -> int:
        """The frame, which must be one of these.

        Raises:
            UsageError: it is none.
        """
        if not 1 <= frame <= self.frames:
            raise UsageError(
                f"frame {frame} is none of this picture's",
                help=f"give 1 to {self.frames}; the last one is the finished picture.",
                code="frame",
            )
        return frame


def scene(layer: Layer, spatial: tuple[int, ...]) -> Scene:
    """The picture of a layer with inputs of these sizes; of three axes the last two.

    Raises:
        NotLinear: a crop is a symbol.
    """
    is_flat = len(spatial) == 1
    most = MOST_CELLS_FLAT if is_flat else MOST_CELLS
    shown = [window(axis, n, most) for axis, n in zip(layer.axes, spatial, strict=True)]
    rows, columns = [window(_STILL, 1, 1), *shown][-2:]
    inputs = list(product(range(rows.inputs), range(columns.inputs)))
    stamped = _sampled(inputs, MOST_FRAMES - CLOSING)
    stamps = tuple(batch[-1] for batch in stamped)
    plain = Scene((rows, columns), is_flat, stamps, ())
    counts: Counter[Cell] = Counter()
    marks = [*_reached(plain, stamped, counts), *_finished(plain, counts)]
    return plain._replace(marks=tuple(marks))


def _sampled(inputs: list[Cell], most: int) -> list[list[Cell]]:
    """The inputs in as many batches as there may be frames."""
    frames = min(len(inputs), most)
    ends = [len(inputs) * frame // frames for frame in range(frames + 1)]
    return [inputs[begin:end] for begin, end in pairwise(ends)]


def _reached(scene: Scene, stamped: list[list[Cell]], counts: Counter[Cell]) -> Iterator[Mark]:
    """The marks of the inputs, which are counted on the way."""
    rows, columns = scene.windows
    for frame, batch in enumerate(stamped, 1):
        changed: Counter[Cell] = Counter()
        for row, column in batch:
            down, right = rows.taps(row), columns.taps(column)
            changed.update({(y, x): down[y] * right[x] for y in down for x in right})
        counts.update(changed)
        for cell in changed:
            yield Mark(frame, cell, counts[cell], Kind.REACHED)


def _finished(scene: Scene, counts: Counter[Cell]) -> Iterator[Mark]:
    """The marks of the crop, elements that go and zeros that come; and those of gaps."""
    rows, columns = scene.windows
    first = len(scene.stamps) + 1
    for cell in product(range(rows.begin, rows.end), range(columns.begin, columns.end)):
        is_kept = _are_inside(cell, (rows.kept, columns.kept))
        if not _are_inside(cell, ((0, rows.full), (0, columns.full))):
            yield from [Mark(first, cell, 0, Kind.ADDED)] * is_kept
        elif not is_kept:
            yield Mark(_cut_at(scene, cell), cell, counts[cell], Kind.CUT)
        elif not counts[cell]:
            yield Mark(first, cell, 0, Kind.REACHED)


def _cut_at(scene: Scene, cell: Cell) -> int:
    """The first frame whose crop leaves the middle of this cell outside."""
    middle = (cell[0] + 0.5, cell[1] + 0.5)
    closing = range(len(scene.stamps) + 1, scene.frames)
    outside = (frame for frame in closing if not _are_inside(middle, scene.crop(frame)))
    return next(outside, scene.frames)


def _are_inside(place: tuple[float, float], crop: tuple[tuple[float, float], ...]) -> bool:
    return all(_is_inside(at, bounds) for at, bounds in zip(place, crop, strict=True))


def _is_inside(at: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= at < bounds[1]


def _closing(shown: Window, share: float) -> tuple[float, float]:
    """The crop of an axis after this share of its way from the full scatter."""
    begin, end = shown.kept
    return begin * share, shown.full + (end - shown.full) * share
