"""When each frame starts: inputs are stamped, the crop closes in, the finished picture stays."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

from deconvcli.views.drawing.scene import Scene

# Few inputs are shown slowly enough to follow; many share the time, but none is too fast to see.
_STAMPING_SECONDS, _MAX_STAMP_SECONDS, _MIN_STAMP_SECONDS = 14.0, 0.7, 0.2
_CLOSING_SECONDS = 0.35
_FINISHED_SECONDS = 4.0


class Clock(NamedTuple):
    """The times of an animation, in seconds.

    starts: the start of each frame. total: the length, after which the animation repeats.
    """

    starts: tuple[float, ...]
    total: float

    def share(self, frame: int) -> str:
        """Return the start of a frame as CSS writes it: `12.5%`."""
        return f"{100 * self.starts[frame - 1] / self.total:.3f}".rstrip("0").rstrip(".") + "%"


def time_frames(scene: Scene) -> Clock:
    """Return the times of a scene's frames."""
    stamps = len(scene.stamps)
    each = max(_MIN_STAMP_SECONDS, min(_MAX_STAMP_SECONDS, _STAMPING_SECONDS / stamps))
    durations = [each] * stamps + [_CLOSING_SECONDS] * (scene.frames - stamps - 1)
    *starts, last = accumulate(durations, initial=0.0)
    return Clock((*starts, last), last + _FINISHED_SECONDS)
