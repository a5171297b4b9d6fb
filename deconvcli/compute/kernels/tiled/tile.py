"""The register tile: how many sums are made at once, and which of them share a load."""

from __future__ import annotations

from typing import NamedTuple


class Tile(NamedTuple):
    """The register tile of one call: `rows` accumulators of `vectors` vectors of `lanes` numbers.

    rows = channels * planes. Each tap is made of `steps` loads, and step u serves the planes of
    mask u: bits u*planes ... of `masks`.
    """

    channels: int
    planes: int
    steps: int
    masks: int
    vectors: int
    lanes: int

    @property
    def rows(self) -> int:
        """Accumulators of each vector."""
        return self.channels * self.planes

    def served(self, step: int) -> list[int]:
        """The planes that take part in `step`."""
        mask = self.masks >> step * self.planes
        return [plane for plane in range(self.planes) if mask >> plane & 1]

    def rows_of(self, step: int) -> list[int]:
        """The rows that take part in `step`, in the order of their weights."""
        return [
            c * self.planes + plane for c in range(self.channels) for plane in self.served(step)
        ]
