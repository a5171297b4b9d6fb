"""One axis of a layer as plain correlations, one for each phase of its outputs."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from deconvcli.compute.kernels.reference import AxisNumbers, output_size


class Line(NamedTuple):
    """Output stride*q + r reads input step*q + shift, where phase r has a tap with that shift.

    The taps of phase r are those j with shift*s = r + crop_begin - j*d: crops, dilation and k < s
    are nothing but lists of taps, and no product is wasted. `stride` is s and `step` 1; both are
    larger by one factor where outputs side by side are to be phases.

    n inputs, out outputs, `size` positions q; they read `extent` inputs from `low` on, of which
    those outside 0 ... n-1 are zeros. phases: for each r its taps by shift, ascending.
    shifts: those of all phases, ascending; masks: for each of them the phases that have it, bit r
    for phase r. classes: the phases, those that read the same inputs together.
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
    @lru_cache(maxsize=256)
    def of(cls, n: int, axis: AxisNumbers, factor: int = 1) -> Line:
        """The line of an axis with at least one output."""
        kernel, stride, dilation, crop_begin, _ = axis
        out = output_size(n, axis)
        # Fewer outputs than phases are one position, and the last phases have no output.
        count = min(stride * factor, out)
        phases: list[dict[int, int]] = [{} for _ in range(count)]
        for tap in reversed(range(kernel)):
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
        """Inputs from the first to the last that one position reads."""
        return self.extent - self.step * (self.size - 1)
