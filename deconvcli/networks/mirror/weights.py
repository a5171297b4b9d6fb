"""How the weights of a convolution become those of its mirror."""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.frameworks.dialects import take
from deconvcli.layers.layer import Reading


class Weights(NamedTuple):
    """permute: the convolution's axis for each axis of the mirror's weights. flip: whether the
    taps are reversed along each spatial axis.
    """

    permute: tuple[int, ...]
    flip: bool

    def __str__(self) -> str:
        parts = []
        if self.permute != tuple(range(len(self.permute))):
            parts.append(f"with their axes in the order {self.permute}")
        if self.flip:
            parts.append("with the taps reversed along each spatial axis")
        return " and ".join(parts) or "as they are"


_EXCHANGED = {"I": "O", "O": "I"}


def carry_weights(dialect: str, mirror: Reading) -> Weights | None:
    """Return how weights of a convolution of a dialect become those of a mirror.

    None where groups are axes of their own on one side only.
    """
    rank = len(mirror.layer.axes)
    there = [_name(axis, mirror.layer.groups) for axis in mirror.weight_layout.axes]
    # The mirror's input channels are the convolution's output channels.
    wanted = ["".join(_EXCHANGED.get(letter, letter) for letter in axis) for axis in there]
    given = [_name(axis, mirror.layer.groups) for axis in take(dialect)[0].windows.weights.axes]
    if sorted(wanted) != sorted(given):
        return None
    places: dict[str, list[int]] = {}
    for axis in given:
        start = sum(map(len, places.values()))
        places[axis] = [*range(start, start + (rank if axis == "*" else 1))]
    flip = mirror.flipped and max(mirror.layer.kernel) > 1
    return Weights(tuple(place for axis in wanted for place in places[axis]), flip)


def _name(axis: str, groups: int) -> str:
    """Return the letter of an axis; a single group is part of no axis."""
    return axis.replace("G", "") or axis if groups == 1 else axis
