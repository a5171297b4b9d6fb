"""One axis of a layer as plain correlations, one for each phase of its outputs."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from deconvcli.compute.kernels.reference import AxisNumbers, output_size


class Line(NamedTuple):
    """An axis: output stride*q + r reads input step*q + shift, if phase r has a tap at that shift.

    The taps j of phase r are those with shift*s = r + crop_begin - j*d. Crops, dilation and k < s
    are nothing but lists of taps, and no product is wasted. `stride` is s and `step` is 1, or both
    are multiplied by one factor to make phases of neighbouring outputs.

    An axis has n inputs, `out` outputs and `size` positions q. These read `extent` inputs from
    `low` on, of which those outside 0 ... n-1 are zeros. phases: the taps of each phase by shift,
    ascending. shifts: those of all phases, ascending. masks: for each shift the phases that have
    it, bit r for phase r. classes: the phases, grouped by the shifts that they read.
    """

    n: int
    out: int
    stride: int
    step: int
    size: int
    low: int
    extent: int
    phases: tuple[dict[int, int], ...]
    shifts: tuple[int, ...]
    masks: tuple[int, ...]
    classes: tuple[tuple[int, ...], ...]

    @classmethod
    # Every recipe that is compared asks for the same few lines.
    @lru_cache(maxsize=256)
    def of(cls, n: int, axis: AxisNumbers, factor: int = 1) -> Line:
        """Return the line of an axis, which must have at least one output."""
        kernel, stride, dilation, crop_begin, _ = axis
        out = output_size(n, axis)
        # With fewer outputs than phases there is one position, and the last phases have none.
        count = min(stride * factor, out)
        phases: list[dict[int, int]] = [{} for _ in range(count)]
        # From the last tap to the first, so that each phase's shifts ascend.
        for tap in reversed(range(kernel)):
            # All phases for which (phase + crop_begin - tap*dilation) is a multiple of the stride.
            for phase in range((tap * dilation - crop_begin) % stride, count, stride):
                phases[phase][(phase + crop_begin - tap * dilation) // stride] = tap
        masks: dict[int, int] = {}
        alike: dict[tuple[int, ...], tuple[int, ...]] = {}
        for r, taps in enumerate(phases):
            for shift in taps:
                masks[shift] = masks.get(shift, 0) | 1 << r
            alike[tuple(taps)] = (*alike.get(tuple(taps), ()), r)
        shifts = tuple(sorted(masks))
        low, high = (shifts[0], shifts[-1]) if shifts else (0, 0)
        size = -(-out // count)
        return cls(
            n, out, count, factor, size, low, factor * (size - 1) + high - low + 1,
            tuple(phases), shifts, tuple(masks[shift] for shift in shifts), tuple(alike.values()),
        )  # fmt: skip

    @property
    def reach(self) -> int:
        """The number of inputs from the first to the last that one position reads."""
        return self.extent - self.step * (self.size - 1)
