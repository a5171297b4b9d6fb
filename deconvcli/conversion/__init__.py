"""One framework's layer in another: parameters, slices and pads, weights, code that runs, proof."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.conversion.plan import Plan, find_plan
from deconvcli.conversion.program import Program, name_data, with_counts
from deconvcli.conversion.programs import take_program
from deconvcli.conversion.recipe import WHOLE
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.wording import write_unknown
from deconvcli.layers.axis import Size
from deconvcli.layers.counts import Count, Shape
from deconvcli.layers.layer import Reading
from deconvcli.layers.layout import Layout
from deconvcli.layers.text import size_text

SCHEMA = "deconv.convert/1"
_NOTHING: Mapping[str, Count] = MappingProxyType({})

__all__ = ["SCHEMA", "Conversion", "convert"]


class Conversion(NamedTuple):
    """A layer in another framework. unknown: the counts that are no numbers, by role."""

    plan: Plan
    unknown: Mapping[str, Count] = _NOTHING

    @property
    def source(self) -> Reading:
        """The layer that is converted."""
        return self.plan.source

    @property
    def target(self) -> Reading:
        """The layer in the target's parameters; of several parts one."""
        return self.plan.target

    @property
    def call(self) -> str:
        """The call that makes or computes the target's layer."""
        if self.unknown:
            return write_call(self.target, self.unknown)
        return write_call(with_counts(self.target))

    @property
    def imports(self) -> list[str]:
        """The lines that import what the call and the steps around it use."""
        return self._program.list_imports("\n".join([self.call, *self.before, *self.after]))

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The target's parameters, with expressions for counts that are no numbers."""
        return write_unknown(self.target, self.unknown).arguments

    @property
    def input_layout(self) -> str:
        """The letters of the target's input: NCHW, without N where there is no batch."""
        return name_data(self.plan)

    @property
    def output_layout(self) -> str:
        """The letters of the target's output."""
        return name_data(self.plan, is_output=True)

    @property
    def input_shape(self) -> Shape:
        """The shape of the array that is given, in the target's layout."""
        channels = self.unknown.get("in_channels", self.source.layer.in_channels)
        return self._shape(self.target.data_layout, channels, self.source.spatial)

    @property
    def output_shape(self) -> Shape:
        """The shape of the array that is made, in the target's layout."""
        channels = self.unknown.get("out_channels", self.source.layer.out_channels)
        return self._shape(self.target.output_layout, channels, self.source.output_sizes)

    def _shape(self, layout: Layout, channels: Count, spatial: tuple[Size, ...]) -> Shape:
        shape: list[Count] = []
        for axis in _data_axes(layout):
            shape += {"N": self.target.sizes.batch, "C": (channels,), "*": spatial}[axis]
        return tuple(shape)

    @property
    def before(self) -> list[str]:
        """The expressions of x that make the layer's input, one after the other."""
        return self._program.write_before(self.plan)

    @property
    def after(self) -> list[str]:
        """The expressions of y that make the output of what the layer gives."""
        return self._write_after(self._program)

    def _write_after(self, program: Program) -> list[str]:
        adds_bias = self.source.layer.has_bias and self._program.adds_bias(self.plan)
        bias = program.write_addition(self.plan) if adds_bias else []
        return [*program.write_after(self.plan), *bias]

    @property
    def lines(self) -> tuple[list[str], list[str]]:
        """What is done before and after the layer, as lines of code."""
        form = self._program.statement
        return (
            [form.format(name="x", expression=one) for one in self.before],
            [form.format(name="y", expression=one) for one in self.after],
        )

    @property
    def outline(self) -> tuple[list[str], list[str]]:
        """What is done before and after the layer, as short expressions for one line."""
        program = self._program.outline
        return program.write_before(self.plan), self._write_after(program)

    @property
    def steps(self) -> str:
        """What is done besides the call, in one line; empty where the call is the whole layer."""
        named = zip(("before", "after"), self.outline, strict=True)
        lines = [f"{name}: {'; '.join(steps)}" for name, steps in named if steps]
        return "; ".join([*lines, *self.costs])

    @property
    def grouping(self) -> str | None:
        """How a target without groups computes them: `split`, `block-diagonal`, or None."""
        if self.plan.grouping == WHOLE:
            return None
        return "block-diagonal" if self.plan.grouping.is_block else "split"

    @property
    def costs(self) -> list[str]:
        """What the target computes in addition, in one sentence each."""
        plan, layer = self.plan, self.source.layer
        found = []
        if self.grouping == "split":
            found.append(
                f"{layer.groups} layers side by side, one for each group of channels, with the"
                f" weights w[0] {'and' if layer.groups == 2 else 'to'} w[{layer.groups - 1}]"
            )
        if self.grouping == "block-diagonal":
            found.append(
                f"one layer with zeros between the {layer.groups} groups:"
                f" {layer.groups} times the weights and multiplications"
            )
        if plan.folded is not None:
            into, out = plan.folded
            found.append(
                f"the first axis is a part of the channels: {layer.in_channels * into} in,"
                f" {layer.out_channels * out} out"
            )
        kernel = plan.target.layer.kernel[plan.lifted :]
        if any(step > 1 for step in plan.stuffing):
            found.append(
                f"the dilation is zeros in the kernel: {size_text(kernel)} taps in place of"
                f" {size_text(layer.kernel[plan.rank - len(kernel) :])}"
            )
        return found

    def write_program(self) -> str:
        """Return a module of the target framework that defines `build(weight, bias=None)`.

        Raises:
            NotExpressible: no code is written for this framework.
        """
        return self._program.write(self.plan)

    @property
    def _program(self) -> Program:
        return take_program(self.target.spelling.dialect)


def _data_axes(layout: Layout) -> tuple[str, ...]:
    """Return the axes of data; the targets' own layouts have the spatial axes in order."""
    return ("N", "*", "C") if layout.axes[-1] == "C" else ("N", "C", "*")


def convert(source: Reading, name: str, unknown: Mapping[str, Count] = _NOTHING) -> Conversion:
    """Return a layer in the words of a dialect, or of one implementation of it.

    unknown: the counts of the layer that are no numbers, by role.

    Raises:
        NotExpressible: nothing says the layer there; the message gives the reason.
        Refused: the layer could be written, and the implementation refuses it.
    """
    return Conversion(find_plan(source, name), unknown)
