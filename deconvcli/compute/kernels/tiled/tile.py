"""The register tile: the sums that are made at once, and which of them share a load."""

from __future__ import annotations

from typing import NamedTuple


class Tile(NamedTuple):
    """The register tile of one call: `rows` accumulators of `vectors` vectors of `lanes` numbers.

    rows = channels * planes. Each tap has `steps` loads, and the planes of step u are those of mask
    u, which is bits u*planes ... (u+1)*planes-1 of `masks`.
    """

    channels: int
    planes: int
    steps: int
    masks: int
    vectors: int
    lanes: int

    @property
    def rows(self) -> int:
        """The accumulators of each vector."""
        return self.channels * self.planes

    def planes_of(self, step: int) -> list[int]:
        """Return the planes that `step` serves."""
        mask = self.masks >> step * self.planes
        return [plane for plane in range(self.planes) if mask >> plane & 1]

    def rows_of(self, step: int) -> list[int]:
        """Return the rows that `step` serves, in the order of their weights."""
        return [
            c * self.planes + plane for c in range(self.channels) for plane in self.planes_of(step)
        ]
