"""A layer as other operations of a framework, without a transposed convolution."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from deconvcli.common.errors import NotExpressible
from deconvcli.conversion.module import Module, document_build
from deconvcli.conversion.operations import Operation, Pair, Repeat
from deconvcli.conversion.recipe import Recipe
from deconvcli.conversion.wrapping import TAB
from deconvcli.conversion.writer import LAST, Writer
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Axis, Size, has_zero
from deconvcli.layers.layer import Reading, product_text, require_numbers
from deconvcli.layers.layout import Layout

LARGE = 256
"""What a letter stands for where costs are compared."""


class Core(NamedTuple):
    """What a way is given: a layer that is not circular, and where its weights come from.

    source: the layer that is converted, for its weights. axes, spatial: those of the layer and its
    input, without a dilation of 0. writer: that of the framework.
    """

    source: Reading
    axes: tuple[Axis, ...]
    spatial: tuple[Size, ...]
    writer: Writer

    @property
    def output_sizes(self) -> list[Size]:
        """The sizes of the layer's output."""
        return [axis.output_size(n) for axis, n in zip(self.axes, self.spatial, strict=True)]

    @property
    def is_last(self) -> bool:
        """Whether the channels are the last axis of the framework's data and weights."""
        return self.writer.form == LAST

    @property
    def stuffing(self) -> list[int]:
        """For each axis of the source 0 where its taps are added up, and 1 elsewhere."""
        return [int(axis.dilation != 0 or axis.kernel == 1) for axis in self.source.layer.axes]

    def as_layer(self, axes: tuple[Axis, ...], layout: Layout, *, flipped: bool = False) -> Reading:
        """Return a reading whose weights have the taps of these axes, in this layout."""
        return self.source._replace(
            layer=self.source.layer._replace(axes=axes),
            sizes=self.source.sizes._replace(weight=None),
            weight_layout=layout,
            flipped=flipped,
        )


class Steps(NamedTuple):
    """What a way makes of a layer.

    before, main, after: operations on the data. recipe, weight_shape: those of the weights that
    the main one takes. multiplications: the factors of their number for one image, of which sizes
    may be letters. kernel: the kind of kernel that the weights have to be, or None for any weights.
    """

    before: tuple[Operation, ...]
    main: Operation
    after: tuple[Operation, ...]
    recipe: Recipe
    weight_shape: tuple[int, ...]
    multiplications: tuple[Size, ...]
    kernel: str | None = None


