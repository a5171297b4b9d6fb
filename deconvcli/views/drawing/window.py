"""The part of an axis that a picture shows: its start, if the whole axis is too long."""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import require_numbers


class Window(NamedTuple):
    """One axis with n inputs, and the elements [begin, end) of its full scatter that are shown.

    Elements are numbered from the start of the full scatter; those outside [0, full) are the zeros
    that a negative crop appends.
    """

    axis: Axis
    n: int
    begin: int
    end: int

    @property
    def size(self) -> int:
        """Return the number of elements shown."""
        return self.end - self.begin

    @property
    def full(self) -> int:
        """Return the number of elements of the whole full scatter."""
        return require_numbers([self.axis.full_size(self.n)])[0]

    @property
    def inputs(self) -> int:
        """Return the number of inputs shown: up to the last one that reaches a shown element."""
        # At least one input is drawn, even if a negative crop fills the window with zeros.
        return max(1, min(self.n, -(-self.end // self.axis.stride)))

    @property
    def kept(self) -> tuple[int, int]:
        """Return (begin, end) of the kept elements, which may lie outside the window."""
        crop_begin, crop_end = require_numbers([self.axis.crop_begin, self.axis.crop_end])
        return crop_begin, max(crop_begin, self.full - crop_end)

    @property
    def is_whole(self) -> bool:
        """Return whether the window shows the whole axis."""
        begin, end = self.kept
        return self.begin <= min(0, begin) and max(self.full, end) <= self.end

    def taps(self, place: int) -> dict[int, int]:
        """Return the shown elements that one input reaches, with the number of its taps on each."""
        axis, first = self.axis, place * self.axis.stride
        if not axis.dilation:  # all taps fall on one element
            return {first: axis.kernel}
        return dict.fromkeys(range(first, min(first + axis.span, self.end), axis.dilation), 1)


def choose_window(axis: Axis, n: int, most: int) -> Window:
    """Return the start of an axis, of at most `most` elements.

    Raises:
        NotLinear: a crop is a symbol.
    """
    whole = Window(axis, n, 0, 0)
    crop_begin, kept_end = whole.kept
    # A few of the zeros before the scatter are enough: the picture is about the scatter.
    begin = max(min(0, crop_begin), -(most // 4))
    return Window(axis, n, begin, min(max(whole.full, kept_end), begin + most))
