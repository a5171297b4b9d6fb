"""Operations as code of a framework.

A file in `writers/` holds what is special about one framework's operations. Slices, pads and
conversions of arrays are those of its `Program`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple, cast

from deconvcli.conversion.operations import (
    Convolve,
    Cut,
    Fold,
    InsertZeros,
    Multiply,
    Operation,
    Pad,
    Pair,
    Repeat,
    Resize,
    Shuffle,
)
from deconvcli.conversion.program import Program, write_cut
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.layout import CHANNELS_FIRST, CHANNELS_LAST, Layout

MOST_AXES = 6
"""The axes of the largest tensor that is padded at once."""


class Form(NamedTuple):
    """The layouts of a framework's convolutions.

    data: those of input and output. kernel: that of the weights, whose taps are not reversed.
    """

    data: Layout
    kernel: Layout


FIRST = Form(CHANNELS_FIRST, Layout(("GO", "I", "*")))
LAST = Form(CHANNELS_LAST, Layout(("*", "I", "GO")))


class Writer(ABC):
    """Code of a framework whose channels are the last axis.

    program: how its tensors are made, padded, divided and put in another order. most_axes: the
    spatial axes of its convolutions.
    """

    form: Form = LAST
    most_axes = 3

    def __init__(self, program: Program) -> None:
        self.program = program

    def write_bias(self, rank: int) -> str:
        """Return the bias as an array that is added to an output of so many axes."""
        return "bias" if self.form == LAST else f"bias.reshape(-1, {', '.join('1' * rank)})"

    def write_all(self, name: str, operations: Iterable[Operation]) -> list[str]:
        """Return the expressions of a tensor that are these operations, one after the other."""
        return [line for one in operations for line in self.write_operation(name, one)]

    def write_operation(self, name: str, operation: Operation) -> list[str]:
        """Return the expressions of a tensor that are one operation, one after the other."""
        match operation:
            case Repeat():
                return self.repeat(name, operation)
            case InsertZeros():
                return self.insert_zeros(name, operation)
            case Cut():
                return [self.cut(name, operation.pairs)]
            case Pad():
                return [self.program.pad(name, self.over_all(operation.pairs))]
            case Shuffle():
                return self.shuffle(name, operation)
            case Multiply():
                return [self.multiply(name, operation)]
            case Fold():
                return self.fold(name, operation)
            case Convolve():
                return [self.convolve(name, operation)]
            case Resize():
                return self.resize(name, operation)

    def repeat(self, name: str, operation: Repeat) -> list[str]:
        """Return a selection of indices that go around, for each axis."""
        rank = len(operation.pairs)
        last = self.form == LAST
        return [
            self.program.repeat(name, axis - rank - last, before, after, operation.spatial[axis])
            for axis, (before, after) in enumerate(operation.pairs)
            if before or after
        ]

    def insert_zeros(self, name: str, operation: InsertZeros) -> list[str]:
        """Return pads of an axis of size 1 after each, which then becomes a part of it."""
        channels, pairs = operation.channels, list(zip(*operation[1:], strict=True))
        lines, wide = [], list[Size]()
        # Not every framework pads tensors of more than six axes.
        while pairs:
            strided = sum(stride > 1 for _, stride in pairs)
            now = pairs if len(pairs) + strided + 2 <= MOST_AXES else pairs[:1]
            later = [size for size, _ in pairs[len(now) :]]
            apart: list[Size] = []
            zeros: list[Pair] = []
            for size, stride in now:
                apart += [size, 1] if stride > 1 else [size]
                zeros += [(0, 0), (0, stride - 1)] if stride > 1 else [(0, 0)]
            if any(map(any, zeros)):
                lines.append(self.reshape(name, [-1, *apart, *later, channels]))
                lines.append(
                    self.program.pad(name, [(0, 0), *zeros, *[(0, 0)] * len(later), (0, 0)])
                )
            wide += [size * stride for size, stride in now]
            pairs = pairs[len(now) :]
        return [*lines, self.reshape(name, [-1, *wide, channels])]

    def shuffles_depth_first(self, groups: int, strides: Sequence[int]) -> bool:
        """Return whether positions are the slow part of the channels, which groups forbid."""
        return False

    def shuffle(self, name: str, operation: Shuffle) -> list[str]:
        """Return the channels divided, their parts put after the axes, and joined with them."""
        channels, spatial, strides, _ = operation
        rank, places = len(strides), [axis for axis, stride in enumerate(strides) if stride > 1]
        steps = [strides[axis] for axis in places]
        wide = [n * stride for n, stride in zip(spatial, strides, strict=True)]
        # Batch, then the axes of the data with the parts of the channels after these.
        is_last = self.form == LAST
        first = 1 if is_last else 2 + len(places)
        part = rank + 2 if is_last else 2
        moved = [
            axis
            for place in range(rank)
            for axis in (
                first + place,
                *([part + places.index(place)] if place in places else []),
            )
        ]
        if is_last:
            shape, order = [*spatial, channels, *steps], [0, *moved, rank + 1]
            joined = [*wide, channels]
        else:
            shape, order = [channels, *steps, *spatial], [0, 1, *moved]
            joined = [channels, *wide]
        return [
            self.reshape(name, [-1, *shape]),
            self.program.transpose(name, order),
            self.reshape(name, [-1, *joined]),
        ]

    def multiply(self, name: str, operation: Multiply) -> str:
        """Return a matrix product of a tensor with w; groups are an axis before its rows."""
        groups, channels, spatial, _ = operation
        if groups == 1:
            return f"{name} @ w"
        return f"{self.reshape(name, [-1, *spatial, groups, 1, channels // groups])} @ w"

    def fold(self, name: str, operation: Fold) -> list[str]:
        """Return sums of the elements that have one number, which is that of their output."""
        channels, spatial, kernel, *_ = operation
        rank, sizes = len(spatial), operation.sizes
        if self.form == LAST:
            shape, first, tap, channel = [*spatial, channels, *kernel], 1, rank + 2, rank + 1
        else:
            shape, first, tap, channel = [channels, *kernel, *spatial], rank + 2, 2, 1
        pairs = [axis for place in range(rank) for axis in (first + place, tap + place)]
        index = ""
        for place, (n, k, stride, step) in enumerate(zip(*operation[1:], strict=True)):
            # A step along an axis passes all elements of the axes after it.
            for count, by in ((n, stride), (k, step)):
                own = write_range(count, [by, *sizes[place + 1 :]])
                index = f"np.add.outer({index}, {own})" if index else own
        inner = [*range(rank), rank + 1] if self.form == LAST else [rank + 1, *range(rank)]
        return [
            self.reshape(name, [-1, *shape]),
            self.program.transpose(name, [*pairs, 0, channel]),
            self.program.reshape(name, [cast(Size, write_product([*spatial, *kernel])), -1]),
            self.add_up(name, f"{index}.ravel()", write_product(sizes)),
            self.reshape(name, [*sizes, -1, channels]),
            self.program.transpose(name, [rank, *inner]),
        ]

    @abstractmethod
    def add_up(self, name: str, index: str, count: str) -> str:
        """Return the sums of the rows that have one index, for so many indices."""

    def cut(self, name: str, pairs: Sequence[Pair]) -> str:
        """Return the expression that removes elements of both ends of axes."""
        last = [":"] if self.form == LAST else []
        return f"{name}[{', '.join(['...', *[write_cut(*pair) for pair in pairs], *last])}]"

    @abstractmethod
    def convolve(self, name: str, operation: Convolve) -> str:
        """Return a convolution of a tensor with w."""

    @abstractmethod
    def resize(self, name: str, operation: Resize) -> list[str]:
        """Return the expressions of a nearest or bilinear resize."""

    def over_all(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Return pairs of all axes, of which those of the batch and the channels are nothing."""
        nothing: list[Pair] = [(0, 0)]
        ends = [*pairs, *nothing] if self.form == LAST else [*nothing, *pairs]
        return [*nothing, *ends]

    def reshape(self, name: str, shape: Sequence[Size]) -> str:
        """Return the expression that divides or joins axes; letters are variables."""
        # Programs write the text of each size, and a formula's own text is no code.
        written = [n.code if isinstance(n, Linear) else n for n in shape]
        return self.program.reshape(name, cast(Sequence[Size], written))


