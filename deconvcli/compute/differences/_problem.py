"""What is compared: a layer with its arrays, and what may have been done otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from deconvcli.compute.kernels.bound import Truth, find_truth
from deconvcli.compute.kernels.reference import Array, AxisNumbers, output_shape, output_size
from deconvcli.compute.kernels.stream import Sizes, Source, as_contiguous, cut_run


class Problem(NamedTuple):
    """The layer as it should be: x (N, Cin, *n), weight (Cin, Cout/groups, *k), bias (Cout,)."""

    x: Source
    weight: Array
    bias: Array | None
    axes: tuple[AxisNumbers, ...]
    groups: int
    dtype: np.dtype[Any]

    @property
    def shape(self) -> Sizes:
        """The shape (N, Cout, *out) of the output."""
        return output_shape(self.x.shape, self.weight.shape, self.axes, self.groups)

    def move(self, shift: Sizes, sizes: Sizes) -> tuple[AxisNumbers, ...]:
        """Return the axes of the layer whose output o is output o + shift of this one."""
        return tuple(
            (*axis[:3], axis[3] + by, output_size(n, (*axis[:3], 0, 0)) - axis[3] - by - size)
            for n, axis, by, size in zip(self.x.shape[2:], self.axes, shift, sizes, strict=True)
        )

    def find_truth(self, image: int, channels: slice, box: Sequence[slice]) -> Truth:
        """Return the facts of the outputs in a box, which may extend beyond the output.

        channels: all of one group.
        """
        pairs = zip(self.x.shape[2:], self.axes, box, strict=True)
        inputs, outputs, axes = zip(*(cut_run(*pair) for pair in pairs), strict=True)
        x = as_contiguous(self.x[(slice(image, image + 1), slice(None), *inputs)], self.dtype)
        out = tuple(part.stop - part.start for part in outputs)
        return find_truth(x[0], self.weight, self.bias, axes, self.groups, channels, out)


@dataclass(frozen=True)
class Fit:
    """What was done to each value afterwards: factor * value + offset, then the clamp at 0.

    factor, offset: one number for all channels, or one for each. factor_slack, offset_slack: how
    well they are known. roundoff: the unit roundoff to which each factor of a product may have
    been rounded, 0 for the layer's own number type. cause: its name.
    """

    cause: str = ""
    factor: Array | float = 1.0
    offset: Array | float = 0.0
    factor_slack: Array | float = 0.0
    offset_slack: Array | float = 0.0
    clamped: bool = False
    roundoff: float = 0.0

    def apply(self, truth: Truth, channels: slice, dtype: np.dtype[Any]) -> tuple[Truth, Array]:
        """Return the facts (channels, *out) after it, and their bound in this number type."""
        if not self.cause:
            return truth, truth.bound(dtype)
        # Up to two more roundings, of the product and of the sum.
        rank, wide = truth.value.ndim - 1, truth.value.dtype
        factor, offset, factor_slack, offset_slack = (
            _of_channels(number, channels, rank, wide)
            for number in (self.factor, self.offset, self.factor_slack, self.offset_slack)
        )
        value = factor * truth.value + offset
        magnitude = np.abs(factor) * truth.magnitude + np.abs(offset)
        slack = factor_slack * np.abs(truth.value) + offset_slack + 3 * self.roundoff * magnitude
        fitted = Truth(
            np.maximum(value, 0) if self.clamped else value,
            magnitude.astype(np.float64),
            truth.terms + 2 * (self.roundoff == 0),
        )
        return fitted, fitted.bound(dtype) + slack


def _of_channels(number: Array | float, channels: slice, rank: int, dtype: np.dtype[Any]) -> Array:
    """Return the numbers of these channels, to be combined with (channels, *out)."""
    numbers = np.asarray(number, dtype)
    return numbers[channels].reshape(-1, *[1] * rank) if numbers.ndim else numbers


def find_reach(problem: Problem, sizes: Sizes) -> Sizes:
    """Return how far along each axis a mistake reaches: the kernel, a stride, and what is longer.

    sizes: those of the reference.
    """
    pairs = zip(problem.axes, sizes, problem.shape[2:], strict=True)
    return tuple(
        max(dilation * (kernel - 1) + 1, stride) + abs(size - own)
        for (kernel, stride, dilation, _, _), size, own in pairs
    )


class Guess(NamedTuple):
    """A mistake that would give another output; the reference may be the output of one.

    causes: its names. words: what undoes it, as `reversing the taps`. weight: the canonical
    weights with which the reference was made. channels: for each channel of the reference, that of
    the output.
    """

    causes: tuple[str, ...]
    words: tuple[str, ...]
    weight: Array
    channels: Array | None = None


class Turn(NamedTuple):
    """Spatial axes in another order, then some of them reversed."""

    order: tuple[int, ...]
    reverse: tuple[int, ...]

    def apply(self, array: Array) -> Array:
        """Return a view of an array whose spatial axes, its last ones, are turned."""
        lead = array.ndim - len(self.order)
        turned = array.transpose(*range(lead), *(lead + axis for axis in self.order))
        return np.flip(turned, tuple(lead + axis for axis in self.reverse))


def join_names(names: Sequence[str]) -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


class Difference(NamedTuple):
    """What makes a reference and the output of a layer equal.

    text: in one sentence, which begins with `equal`. causes: the names of the mistakes. shift:
    element o of the reference is element o + shift of the output. crop: that of the layer whose
    output is so shifted, where it is. factor, offset: one number for all channels, or one for each.
    border: how wide the border of each axis is, at both ends, in which the elements lie that this
    does not explain. remaining: how many they are. proven: whether all elements were compared.
    """

    text: str
    causes: tuple[str, ...]
    shift: Sizes
    crop: tuple[tuple[int, int], ...] | None
    factor: tuple[float, ...]
    offset: tuple[float, ...]
    border: tuple[tuple[int, int], ...] | None
    remaining: int
    proven: bool
