"""One axis of a layer as plain correlations, one for each phase of its outputs."""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.kernels.reference import AxisNumbers, output_size


class Line(NamedTuple):
    """Output stride*q + r reads input step*q + shift, where phase r has a tap with that shift.

    The taps of phase r are those j with shift*s = r + crop_begin - j*d: crops, dilation and k < s
    are nothing but lists of taps, and no product is wasted. `stride` is s and `step` 1; both are
    larger by one factor where outputs side by side are to be phases.

    n inputs, out outputs, `size` positions q; they read `extent` inputs from `low` on, of which
    those outside 0 ... n-1 are zeros. phases: for each r its taps by shift, ascending.
    """

    n: int
    out: int
    stride: int
    step: int
    size: int
    low: int
    extent: int
    phases: tuple[dict[int, int], ...]

    @classmethod
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
        shifts = [shift for phase in phases for shift in phase] or [0]
        low, size = min(shifts), -(-out // count)
        extent = factor * (size - 1) + max(shifts) - low + 1
        return cls(n, out, count, factor, size, low, extent, tuple(phases))

    @property
    def reach(self) -> int:
        """Inputs from the first to the last that one position reads."""
        return self.extent - self.step * (self.size - 1)

    @property
    def shifts(self) -> list[int]:
        """The shifts of all phases, ascending."""
        return sorted({shift for phase in self.phases for shift in phase})

    @property
    def classes(self) -> list[list[int]]:
        """The phases, those that read the same inputs together."""
        alike: dict[tuple[int, ...], list[int]] = {}
        for r, phase in enumerate(self.phases):
            alike.setdefault(tuple(phase), []).append(r)
        return list(alike.values())

    @property
    def masks(self) -> list[int]:
        """For each of `shifts` the phases that have it: bit r for phase r."""
        return [
            sum(1 << r for r, phase in enumerate(self.phases) if shift in phase)
            for shift in self.shifts
        ]
