"""How much of an axis a picture shows: a representative corner where the whole is too large."""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import require_numbers


class Window(NamedTuple):
    """One axis with n inputs and the elements [begin, end) of its full scatter that are shown.

    Elements count from the start of the full scatter; those outside [0, full) are the zeros that
    a negative crop appends.
    """

    axis: Axis
    n: int
    begin: int
    end: int

    @property
    def size(self) -> int:
        """Elements shown."""
        return self.end - self.begin

    @property
    def full(self) -> int:
        """Elements of the whole full scatter."""
        return require_numbers([self.axis.full_size(self.n)])[0]

    @property
    def inputs(self) -> int:
        """Inputs shown: all that reach a shown element, and those before them."""
        return max(1, min(self.n, -(-self.end // self.axis.stride)))

    @property
    def kept(self) -> tuple[int, int]:
        """(begin, end) of what the crop leaves, which may lie outside the window."""
        crop_begin, crop_end = require_numbers([self.axis.crop_begin, self.axis.crop_end])
        return crop_begin, max(crop_begin, self.full - crop_end)

    @property
    def is_whole(self) -> bool:
        """Whether nothing lies outside."""
        begin, end = self.kept
        return self.begin <= min(0, begin) and max(self.full, end) <= self.end

    def taps(self, place: int) -> dict[int, int]:
        """Shown elements that one input reaches, and how many taps of it reach each."""
        axis, first = self.axis, place * self.axis.stride
        if not axis.dilation:
            return {first: axis.kernel}
        return dict.fromkeys(range(first, min(first + axis.span, self.end), axis.dilation), 1)


def window(axis: Axis, n: int, most: int) -> Window:
    """The corner of an axis of at most `most` elements, from its start.

    Raises:
        NotLinear: a crop is a symbol.
    """
    whole = Window(axis, n, 0, 0)
    crop_begin, kept_end = whole.kept
    # Of zeros in front a few are enough: the scatter is what the picture is about.
    begin = max(min(0, crop_begin), -(most // 4))
    return Window(axis, n, begin, min(max(whole.full, kept_end), begin + most))
