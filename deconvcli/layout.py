"""The order of a tensor's axes, by letter.

N batch, C channels, G groups, I input channels of one group, O output channels of one group,
`*` all spatial axes in order. Two letters in one name are one merged axis, the first one outer:
torch's weights are ("GI", "O", "*").
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import prod
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
            if axis == "*":
                shape += spatial
            elif len(axis) == 1:
                shape += sizes[axis]
            else:
                shape.append(prod(size for letter in axis for size in sizes[letter]))
        return tuple(shape)

    def split(self, shape: tuple[S, ...], rank: int) -> dict[str, tuple[S, ...]]:
        """Sizes by axis name; what the other axes leave over belongs to the batch."""
        return {axis: shape[places] for axis, places in _places(self.axes, len(shape), rank)}

    def __str__(self) -> str:
        return ", ".join(self.axes)


@cache
def _places(axes: tuple[str, ...], length: int, rank: int) -> list[tuple[str, slice]]:
    """Where each axis lies in a shape of this length; few layouts, asked for again and again."""
    single = len(axes) - ("*" in axes) - ("N" in axes)
    places, start = [], 0
    for axis in axes:
        width = rank if axis == "*" else length - rank - single if axis == "N" else 1
        places.append((axis, slice(start, start + width)))
        start += width
    return places


CHANNELS_FIRST = Layout(("N", "C", "*"))
CHANNELS_LAST = Layout(("N", "*", "C"))
CANONICAL_WEIGHT = Layout(("GI", "O", "*"))
