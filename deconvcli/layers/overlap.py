"""How many (input, tap) pairs reach each output element: the cause of a checkerboard.

Axes are independent: the number of pairs of an output element is the product of its counts along
each axis, so everything is computed per axis.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import NamedTuple

from deconvcli.layers.axis import Axis

# Strides by which an even kernel may differ: beyond, a change is larger than the fault.
MAX_STRIDES = 2


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
        """The number of elements after the crop."""
        out = self.axis.output_size(self.n)
        assert isinstance(out, int)
        return out

    def taps(self, output: int) -> range:
        """Return the taps that reach this output element, without a loop over all."""
        axis = self.axis
        assert isinstance(axis.crop_begin, int)
        place, last = output + axis.crop_begin, (self.n - 1) * axis.stride
        shared = gcd(axis.stride, axis.dilation)
        # `shared` divides every i*stride + j*dilation, so that no tap falls between.
        if place % shared:
            return range(0)
        if axis.dilation == 0:  # every tap is on the element of its input
            return range(axis.kernel if 0 <= place <= last else 0)
        smallest, largest = max(0, -((last - place) // axis.dilation)), place // axis.dilation
        # Taps on one output are `step` apart; the modular inverse gives the first one.
        step = axis.stride // shared
        first = place // shared * pow(axis.dilation // shared, -1, step) % step
        return range(smallest + (first - smallest) % step, min(largest, axis.kernel - 1) + 1, step)

    def pairs(self, output: int, most: int | None = None) -> list[Pair]:
        """Return the pairs that reach this output element by tap: all, or at most `most`."""
        axis = self.axis
        assert isinstance(axis.crop_begin, int)
        place = output + axis.crop_begin
        taps = self.taps(output)[:most]
        return [Pair((place - tap * axis.dilation) // axis.stride, tap) for tap in taps]

    def counts(self, begin: int = 0, end: int | None = None) -> list[int]:
        """Return the number of pairs of each output element in [begin, end), by default of all."""
        stop = self.output_size if end is None else end
        # The length of a range is known without a walk through it.
        return [len(self.taps(output)) for output in range(begin, stop)]

    @property
    def period(self) -> int:
        """The number of outputs after which the interior's counts repeat; 1 if all are the same."""
        axis = self.axis
        is_even = axis.kernel % self.reached_phases == 0
        return axis.stride // self.reached_phases if is_even else axis.stride

    @property
    def reached_phases(self) -> int:
        """The number of outputs, of as many as the stride, that taps fall on in turn."""
        # Taps whose distance is a multiple of the stride fall on the same outputs.
        return self.axis.stride // gcd(self.axis.stride, self.axis.dilation)

    @property
    def least(self) -> int:
        """The smallest count of the interior; 0 is a gap that has only the bias."""
        reaches_all = self.reached_phases == self.axis.stride
        return self.axis.kernel // self.reached_phases if reaches_all else 0

    @property
    def most(self) -> int:
        """The largest count of the interior."""
        return -(-self.axis.kernel // self.reached_phases)

    @property
    def gaps(self) -> int:
        """The number of outputs, of as many as the stride, that no pair reaches."""
        return self.axis.stride - min(self.axis.kernel, self.reached_phases)

    @property
    def has_interior(self) -> bool:
        """Whether a whole period of outputs is away from the edges."""
        axis = self.axis
        assert isinstance(axis.crop_begin, int)
        # The nearest missing inputs would be at -stride and n*stride.
        first = max(axis.span - axis.stride - axis.crop_begin, 0)
        end = min(self.n * axis.stride - axis.crop_begin, self.output_size)
        return end - first >= self.period

    @property
    def is_even(self) -> bool:
        """Whether every interior element has the same number of pairs."""
        return self.least == self.most

    def even_kernels(self) -> tuple[int, ...]:
        """Return the nearest smaller and larger kernels with an even overlap.

        There are none if dilation and stride share a factor: taps then never reach some outputs.
        """
        axis = self.axis
        if gcd(axis.stride, axis.dilation) > 1:
            return ()
        below = axis.kernel // axis.stride * axis.stride
        near = {below, below + axis.stride} if axis.kernel % axis.stride else {axis.kernel}
        return tuple(sorted(kernel for kernel in near if kernel))


def even_axes(axis: Axis) -> Iterator[Axis]:
    """Yield axes that overlap evenly and have the same output size.

    Those that crop both ends equally come first, and of these the ones with the nearest kernel.
    """
    # Where dilation and stride share a factor, no tap ever reaches some outputs.
    dilation = 1 if gcd(axis.stride, axis.dilation) > 1 else axis.dilation
    strides = axis.kernel // axis.stride
    near = range(max(1, strides - MAX_STRIDES), strides + MAX_STRIDES + 1)
    # Of two equally near kernels the larger one, which can hold every trained tap.
    kernels = sorted(
        (number * axis.stride for number in near),
        key=lambda kernel: (abs(kernel - axis.kernel), -kernel),
    )
    unequal = []
    for even in (axis._replace(kernel=kernel, dilation=dilation) for kernel in kernels):
        crop = axis.crop_begin + axis.crop_end + even.span - axis.span
        if not isinstance(crop, int) or crop < 0:
            continue
        half, larger = crop // 2, crop - crop // 2
        if half == larger:
            yield even._replace(crop_begin=half, crop_end=half)
        else:
            unequal.append(even._replace(crop_begin=larger, crop_end=half))
            unequal.append(even._replace(crop_begin=half, crop_end=larger))
    yield from unequal
