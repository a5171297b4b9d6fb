"""The frames of a picture: inputs are stamped one by one, then the crop closes in.

Frames are discrete: at any time the animation shows exactly one of them, so that one frame alone
looks the same. Cells only get new marks on top of old ones: a frame shows all marks up to its
number, which keeps the animation small.
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
from deconvcli.views.drawing.window import Window, choose_window

# Each frame has rules and marks of its own: more frames make files too large for a README.
MAX_FRAMES = 64
CLOSING_FRAMES = 4
"""Frames in which the crop closes in, including the finished picture."""
MAX_SIGNAL_CELLS, MAX_PLANE_CELLS = 32, 16
"""Elements per axis that are legible at the width of a README, for 1-D and for other layers."""
_STILL = Axis(1)

Cell = tuple[int, int]


class Kind(Enum):
    """The state of an element: reached by inputs, cut off or added by the crop."""

    REACHED = "reached"
    CUT = "cut"
    ADDED = "added"


class Mark(NamedTuple):
    """A cell that shows a number of (input, tap) pairs from this frame on; frames start at 1."""

    frame: int
    cell: Cell
    pairs: int
    kind: Kind


class Scene(NamedTuple):
    """All frames of one picture.

    windows: the drawn part of the rows and of the columns. is_flat: whether the layer is 1-D, so
    that there is one row. stamps: the last input that each of the first frames stamps.
    """

    windows: tuple[Window, Window]
    is_flat: bool
    stamps: tuple[Cell, ...]
    marks: tuple[Mark, ...]

    @property
    def frames(self) -> int:
        """Return the number of frames; the last one is the finished picture."""
        return len(self.stamps) + (CLOSING_FRAMES if self.has_crop else 1)

    @property
    def has_crop(self) -> bool:
        """Return whether the crop changes anything in the drawn part."""
        return any(shown.kept != (0, shown.full) for shown in self.windows)

    @property
    def is_whole(self) -> bool:
        """Return whether every drawn axis is shown in full."""
        return all(shown.is_whole for shown in self.windows)

    def crop_at(self, frame: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return (begin, end) of the closing crop along rows and columns in one frame."""
        share = (frame - len(self.stamps)) / (self.frames - len(self.stamps))
        rows, columns = (_crop_along(shown, share) for shown in self.windows)
        return rows, columns

    def require_frame(self, frame: int) -> int:
        """Return the frame if the picture has it.

        Raises:
            UsageError: there is no such frame.
        """
        if not 1 <= frame <= self.frames:
            raise UsageError(
                f"this picture has no frame {frame}",
                help=f"give 1 to {self.frames}; the last one is the finished picture.",
                code="frame",
            )
        return frame


def build_scene(layer: Layer, spatial: tuple[int, ...]) -> Scene:
    """Return the frames of a layer with inputs of these sizes; of 3 axes, the last 2 are drawn.

    Raises:
        NotLinear: a crop is a symbol.
    """
    is_flat = len(spatial) == 1
    most = MAX_SIGNAL_CELLS if is_flat else MAX_PLANE_CELLS
    shown = [choose_window(axis, n, most) for axis, n in zip(layer.axes, spatial, strict=True)]
    # A 1-D layer gets one row that stays still, so that all else knows two axes only.
    rows, columns = [choose_window(_STILL, 1, 1), *shown][-2:]
    inputs = list(product(range(rows.inputs), range(columns.inputs)))
    stamped = _batch(inputs, MAX_FRAMES - CLOSING_FRAMES)
    stamps = tuple(batch[-1] for batch in stamped)
    plain = Scene((rows, columns), is_flat, stamps, ())
    # Stamps are counted before the crop is drawn, which needs the final counts.
    counts: Counter[Cell] = Counter()
    marks = [*_stamp_marks(plain, stamped, counts), *_crop_marks(plain, counts)]
    return plain._replace(marks=tuple(marks))


def _batch(inputs: list[Cell], most: int) -> list[list[Cell]]:
    """Return the inputs in order, in at most this many batches of similar size."""
    frames = min(len(inputs), most)
    ends = [len(inputs) * frame // frames for frame in range(frames + 1)]
    return [inputs[begin:end] for begin, end in pairwise(ends)]


def _stamp_marks(scene: Scene, stamped: list[list[Cell]], counts: Counter[Cell]) -> Iterator[Mark]:
    """Yield the marks that the inputs make, and add their pairs to the counts."""
    rows, columns = scene.windows
    for frame, batch in enumerate(stamped, 1):
        changed: Counter[Cell] = Counter()
        for row, column in batch:
            down, right = rows.taps(row), columns.taps(column)
            changed.update({(y, x): down[y] * right[x] for y in down for x in right})
        counts.update(changed)
        for cell in changed:
            yield Mark(frame, cell, counts[cell], Kind.REACHED)


def _crop_marks(scene: Scene, counts: Counter[Cell]) -> Iterator[Mark]:
    """Yield the marks of the crop, of the elements that it appends, and of gaps."""
    # A gap gets its 0 only now: during the stamping an element without pairs is still empty.
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
    """Return the first frame whose crop leaves the middle of this cell outside."""
    middle = (cell[0] + 0.5, cell[1] + 0.5)
    closing = range(len(scene.stamps) + 1, scene.frames)
    outside = (frame for frame in closing if not _are_inside(middle, scene.crop_at(frame)))
    return next(outside, scene.frames)


def _are_inside(place: tuple[float, float], crop: tuple[tuple[float, float], ...]) -> bool:
    return all(begin <= at < end for at, (begin, end) in zip(place, crop, strict=True))


def _crop_along(shown: Window, share: float) -> tuple[float, float]:
    """Return the crop of an axis after this share of its way in from the full scatter."""
    begin, end = shown.kept
    return begin * share, shown.full + (end - shown.full) * share