class PlaneWriter(Writer):
    """Code of a framework that resizes two axes at a time."""

    def resize(self, name: str, operation: Resize) -> list[str]:
        """Return resizes of two axes, one after the other."""
        channels, spatial, strides, kind = operation
        wide = [n * stride for n, stride in zip(spatial, strides, strict=True)]
        if len(spatial) == 2:
            return [self.resize_plane(name, wide, kind)]
        plane, made, lines = [*spatial, 1], [*wide, 1], list[str]()
        if len(spatial) > 2:
            # The first axis with all others as one, and then each of its elements.
            plane, made = list(spatial[1:]), wide[1:]
            flat = write_product(spatial[1:])
            lines = [
                self.reshape(name, [-1, spatial[0], cast(Size, flat), channels]),
                self.resize_plane(name, [wide[0], cast(Size, flat)], kind),
            ]
        return [
            *lines,
            self.reshape(name, [-1, *plane, channels]),
            self.resize_plane(name, made, kind),
            self.reshape(name, [-1, *wide, channels]),
        ]

    @abstractmethod
    def resize_plane(self, name: str, sizes: Sequence[Size], kind: str) -> str:
        """Return the resize of a tensor of two axes to these sizes."""


def write_size(size: Size) -> str:
    """Return a size as code that is a factor of a product."""
    text = str(size) if isinstance(size, int) else size.code
    return text if text.isalnum() else f"({text})"


def write_sizes(sizes: Sequence[Size]) -> str:
    """Return sizes as code, with commas between them; a text is code already."""
    return ", ".join([n.code if isinstance(n, Linear) else str(n) for n in sizes])


def write_product(sizes: Sequence[Size]) -> str:
    """Return a product as code, of which only letters stay factors."""
    number = prod([size for size in sizes if isinstance(size, int)])
    letters = [write_size(size) for size in sizes if isinstance(size, Linear)]
    return " * ".join(letters if letters and number == 1 else [str(number), *letters])


def write_range(count: Size, step: Sequence[Size]) -> str:
    """Return so many numbers from 0 on as code. step: the factors of their difference."""
    numbers = f"np.arange({count if isinstance(count, int) else count.code})"
    factor = write_product(step)
    return numbers if factor == "1" else f"{factor} * {numbers}"


def write_numbers(numbers: Sequence[int]) -> str:
    """Return one number for each axis as a tuple, or the number that all have."""
    return str(numbers[0]) if len(set(numbers)) == 1 else str(tuple(numbers))
