"""Every element of the reference, compared with the output of a layer with a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from deconvcli.compute.differences._problem import Fit, Guess, Problem, find_reach
from deconvcli.compute.kernels.bound import judge, truths
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.stream import Sizes, Source, as_contiguous, blocks
from deconvcli.compute.runner.blocks import cut_for_check

Border = tuple[tuple[int, int], ...]


@dataclass
class Remainder:
    """The elements that a mistake does not explain.

    count: how many of how many outputs. where: (*out), whether any channel of any image has one
    there. reach: how wide a border can be along each axis. zeros, not_finite: how many of them are
    0, and NaN or infinite, in the reference; own_not_finite: in the layer's output.
    """

    count: int
    outputs: int
    where: Array
    reach: Sizes
    zeros: int = 0
    not_finite: int = 0
    own_not_finite: int = 0

    def clear(self) -> Remainder:
        """Return that nothing remains."""
        return Remainder(0, self.outputs, np.zeros_like(self.where), self.reach)

    @property
    def is_not_finite(self) -> bool:
        """Whether NaN or infinite numbers on one side are all that remains."""
        return 0 < self.count in (self.not_finite, self.own_not_finite)

    @property
    def border(self) -> Border | None:
        """How wide the border is, at both ends of each axis, in which they all lie.

        None if nothing is inside of it, if less than half of it remains, or if it is too wide.
        """
        if not self.count:
            return None
        border = find_border(self.where)
        inside = prod(
            size - sum(sides) for size, sides in zip(self.where.shape, border, strict=True)
        )
        share = 1 - inside / self.where.size
        is_narrow = all(max(sides) <= far for sides, far in zip(border, self.reach, strict=True))
        is_whole = 2 * self.count >= share * self.outputs
        return border if inside and is_narrow and is_whole else None


def find_remainder(
    problem: Problem, reference: Source, guess: Guess, shift: Sizes, fit: Fit
) -> Remainder:
    """Return what remains of the reference (N, Cout, *out) that this does not explain."""
    shape = reference.shape
    axes = problem.move(shift, shape[2:])
    left = Remainder(0, 0, np.zeros(shape[2:], bool), find_reach(problem, shape[2:]))
    order = np.arange(shape[1]) if guess.channels is None else guess.channels
    places = np.argsort(order)  # in the reference, of each channel of the output
    for block in blocks(cut_for_check(problem.x.shape, shape, axes, problem.dtype)):
        x = as_contiguous(problem.x[block.inputs], problem.dtype)
        y = as_contiguous(reference[block.outputs], problem.dtype)
        facts = truths(x, guess.weight, problem.bias, block.axes, problem.groups)
        for image, channels, truth in facts:
            own = places[channels]
            fitted, bound = fit.apply(truth, channels, problem.dtype)
            given = y[image][own]
            bad = ~judge(given, fitted, bound, problem.dtype)[0]
            left.count += int(bad.sum())
            left.outputs += bad.size
            left.where[block.outputs[2:]] |= bad.any(0)
            left.zeros += int((given[bad] == 0).sum())
            left.not_finite += int((~np.isfinite(given[bad])).sum())
            left.own_not_finite += int((~np.isfinite(fitted.value[bad])).sum())
    return left


def find_border(where: Array) -> Border:
    """Return the narrowest border, at both ends of each axis, in which all these elements lie."""
    depth = np.full(where.shape, max(where.shape))
    for axis, size in enumerate(where.shape):
        at = np.arange(size).reshape([-1 if axis == other else 1 for other in range(where.ndim)])
        depth = np.minimum(depth, np.minimum(at, size - 1 - at))
    width = int(depth[where].max()) + 1
    # The first end takes the middle, so that both together are never longer than the axis.
    border = [[min(width, size - size // 2), min(width, size // 2)] for size in where.shape]
    # No side is wider than it has to be beside the others.
    for sides in border:
        for end in range(2):
            while sides[end]:
                sides[end] -= 1
                if where[_find_inside(border, where.shape)].any():
                    sides[end] += 1
                    break
    return tuple((begin, end) for begin, end in border)


def _find_inside(border: list[list[int]], shape: Sizes) -> tuple[slice, ...]:
    return tuple(slice(begin, size - end) for (begin, end), size in zip(border, shape, strict=True))
