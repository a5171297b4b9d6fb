"""When each frame begins: the whole animation takes its time, then holds the finished picture."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

from deconvcli.views.drawing.scene import Scene

_ALL_STAMPS, _SLOWEST, _FASTEST = 14.0, 0.7, 0.2
_CLOSING = 0.35
_HELD = 4.0


class Clock(NamedTuple):
    """starts: of each frame, in seconds. total: after which it starts over."""

    starts: tuple[float, ...]
    total: float

    def share(self, frame: int) -> str:
        """Where a frame begins, as CSS writes it: 12.5%."""
        return f"{100 * self.starts[frame - 1] / self.total:.3f}".rstrip("0").rstrip(".") + "%"

    def middle(self, frame: int) -> float:
        """A time at which a frame is shown, in seconds."""
        ends = (*self.starts[1:], self.total)
        return (self.starts[frame - 1] + ends[frame - 1]) / 2


def clock(scene: Scene) -> Clock:
    """The times of a scene's frames."""
    stamps = len(scene.stamps)
    each = max(_FASTEST, min(_SLOWEST, _ALL_STAMPS / stamps))
    lasting = [each] * stamps + [_CLOSING] * (scene.frames - stamps - 1)
    *starts, last = accumulate(lasting, initial=0.0)
    return Clock((*starts, last), last + _HELD)
