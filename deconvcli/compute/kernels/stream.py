"""A layer in blocks, for arrays that do not fit in memory or are held in another number type.

Along one axis, input i meets tap j in output i*s + j*d - crop_begin. So outputs a ... b-1 need
the inputs with

    a + crop_begin - d*(k - 1) <= i*s < b + crop_begin

and no others: a run of inputs is the same layer again, of another size and with other crops. No
output is computed twice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from math import prod
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

from deconvcli.compute.kernels.direct import Progress
from deconvcli.compute.kernels.reference import Array, AxisNumbers, output_size

Step: TypeAlias = Callable[[Array, Sequence[AxisNumbers], Progress], Array]
"""y (N, Cout, *out) of x (N, Cin, *n), C-contiguous, with axes of its own."""

Sizes: TypeAlias = tuple[int, ...]


class Source(Protocol):
    """x: an array, or what reads parts of one from elsewhere."""

    @property
    def shape(self) -> Sizes:
        """(N, Cin, *n)."""

    def __getitem__(self, place: Any, /) -> Array:
        """The part at these slices."""


class Target(Protocol):
    """y: an array, or what writes parts of one elsewhere."""

    @property
    def shape(self) -> Sizes:
        """(N, Cout, *out)."""

    def __setitem__(self, place: Any, part: Array, /) -> None:
        """Put a part where these slices say."""


class Budget(NamedTuple):
    """Bytes that a block may take, and what one element takes with every working copy of it."""

    total: int
    per_input: int
    per_output: int


class Block(NamedTuple):
    """A part of the layer: x[inputs] gives y[outputs] under `axes`."""

    inputs: tuple[slice, ...]
    outputs: tuple[slice, ...]
    axes: tuple[AxisNumbers, ...]


class Cut(NamedTuple):
    """What is cut, x (N, Cin, *n) and y (N, Cout, *out), and how large a block may be."""

    x: Sizes
    y: Sizes
    axes: Sequence[AxisNumbers]
    budget: Budget

    def cost(self, images: int, out: Sizes) -> int:
        """Bytes of a block with so many images and so many outputs per axis."""
        inputs = (
            _most_inputs(n, axis, size)
            for n, axis, size in zip(self.x[2:], self.axes, out, strict=True)
        )
        taken = self.x[1] * prod(inputs) * self.budget.per_input
        return images * (taken + self.y[1] * prod(out) * self.budget.per_output)

    @property
    def min_bytes(self) -> int:
        """Bytes of the smallest block: one output of every channel."""
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
    """Compute y (N, Cout, *out) of x (N, Cin, *n) block by block.

    Both may have any strides, byte order and number type: inputs are converted to `dtype` on
    their way to `step`, outputs to y's type where they are stored.
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
    """As `stream`; gives each block that stands in y, and the input that it was computed from."""
    done, total = 0, prod(y.shape)
    for block in blocks(Cut(x.shape, y.shape, axes, budget)):
        given = as_contiguous(x[block.inputs], dtype)
        sizes = tuple(len(range(n)[at]) for n, at in zip(y.shape, block.outputs, strict=True))
        told = partial(_tell, progress, done, prod(sizes), total)
        _store(y, block.outputs, step(given, block.axes, told), sizes)
        done += prod(sizes)
        told(1, 1)
        yield block, given


def _store(y: Target, place: tuple[slice, ...], computed: Array, sizes: Sizes) -> None:
    assert computed.shape == sizes  # what is of another shape could be spread over the place
    with np.errstate(over="ignore"):  # what is too large for float16 becomes infinite
        y[place] = computed


def as_contiguous(x: Array, dtype: DTypeLike) -> Array:
    """The numbers of x as an engine takes them: in C order, native, in this type."""
    return np.ascontiguousarray(x, np.dtype(dtype))


