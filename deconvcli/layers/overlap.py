"""How many (input, tap) pairs reach each output element: the cause of a checkerboard.

Axes do not mix: an output element of several axes has as many pairs as the product of its counts
along each axis, so everything is kept per axis.
"""

from __future__ import annotations

from math import gcd
from typing import NamedTuple

from deconvcli.layers.axis import Axis


class Pair(NamedTuple):
    """Input element `input` reaches the output through tap `tap` of the kernel."""

    input: int
    tap: int


class AxisOverlap(NamedTuple):
    """The overlap along one axis with n inputs. Outputs count from 0, after the crop."""

    axis: Axis
    n: int

    @property
    def output_size(self) -> int:
        """Elements after the crop."""
        out = self.axis.output_size(self.n)
        assert isinstance(out, int)
        return out

    def taps(self, output: int) -> range:
        """The taps that reach this output element, found without trying each one."""
        axis = self.axis
        assert isinstance(axis.crop_begin, int)
        place, last = output + axis.crop_begin, (self.n - 1) * axis.stride
        shared = gcd(axis.stride, axis.dilation)
        if place % shared:
            return range(0)
        if axis.dilation == 0:  # every tap lands where its input does
            return range(axis.kernel if 0 <= place <= last else 0)
        smallest, largest = max(0, -((last - place) // axis.dilation)), place // axis.dilation
        # Taps on the same outputs lie `step` apart; the inverse finds the first one's remainder.
        step = axis.stride // shared
        first = place // shared * pow(axis.dilation // shared, -1, step) % step
        return range(smallest + (first - smallest) % step, min(largest, axis.kernel - 1) + 1, step)

    def pairs(self, output: int, most: int | None = None) -> list[Pair]:
        """The pairs that reach this output element, in the order of the taps: all, or `most`."""
        axis = self.axis
        assert isinstance(axis.crop_begin, int)
        place = output + axis.crop_begin
        taps = self.taps(output)[:most]
        return [Pair((place - tap * axis.dilation) // axis.stride, tap) for tap in taps]

    def counts(self, begin: int = 0, end: int | None = None) -> list[int]:
        """Pairs of each output element of [begin, end); of all of them without an end."""
        stop = self.output_size if end is None else end
        return [len(self.taps(output)) for output in range(begin, stop)]

    @property
    def interior(self) -> tuple[int, ...]:
        """Counts of one period, starting at output 0, as if there were inputs on all sides."""
        axis = self.axis
        assert isinstance(axis.crop_begin, int)
        # From this input on, a whole kernel of inputs lies before and after each output.
        inside = axis.span + abs(axis.crop_begin)
        endless = self._replace(n=3 * inside + self.period)
        begin = inside * axis.stride
        return tuple(endless.counts(begin, begin + self.period))

    @property
    def period(self) -> int:
        """Outputs after which the interior's counts repeat: 1 where they are all the same."""
        axis = self.axis
        is_even = axis.kernel % self.reached == 0
        return axis.stride // self.reached if is_even else axis.stride

    @property
    def reached(self) -> int:
        """Of as many outputs as the stride, those that the taps fall on in turn."""
        # Taps whose distance is a multiple of the stride fall on the same outputs.
        return self.axis.stride // gcd(self.axis.stride, self.axis.dilation)

    @property
    def least(self) -> int:
        """The smallest count of the interior; 0 is a gap that only the bias fills."""
        return self.axis.kernel // self.reached if self.reached == self.axis.stride else 0

    @property
    def most(self) -> int:
        """The largest count of the interior."""
        return -(-self.axis.kernel // self.reached)

    @property
    def gaps(self) -> int:
        """Of as many outputs as the stride, those that no pair reaches."""
        return self.axis.stride - min(self.axis.kernel, self.reached)

    @property
    def has_interior(self) -> bool:
        """Whether a whole period of outputs lies away from the edges."""
        axis = self.axis
        assert isinstance(axis.crop_begin, int)
        # The nearest inputs that do not exist would be at -stride and n*stride.
        first = max(axis.span - axis.stride - axis.crop_begin, 0)
        end = min(self.n * axis.stride - axis.crop_begin, self.output_size)
        return end - first >= self.period

    @property
    def is_even(self) -> bool:
        """Whether every interior element has the same number of pairs."""
        return self.least == self.most

    def even_kernels(self) -> tuple[int, ...]:
        """The nearest smaller and larger kernels whose overlap is even.

        None where dilation and stride share a factor: the taps never reach some outputs then.
        """
        axis = self.axis
        if gcd(axis.stride, axis.dilation) > 1:
            return ()
        below = axis.kernel // axis.stride * axis.stride
        near = {below, below + axis.stride} if axis.kernel % axis.stride else {axis.kernel}
        return tuple(sorted(kernel for kernel in near if kernel))