class Equivalent(NamedTuple):
    """A layer of the source as operations of a framework.

    way: the name of the way. name: the dialect, or one of its implementations. repeat: what
    continues a circular input.
    """

    source: Reading
    way: str
    name: str
    writer: Writer
    repeat: tuple[Repeat, ...]
    steps: Steps

    @property
    def multiplications(self) -> int | str:
        """The number of multiplications, or their formula with the letters of the sizes."""
        factors = [prod(self.source.sizes.batch), *self.steps.multiplications]
        is_number = all(isinstance(factor, int) for factor in factors)
        return prod(require_numbers(factors)) if is_number else product_text(factors)

    def count_multiplications(self) -> int:
        """Return their number for one image, with letters that stand for a large size."""
        factors = self.steps.multiplications
        return prod([n if isinstance(n, int) else n.factor * LARGE + n.offset for n in factors])

    @property
    def layout(self) -> str:
        """The letters of the input and the output, which have one batch axis: NHWC."""
        return self.writer.form.data.letters(len(self.source.spatial))

    @property
    def call(self) -> str:
        """The expression of x and w that has the multiplications."""
        [line] = self.writer.write_operation("x", self.steps.main)
        return line

    @property
    def before(self) -> list[str]:
        """The expressions of x that make the call's input, one after the other."""
        return self.writer.write_all("x", (*self.repeat, *self.steps.before))

    @property
    def after(self) -> list[str]:
        """The expressions of y that make the output of what the call gives."""
        return [*self._after, *([f"y + {self._bias}"] if self.source.layer.has_bias else [])]

    @property
    def imports(self) -> list[str]:
        """The lines that import what the call and the steps around it use."""
        text = "\n".join([self.call, *self.before, *self.after])
        numpy = ["import numpy as np"] if "np." in text else []
        return [*numpy, *self.writer.program.list_imports(text)]

    @property
    def weight_shape(self) -> tuple[int, ...]:
        """The shape of the weights that the call takes."""
        return self.steps.weight_shape

    def write_module(self) -> str:
        """Return a module of the framework that defines `build(weight, bias=None)`."""
        source, program = self.source, self.writer.program
        setup = [
            f"w = {program.tensor.format('w')}",
            "if bias is not None:",
            f"{TAB}b = {program.tensor.format(self._bias)}",
        ]
        apply = [
            f"x = {program.tensor.format('x')}",
            *[f"x = {line}" for line in self.before],
            f"y = {self.call}",
            *[f"y = {line}" for line in self._after],
            "if bias is not None:",
            f"{TAB}y = y + b",
            f"return {program.array.format('y')}",
        ]
        module = Module(
            f"A layer of {source.spelling.name} in {self.name}, without a transposed convolution.",
            self.call,
            document_build(source, (self.layout, self.layout)),
            [*self.steps.recipe.lines, *setup],
            apply,
            preamble=program.choose_implementation(take(self.name)[1]),
        )
        return module.write(program.list_imports)

    @property
    def _after(self) -> list[str]:
        return self.writer.write_all("y", self.steps.after)

    @property
    def _bias(self) -> str:
        return self.writer.write_bias(len(self.source.spatial))

    def compute(self, x: Any, weight: Any, bias: Any) -> Any:
        """Return (N, Cout, *out) from (N, Cin, *n) and the arrays of the source."""
        w = self.steps.recipe.apply(weight)
        for operation in (*self.repeat, *self.steps.before, self.steps.main, *self.steps.after):
            x = operation.compute(x, w)
        return x + bias.reshape(-1, *[1] * len(self.source.spatial))


def take_core(source: Reading, name: str, writer: Writer) -> tuple[Core, tuple[Repeat, ...]]:
    """Return what a way is given, and the operation that continues a circular input.

    Raises:
        NotExpressible: the source computes nothing.
    """
    if source.no_values or source.answered is not None:
        raise take(name)[0].not_expressible_error(
            f"{source.spelling.name} gives it no values: {source.no_values}",
            "convert a layer that the framework computes.",
        )
    axes, spatial = source.layer.axes, source.spatial
    repeat: tuple[Repeat, ...] = ()
    if source.layer.circular:
        numbers = require_numbers(spatial)
        unrolled = [axis.unroll(n) for axis, n in zip(axes, numbers, strict=True)]
        axes = tuple([axis for axis, _, _ in unrolled])
        around: tuple[Pair, ...] = tuple([(before, after) for _, before, after in unrolled])
        if any(map(any, around)):
            repeat = (Repeat(around, spatial),)
            spatial = tuple([n + sum(pair) for n, pair in zip(numbers, around, strict=True)])
    axes = tuple([_add_taps(axis) for axis in axes])
    return Core(source, axes, spatial, writer), repeat


def _add_taps(axis: Axis) -> Axis:
    """Return the axis with one tap where all taps lie on one element."""
    return axis._replace(kernel=1, dilation=1) if axis.dilation == 0 else axis


def require_output(core: Core, name: str) -> None:
    """Refuse a layer whose output has no element.

    Raises:
        NotExpressible: the output is empty.
    """
    if has_zero([*core.source.sizes.batch, *core.output_sizes]):
        raise NotExpressible(
            f"{name}: the output has no elements, so that nothing is computed",
            help="use a larger input or batch, or crop less.",
        )