def _tell(
    progress: Progress | None, before: int, size: int, total: int, done: int, of: int
) -> None:
    """What a block has done, told as a share of the whole, in outputs."""
    if progress is not None:
        progress(before + size * done // max(of, 1), total)


def blocks(cut: Cut) -> Iterator[Block]:
    """All of y, in the largest blocks within the budget; one output each where it allows none.

    The batch is split first. Then an image is split along the first axis that is long enough for
    that, along several only where none is.
    """
    if 0 in cut.y:
        return
    images, *lengths = _block_size(cut)
    along = [
        _parts(n, out, axis, length)
        for n, out, axis, length in zip(cut.x[2:], cut.y[2:], cut.axes, lengths, strict=True)
    ]
    for some in _slices(cut.y[0], images):
        for parts in product(*along):
            inputs, outputs, axes = zip(*parts, strict=True)
            yield Block((some, slice(None), *inputs), (some, slice(None), *outputs), axes)


def _block_size(cut: Cut) -> Sizes:
    """(images, *out) of a block."""
    out = cut.y[2:]
    images = _longest(cut.y[0], lambda count: cut.cost(count, out) <= cut.budget.total)
    if images:
        return (images, *out)
    return (1, *_shortened(out, range(len(out)), lambda out: cut.cost(1, out) <= cut.budget.total))


def _shortened(out: Sizes, places: range, fits: Callable[[Sizes], bool]) -> Sizes:
    """`out` made to fit along one of the axes at `places`, or along several."""
    for place in places:
        longest = _longest(out[place], partial(_fits, fits, out, place))
        if longest:
            return _resized(out, place, longest)
    least = _resized(out, places[0], 1)
    return _shortened(least, places[1:], fits) if places[1:] else least


def _fits(fits: Callable[[Sizes], bool], out: Sizes, place: int, size: int) -> bool:
    return fits(_resized(out, place, size))


def _resized(sizes: Sizes, place: int, size: int) -> Sizes:
    return (*sizes[:place], size, *sizes[place + 1 :])


def _longest(most: int, fits: Callable[[int], bool]) -> int:
    """The largest length up to `most` that fits, 0 for none; what is shorter fits too."""
    return bisect_left(range(1, most + 1), True, key=lambda length: not fits(length))


def _parts(
    n: int, out: int, axis: AxisNumbers, length: int
) -> list[tuple[slice, slice, AxisNumbers]]:
    """(inputs, outputs, axis) of each part of one axis with at most `length` outputs."""
    stride = axis[1]
    if stride < length < out:
        length -= length % stride  # all parts begin at one phase: an engine's plan serves them all
    return [_part(n, axis, outputs) for outputs in _slices(out, length)]


def _slices(size: int, length: int) -> list[slice]:
    return [slice(start, min(start + length, size)) for start in range(0, size, length)]


def _part(n: int, axis: AxisNumbers, outputs: slice) -> tuple[slice, slice, AxisNumbers]:
    """(inputs, outputs, axis): the inputs that these outputs need, and the axis for just these.

    Outputs that need none get one that does not reach them: engines take no empty axis.
    """
    kernel, stride, dilation, crop_begin, _ = axis
    begin, end = outputs.start + crop_begin, outputs.stop + crop_begin
    first = min(max(0, -((dilation * (kernel - 1) - begin) // stride)), max(0, n - 1))
    last = max(min(n, (end - 1) // stride + 1), min(n, first + 1))
    begin -= first * stride
    whole = output_size(last - first, (kernel, stride, dilation, begin, 0))
    crop_end = whole - (outputs.stop - outputs.start)
    return slice(first, last), outputs, (kernel, stride, dilation, begin, crop_end)


def _most_inputs(n: int, axis: AxisNumbers, outputs: int) -> int:
    """How many of n inputs a run of so many outputs needs at most."""
    kernel, stride, dilation, _, _ = axis
    return min(n, (outputs - 1 + dilation * (kernel - 1)) // stride + 1)
