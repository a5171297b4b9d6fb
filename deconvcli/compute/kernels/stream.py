"""A layer computed in blocks, for arrays that exceed the memory or have another number type.

Along one axis, input i meets tap j in output i*s + j*d - crop_begin. So outputs a ... b-1 need
exactly the inputs with

    a + crop_begin - d*(k - 1) <= i*s < b + crop_begin

A run of inputs is therefore the same layer again, with another size and other crops. No output is
computed twice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from math import prod
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

from deconvcli.compute.kernels.direct import Progress
from deconvcli.compute.kernels.reference import Array, AxisNumbers, output_size

Step: TypeAlias = Callable[[Array, Sequence[AxisNumbers], Progress], Array]
"""Computes y (N, Cout, *out) from a C-contiguous x (N, Cin, *n) and the axes of this block."""

Sizes: TypeAlias = tuple[int, ...]


class Source(Protocol):
    """The input x: an array, or an object that reads regions of one from elsewhere."""

    @property
    def shape(self) -> Sizes:
        """The shape (N, Cin, *n)."""

    def __getitem__(self, place: tuple[slice, ...], /) -> Array:
        """Return the region at these slices."""


class Target(Protocol):
    """The output y: an array, or an object that writes regions of one elsewhere."""

    @property
    def shape(self) -> Sizes:
        """The shape (N, Cout, *out)."""

    def __setitem__(self, place: tuple[slice, ...], region: Array, /) -> None:
        """Store a region at these slices."""


class Budget(NamedTuple):
    """Bytes that a block may take, and bytes of an input and an output with all working copies."""

    total: int
    per_input: int
    per_output: int


class Block(NamedTuple):
    """A block of the layer: x[inputs] gives y[outputs] under `axes`."""

    inputs: tuple[slice, ...]
    outputs: tuple[slice, ...]
    axes: tuple[AxisNumbers, ...]


class Cut(NamedTuple):
    """The arrays to cut, x (N, Cin, *n) and y (N, Cout, *out), and the budget of a block."""

    x: Sizes
    y: Sizes
    axes: Sequence[AxisNumbers]
    budget: Budget

    def cost(self, images: int, out: Sizes) -> int:
        """Return the bytes of a block with so many images and `out` outputs along each axis."""
        inputs = (
            _max_inputs(n, axis, size)
            for n, axis, size in zip(self.x[2:], self.axes, out, strict=True)
        )
        taken = self.x[1] * prod(inputs) * self.budget.per_input
        return images * (taken + self.y[1] * prod(out) * self.budget.per_output)

    @property
    def min_bytes(self) -> int:
        """The bytes of the smallest block: one output of every channel."""
        return self.cost(1, (1,) * len(self.axes))


def stream(
    step: Step,
    x: Source,
    y: Target,
    axes: Sequence[AxisNumbers],
    budget: Budget,
    dtype: DTypeLike,
    progress: Progress | None = None,
) -> None:
    """Compute y (N, Cout, *out) from x (N, Cin, *n) block by block.

    Both may have any strides, byte order and number type: inputs are converted to `dtype` before
    `step` takes them, and outputs to y's type when they are stored.
    """
    for _ in stream_blocks(step, x, y, axes, budget, dtype, progress):
        pass


def stream_blocks(
    step: Step,
    x: Source,
    y: Target,
    axes: Sequence[AxisNumbers],
    budget: Budget,
    dtype: DTypeLike,
    progress: Progress | None = None,
) -> Iterator[tuple[Block, Array]]:
    """Compute y as `stream` does, and yield each block stored in y with the input it came from."""
    done, total = 0, prod(y.shape)
    for block in blocks(Cut(x.shape, y.shape, axes, budget)):
        data = as_contiguous(x[block.inputs], dtype)
        sizes = tuple(len(range(n)[at]) for n, at in zip(y.shape, block.outputs, strict=True))
        report = partial(_report, progress, done, prod(sizes), total)
        _store(y, block.outputs, step(data, block.axes, report), sizes)
        done += prod(sizes)
        report(1, 1)
        # Not before it is stored: a check reads the block back from y.
        yield block, data


def _store(y: Target, place: tuple[slice, ...], computed: Array, sizes: Sizes) -> None:
    assert computed.shape == sizes  # another shape might be broadcast without an error
    with np.errstate(over="ignore"):  # numbers too large for float16 become infinite
        y[place] = computed


def as_contiguous(x: Array, dtype: DTypeLike) -> Array:
    """Return x in C order, native byte order and this number type, as engines require."""
    return np.ascontiguousarray(x, np.dtype(dtype))


def _report(
    progress: Progress | None, before: int, size: int, total: int, done: int, of: int
) -> None:
    """Report a block's progress as a number of outputs of the whole."""
    if progress is not None:
        progress(before + size * done // max(of, 1), total)


def blocks(cut: Cut) -> Iterator[Block]:
    """Yield the blocks of y, as large as the budget allows, but at least one output each.

    The batch is split first. An image is then split along the first axis that makes it fit, and
    along several axes only if no single axis does.
    """
    # An engine takes no empty axis.
    if 0 in cut.y:
        return
    images, *lengths = _block_size(cut)
    along = [
        _cut_axis(n, out, axis, length)
        for n, out, axis, length in zip(cut.x[2:], cut.y[2:], cut.axes, lengths, strict=True)
    ]
    for some in _slices(cut.y[0], images):
        for runs in product(*along):
            inputs, outputs, axes = zip(*runs, strict=True)
            yield Block((some, slice(None), *inputs), (some, slice(None), *outputs), axes)


def _block_size(cut: Cut) -> Sizes:
    """Return the size (images, *out) of a block."""
    out = cut.y[2:]
    images = _find_longest(cut.y[0], lambda count: cut.cost(count, out) <= cut.budget.total)
    if images:
        return (images, *out)
    return (1, *_shorten(out, range(len(out)), lambda out: cut.cost(1, out) <= cut.budget.total))


def _shorten(out: Sizes, places: range, fits: Callable[[Sizes], bool]) -> Sizes:
    """Return `out` cut until it fits, along one of the axes at `places` or along several."""
    for place in places:
        longest = _find_longest(out[place], partial(_fits, fits, out, place))
        if longest:
            return _resize(out, place, longest)
    shortest = _resize(out, places[0], 1)
    return _shorten(shortest, places[1:], fits) if places[1:] else shortest


def _fits(fits: Callable[[Sizes], bool], out: Sizes, place: int, size: int) -> bool:
    return fits(_resize(out, place, size))


def _resize(sizes: Sizes, place: int, size: int) -> Sizes:
    return (*sizes[:place], size, *sizes[place + 1 :])


def _find_longest(limit: int, fits: Callable[[int], bool]) -> int:
    """Return the largest length up to `limit` that fits, or 0; what is shorter must fit too."""
    return bisect_left(range(1, limit + 1), True, key=lambda length: not fits(length))


def _cut_axis(
    n: int, out: int, axis: AxisNumbers, length: int
) -> list[tuple[slice, slice, AxisNumbers]]:
    """Return (inputs, outputs, axis) of each run of at most `length` outputs along one axis."""
    stride = axis[1]
    # All runs begin at the same phase, so that one plan serves them all.
    if stride < length < out:
        length -= length % stride
    return [cut_run(n, axis, outputs) for outputs in _slices(out, length)]


def _slices(size: int, length: int) -> list[slice]:
    return [slice(start, min(start + length, size)) for start in range(0, size, length)]


def cut_run(n: int, axis: AxisNumbers, outputs: slice) -> tuple[slice, slice, AxisNumbers]:
    """Return (inputs, outputs, axis): the inputs that these outputs need, and the axis between.

    outputs: they may begin before the first output and end after the last one.
    """
    kernel, stride, dilation, crop_begin, _ = axis
    begin, end = outputs.start + crop_begin, outputs.stop + crop_begin
    # Engines refuse an empty axis: outputs that need no input get one that does not reach them.
    first = min(max(0, -((dilation * (kernel - 1) - begin) // stride)), max(0, n - 1))
    last = max(min(n, (end - 1) // stride + 1), min(n, first + 1))
    begin -= first * stride
    whole = output_size(last - first, (kernel, stride, dilation, begin, 0))
    # Outputs that these inputs make beyond the run are cropped, missing ones are appended.
    crop_end = whole - (outputs.stop - outputs.start)
    return slice(first, last), outputs, (kernel, stride, dilation, begin, crop_end)


def _max_inputs(n: int, axis: AxisNumbers, outputs: int) -> int:
    """Return the largest number of the n inputs that a run of so many outputs needs."""
    kernel, stride, dilation, _, _ = axis
    # As many multiples of the stride as the inequality at the top has room for.
    return min(n, (outputs - 1 + dilation * (kernel - 1)) // stride + 1)
