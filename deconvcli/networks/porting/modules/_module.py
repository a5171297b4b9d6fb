"""What the modules of all frameworks share: lines, and steps that are reshapes.

A step becomes pieces of code, each of which makes a tensor of those before it. A file in this
folder has a method for each kind of step, called as the kind.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.common.errors import NotExpressible
from deconvcli.conversion.programs import take_program
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Shape
from deconvcli.networks.porting.modules._code import (
    Apply,
    Code,
    Line,
    Names,
    Placed,
    Written,
    find_main,
    name_parts,
)
from deconvcli.networks.porting.step import Port, Ported, Step

Axes = list[tuple[str, int]]
Sizes = dict[tuple[str, int], int]


class Module(ABC):
    """How a framework writes a network.

    dialect: the one of the calls. imports: the lines at the top; those that are used are written.
    is_last: whether the channels are after the spatial axes. reserved: names that layers cannot
    have.
    """

    dialect: ClassVar[str]
    imports: ClassVar[tuple[str, ...]]
    is_last: ClassVar[bool] = False
    reserved: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def write(self, port: Port) -> str:
        """Return the module as Python source."""

    @abstractmethod
    def write_layer(self, placed: Placed) -> str:
        """Return the code of a layer that is applied to tensors."""

    @abstractmethod
    def transpose(self, x: str, order: Sequence[int]) -> str:
        """Return the expression that puts axes in another order; the batch is axis 0."""

    @abstractmethod
    def reshape_to(self, x: str, sizes: Sequence[int]) -> str:
        """Return the expression that gives a tensor these sizes after its batch."""

    def write_step(self, step: Step, *, was_last: bool) -> list[Code]:
        """Return the code of one step.

        Raises:
            NotExpressible: the framework has no such operation.
        """
        if step.op == "reshape":
            return self._write_reshape(step, was_last)
        found: list[Code] = getattr(self, step.op)(step)
        return found

    def write_lines(self, port: Port) -> tuple[list[Line], Mapping[str, str]]:
        """Return the lines that compute the network, and the variable of each layer."""
        names = Names(self.reserved)
        variables = {name: names.add(name) for name in port.inputs}
        # No part of a layer has the name of another layer, before it or after it.
        own = {layer.name: names.add(layer.name) for layer in port.layers}
        lines: list[Line] = []
        for layer in port.layers:
            y = own[layer.name]
            if layer.reason:
                variables[layer.name] = y
                lines.append(Line(_refuse(f"{layer.name} is missing: {layer.reason}")))
                continue
            given = [variables[name] for name in layer.inputs]
            codes = [
                (step, code)
                for step in layer.steps
                for code in self.write_step(step, was_last=port.was_last)
            ]
            variables[layer.name] = y if codes else given[0]
            for place, (step, code) in enumerate(name_parts(codes), 1):
                name = names.add(f"{y}_{code.part}") if code.part else y
                title = name if code.part else layer.name
                made = name if code.part else names.add(f"{y}_{step.op}")
                made = layer.name if place == len(codes) else made
                placed = Placed(name, title, layer, step, code, made)
                expression = self.write_applied(placed, given)
                lines.append(Line(f"{y} = {expression}", placed if code.layer else None))
                given = [y]
        return lines, variables

    def write_applied(self, placed: Placed, given: Sequence[str]) -> str:
        """Return the expression of a piece of code, applied to tensors."""
        code = placed.code
        if not code.layer:
            assert code.apply is not None
            return code.apply(*given)
        applied = self.write_layer(placed)
        return code.apply(applied, *given) if code.apply else f"{applied}({', '.join(given)})"

    def list_code(self, layer: Ported, *, was_last: bool) -> Written:
        """Return the code of one layer for a table; x is its input, y its output."""
        before: list[str] = []
        main = ""
        after: list[str] = []
        codes = [code for step in layer.steps for code in self.write_step(step, was_last=was_last)]
        place = find_main(codes)
        for number, code in enumerate(codes):
            names = (
                layer.inputs if number == 0 and len(layer.inputs) > 1 else ("xy"[number > place],)
            )
            assert code.layer or code.apply is not None
            text = code.layer or (code.apply(*names) if code.apply else "")
            if number == place:
                main = text
            elif number < place:
                before.append(text)
            else:
                after.append(text)
        return Written(main, before, after)

    def write_transposed(self, step: Step) -> list[Code]:
        """Return a transposed convolution with what is done before and after it."""
        conversion = step.conversion
        assert conversion is not None
        plan, program = conversion.plan, take_program(self.dialect)
        before = len(program.write_before(plan))
        after = len(program.write_after(plan))
        has_bias = conversion.source.layer.has_bias and program.adds_bias(plan)
        return [
            *[Code("", _pick(program.write_before, plan, place)) for place in range(before)],
            self.write_parts(step, conversion.call, plan.grouping.parts),
            *[Code("", _pick(program.write_after, plan, place)) for place in range(after)],
            *([self.write_bias(step)] if has_bias else []),
        ]

    def write_parts(self, step: Step, call: str, parts: int) -> Code:
        """Return a layer, or several equal ones side by side."""
        if parts > 1:
            raise NotExpressible(
                f"{parts} layers side by side are not written", help="write one for each group."
            )
        return Code(call)

    @abstractmethod
    def write_bias(self, step: Step) -> Code:
        """Return what adds a bias to the output of a layer without one."""

    def _write_reshape(self, step: Step, was_last: bool) -> list[Code]:
        """Return a reshape in the order of the source's axes."""
        [given], output = step.inputs, step.output
        codes = []
        if was_last != self.is_last and given.spatial:
            order = move_channels(step.rank, was_last)
            codes.append(Code("", lambda x: self.transpose(x, order)))
        sizes = arrange(output, was_last)
        codes.append(Code("", lambda x: self.reshape_to(x, sizes)))
        if was_last != self.is_last and output.spatial:
            back = move_channels(len(output.spatial), not was_last)
            codes.append(Code("", lambda x: self.transpose(x, back)))
        return codes

    def pixel_shuffle(self, step: Step) -> list[Code]:
        """Return the reshapes and the transpose that make space of channels."""
        sizes, narrow, wide = self._divide(step, step.inputs[0], step.output)
        return self._exchange(sizes, narrow, wide, step.output)

    def pixel_unshuffle(self, step: Step) -> list[Code]:
        """Return the reshapes and the transpose that make channels of space."""
        sizes, narrow, wide = self._divide(step, step.output, step.inputs[0])
        return self._exchange(sizes, wide, narrow, step.output)

    def _divide(self, step: Step, narrow: Shape, wide: Shape) -> tuple[Sizes, Axes, Axes]:
        """Return the sizes of divided axes, and these axes of a narrow and of a wide tensor.

        c: channels. s: space. r: what becomes space of channels, on each axis.
        """
        rank = step.rank
        blocks = [("r", axis) for axis in range(rank)]
        channels = [("c", 0), *blocks] if step.keys["blocks"] == "inner" else [*blocks, ("c", 0)]
        space = [("s", axis) for axis in range(rank)]
        paired = [(kind, axis) for axis in range(rank) for kind in "sr"]
        [count, *lengths] = require_numbers((wide.channels, *narrow.spatial))
        sizes = {("c", 0): count, **dict.fromkeys(blocks, step.keys["factor"])}
        sizes |= dict(zip(space, lengths, strict=True))
        if self.is_last:
            return sizes, [*space, *channels], [*paired, ("c", 0)]
        return sizes, [*channels, *space], [("c", 0), *paired]

    def _exchange(
        self,
        sizes: Sizes,
        before: Axes,
        after: Axes,
        output: Shape,
    ) -> list[Code]:
        """Return a tensor divided into axes, in another order, and joined again."""
        divided = [sizes[axis] for axis in before]
        order = [0, *[1 + before.index(axis) for axis in after]]
        joined = arrange(output, self.is_last)
        return [
            Code("", lambda x: self.reshape_to(x, divided)),
            Code("", lambda x: self.transpose(x, order)),
            Code("", lambda x: self.reshape_to(x, joined)),
        ]

    def join_parts(self, port: Port, *parts: Sequence[str]) -> str:
        """Return a module of imports and of definitions, two lines apart."""
        text = "\n\n\n".join(["\n".join(part) for part in parts if part])
        imports = [line for line in ("import numpy as np", *self.imports) if _is_used(line, text)]
        top = [f'"""{self.describe(port)}"""', "", *imports]
        return "\n".join([*top, "", "", text, ""])

    def describe(self, port: Port) -> str:
        """Return what a network is, in one sentence."""
        return f"The network {port.name}, from {port.source} to {port.target}."


def _refuse(reason: str) -> str:
    """Return the line that ends a program where a layer of it is missing."""
    text = reason.replace("\\", "/").replace('"', "'")
    return f'raise NotImplementedError("{text}")'


def _is_used(line: str, text: str) -> bool:
    """Return whether a text has the name that an import binds."""
    name = line.split()[-1].partition(".")[0]
    return re.search(rf"\b{name}\b", text) is not None


def _pick(write: Callable[..., list[str]], plan: Any, place: int) -> Apply:
    """Return the function that gives one of the expressions for a tensor of any name."""
    return lambda x: write(plan, x)[place]


def move_channels(rank: int, is_first: bool) -> list[int]:
    """Return the order that puts the channels last, or those that are last in the first place."""
    spatial = list(range(2, rank + 2)) if is_first else list(range(1, rank + 1))
    return [0, *spatial, 1] if is_first else [0, rank + 1, *spatial]


def arrange(shape: Shape, is_last: bool) -> list[int]:
    """Return the sizes of a tensor after its batch."""
    sizes = (*shape.spatial, shape.channels) if is_last else shape.sizes
    return require_numbers(sizes)
