"""The order of a tensor's axes, by letter.

N batch, C channels, G groups, I input channels of one group, O output channels of one group,
`*` all spatial axes in order; 0, 1, 2 single spatial axes, if they are not adjacent and in order.
Two letters in one name are one merged axis, the first letter outer: torch's weights are
("GI", "O", "*").
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import prod
from typing import NamedTuple, TypeVar

from deconvcli.layers.axis import Size

S = TypeVar("S", bound=Size)


class Layout(NamedTuple):
    """The axes of one tensor."""

    axes: tuple[str, ...]

    def shape(
        self, sizes: Mapping[str, tuple[int, ...]], spatial: tuple[Size, ...]
    ) -> tuple[Size, ...]:
        """Return the tensor's shape; `sizes` has a tuple for each letter (N: any number)."""
        shape: list[Size] = []
        for axis in self.axes:
            if axis == "*":
                shape += spatial
            elif axis.isdecimal():
                shape.append(spatial[int(axis)])
            elif len(axis) == 1:
                shape += sizes[axis]
            else:
                shape.append(prod(size for letter in axis for size in sizes[letter]))
        return tuple(shape)

    def count(self, rank: int) -> int:
        """Return the number of axes of a tensor with `rank` spatial axes and one for the batch."""
        return len(self.axes) + (rank - 1 if "*" in self.axes else 0)

    def split(self, shape: tuple[S, ...], rank: int) -> dict[str, tuple[S, ...]]:
        """Return sizes by axis name; the axes that remain belong to the batch."""
        parts = {axis: shape[places] for axis, places in _places(self.axes, len(shape), rank)}
        if "*" not in parts:
            parts["*"] = tuple([parts[str(place)][0] for place in range(rank)])
        return parts

    def letters(self, rank: int, batch: int = 1) -> str:
        """Return the letters of the axes: NCHW; of weights I, O and the kernel, groups merged."""
        spatial = "DHW"[-rank:] if rank <= 3 else "".join(map(str, range(rank)))
        letters = {"N": "N" * batch, "*": spatial, "G": "G"}
        letters |= {str(place): letter for place, letter in enumerate(spatial)}
        return "".join([letters.get(axis, axis.replace("G", "")) for axis in self.axes])

    def __str__(self) -> str:
        return ", ".join(self.axes)


@cache
def _places(axes: tuple[str, ...], length: int, rank: int) -> list[tuple[str, slice]]:
    """Return the place of each axis in a shape of this length; cached, as layouts are few."""
    single = len(axes) - ("*" in axes) - ("N" in axes)
    spatial = rank if "*" in axes else 0
    places, start = [], 0
    for axis in axes:
        # N takes what is left: the batch may have no axis, or several.
        width = rank if axis == "*" else length - spatial - single if axis == "N" else 1
        places.append((axis, slice(start, start + width)))
        start += width
    return places


CHANNELS_FIRST = Layout(("N", "C", "*"))
CHANNELS_LAST = Layout(("N", "*", "C"))
CANONICAL_WEIGHT = Layout(("GI", "O", "*"))
