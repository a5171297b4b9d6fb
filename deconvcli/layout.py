"""The order of a tensor's axes, by letter.

N batch, C channels, G groups, I input channels of one group, O output channels of one group,
`*` all spatial axes in order. Two letters in one name are one merged axis, the first one outer:
torch's weights are ("GI", "O", "*").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from deconvcli.geometry import Size

S = TypeVar("S", bound=Size)


class Layout(NamedTuple):
    """The axes of one tensor."""

    axes: tuple[str, ...]

    def shape(
        self, sizes: Mapping[str, tuple[int, ...]], spatial: tuple[Size, ...]
    ) -> tuple[Size, ...]:
        """The tensor's shape; sizes holds a tuple for each letter (N may have none or several)."""
        shape: list[Size] = []
        for axis in self.axes:
            shape += spatial if axis == "*" else self._merged(axis, sizes)
        return tuple(shape)

    @staticmethod
    def _merged(axis: str, sizes: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
        if len(axis) == 1:
            return sizes[axis]
        product = 1
        for letter in axis:
            for size in sizes[letter]:
                product *= size
        return (product,)

    def split(self, shape: tuple[S, ...], rank: int) -> dict[str, tuple[S, ...]]:
        """Sizes by axis name; what the other axes leave over belongs to the batch."""
        single = len(self.axes) - ("*" in self.axes) - ("N" in self.axes)
        sizes, place = {}, 0
        for axis in self.axes:
            width = rank if axis == "*" else len(shape) - rank - single if axis == "N" else 1
            sizes[axis] = shape[place : place + width]
            place += width
        return sizes

    def __str__(self) -> str:
        return ", ".join(self.axes)


CHANNELS_FIRST = Layout(("N", "C", "*"))
CHANNELS_LAST = Layout(("N", "*", "C"))
CANONICAL_WEIGHT = Layout(("GI", "O", "*"))
