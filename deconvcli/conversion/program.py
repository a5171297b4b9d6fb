"""A plan as a module of the target framework, which defines `build(weight, bias=None)`.

A file in `programs/` holds what is special about one framework's code. Modules need NumPy and that
framework alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from deconvcli.conversion.module import Module, document_build
from deconvcli.conversion.plan import Plan
from deconvcli.conversion.wrapping import TAB
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Size
from deconvcli.layers.counts import Unknown
from deconvcli.layers.layer import Reading


class Program:
    """Code of a framework whose tensors are sliced and added like NumPy's arrays.

    Without a file of its own, a framework has the layer's call, and NumPy's code around it.

    imports: the lines at the top, besides NumPy's; those that a module needs are written. tensor,
    array: an array as its tensor, and back. statement: a step as a line.
    """

    imports: ClassVar[tuple[str, ...]] = ()
    tensor: ClassVar[str] = "{}"
    array: ClassVar[str] = "np.asarray({})"
    statement: ClassVar[str] = "{name} = {expression}"

    @property
    def outline(self) -> Program:
        """The program whose steps are short enough to stand in one line."""
        return self

    def write(self, plan: Plan) -> str:
        """Return the module as Python source.

        Raises:
            NotExpressible: no code is written for this framework.
        """
        if type(self) is Program:
            dialect = take(plan.target.spelling.dialect)[0]
            raise dialect.not_expressible_error(
                f"deconv writes no module of {dialect.title}",
                "take the call, the weights and the steps from --format text or json.",
            )
        source, target = plan.source, plan.target
        layouts = name_data(plan), name_data(plan, is_output=True)
        module = Module(
            f"A layer of {source.spelling.name} in {target.spelling.name}.",
            write_call(with_counts(target)),
            document_build(source, layouts),
            [*plan.recipe.lines, *self.write_setup(plan)],
            self.write_apply(plan),
            self.write_ending(),
            self.write_preamble(plan),
        )
        return module.write(self.list_imports)

    def list_imports(self, text: str) -> list[str]:
        """Return the imports whose names are used in a text."""
        return [line for line in self.imports if _is_used(line, text)]

    def write_preamble(self, plan: Plan) -> list[str]:
        """Return the lines before the imports."""
        return self.choose_implementation(plan.target.spelling.implementation)

    def choose_implementation(self, name: str) -> list[str]:
        """Return the lines that choose an implementation before the imports, if any do."""
        return []

    def write_setup(self, plan: Plan) -> list[str]:
        """Return the lines that make of the array `w` what `apply` uses."""
        parts = plan.grouping.parts
        lines = self.write_layer(plan)
        if parts > 1 and lines:
            make = ["def make(w):", *[TAB + line for line in [*lines, "return layer"]]]
            lines = ["", *make, "", "parts = [make(part) for part in w]"]
        elif parts > 1:
            lines = [f"w = [{self.tensor.format('part')} for part in w]"]
        elif not lines:
            lines = [f"w = {self.tensor.format('w')}"]
        if self.adds_bias(plan):
            bias = self.tensor.format(self.write_bias(plan))
            lines += ["if bias is not None:", f"{TAB}b = {bias}"]
        elif not self.write_layer(plan):
            lines.append(f"b = None if bias is None else {self.tensor.format('bias')}")
        return lines

    def write_bias(self, plan: Plan) -> str:
        """Return the bias as an array that is added to an output."""
        if channel_axis(plan.target) == -1:
            return "bias"
        return f"bias.reshape(-1, {', '.join('1' * plan.rank)})"

    def write_addition(self, plan: Plan) -> list[str]:
        """Return the expressions that add the bias to y."""
        return [f"y + {self.write_bias(plan)}"]

    def write_layer(self, plan: Plan) -> list[str]:
        """Return the lines that make `layer` of the array `w`; none for a function."""
        return []

    def takes_bias(self, plan: Plan) -> bool:
        """Return whether the framework's call has a bias."""
        return take(plan.target.spelling.dialect)[0].argument("bias") is not None

    def adds_bias(self, plan: Plan) -> bool:
        """Return whether the bias is added to the output, and not by the layer."""
        return plan.has_late_bias or not self.takes_bias(plan)

    def list_bias(self, plan: Plan, value: str) -> list[str]:
        """Return the lines that do something with the bias of the layer itself, if it has one."""
        return [] if plan.has_late_bias else ["if bias is not None:", f"{TAB}{value}"]

    def write_ending(self) -> list[str]:
        """Return the lines after `apply`."""
        return []

    def write_apply(self, plan: Plan) -> list[str]:
        """Return the body of `apply`."""
        return [
            f"x = {self.tensor.format('x')}",
            *self.write_steps(plan),
            f"return {self.array.format('y')}",
        ]

    def write_steps(self, plan: Plan) -> list[str]:
        """Return the lines from the tensor x to the tensor y."""
        bias = ["if bias is not None:", f"{TAB}y = y + b"] if self.adds_bias(plan) else []
        return [
            *[f"x = {line}" for line in self.write_before(plan)],
            f"y = {self._write_parts(plan)}",
            *[f"y = {line}" for line in self.write_after(plan)],
            *bias,
        ]

    def _write_parts(self, plan: Plan) -> str:
        parts, axis = plan.grouping.parts, channel_axis(plan.target)
        is_layer = bool(self.write_layer(plan))
        call = "layer(x)" if is_layer else self.write_function(plan)
        if parts == 1:
            return call
        names, given = ("layer, x", "parts") if is_layer else ("w, x", "w")
        pairs = f"zip({given}, {self.split('x', parts, axis)})"
        return self.join(f"[{call} for {names} in {pairs}]", axis)

    def write_function(self, plan: Plan) -> str:
        """Return the call of a function with the tensors x and w, and b where it takes a bias."""
        if self.adds_bias(plan):
            return write_function(plan.target)
        bias = take(plan.target.spelling.dialect)[0].argument("bias")
        assert bias is not None  # as it is not added to the output
        return write_function(plan.target, {bias.name: True})

    def write_before(self, plan: Plan, x: str = "x") -> list[str]:
        """Return the expressions that make the layer's input of x, one after the other."""
        lines = []
        for axis, (before, after) in enumerate(plan.repeats):
            if before or after:
                place = spatial_axis(plan, axis)
                size = plan.source.spatial[axis]
                lines.append(self.repeat(x, place, before, after, size))
        if plan.folded is not None:
            lines += self.fold(plan, x)
        if plan.lifted:
            lines.append(self.lift(x, plan))
        return lines

    def write_after(self, plan: Plan, y: str = "y") -> list[str]:
        """Return the expressions that make the output of y, without the bias."""
        lines = self.write_cuts(y, plan)
        if any(pair != (0, 0) for pair in plan.zeros):
            lines.append(self.pad(y, list_pads(plan)))
        if plan.folded is not None:
            lines += self.unfold(plan, y)
        return lines

    def lift(self, name: str, plan: Plan) -> str:
        """Return the expression that adds axes of size 1 before the others."""
        return f"{name}[{_index(plan, ['None'] * plan.lifted, [':'] * len(plan.cuts))}]"

    def write_cuts(self, name: str, plan: Plan) -> list[str]:
        """Return the expressions that remove what is cut off, and the axes that were lifted."""
        cuts = [write_cut(*pair) for pair in plan.cuts]
        if not plan.lifted and all(cut == ":" for cut in cuts):
            return []
        return [f"{name}[{_index(plan, ['0'] * plan.lifted, cuts)}]"]

    def fold(self, plan: Plan, x: str) -> list[str]:
        """Return the expressions that make the first spatial axis of x a part of the channels."""
        first = len(plan.target.sizes.batch)
        sizes = [*plan.target.input_shape[first:]]
        # The layer is that of one group, and all of them are here.
        sizes[channel_axis(plan.target)] *= plan.grouping.parts
        shape = (*_batch(plan), *sizes)
        if channel_axis(plan.target) != -1:
            return [self.reshape(x, shape)]
        order = list(range(first + len(plan.repeats) + 1))
        moved = order.pop(first)
        return [self.transpose(x, [*order, moved]), self.reshape(x, shape)]

    def unfold(self, plan: Plan, y: str) -> list[str]:
        """Return the expressions that make the first spatial axis of y of the channels."""
        assert plan.folded is not None
        first, out = len(plan.target.sizes.batch), plan.folded[1]
        batch, channels = _batch(plan), plan.source.layer.out_channels
        spatial = plan.source.output_sizes[1:]
        if channel_axis(plan.target) != -1:
            return [self.reshape(y, (*batch, channels, out, *spatial))]
        order = list(range(first + len(plan.repeats) + 1))
        order.insert(first, order.pop())
        wide = (*batch, *spatial, channels, out)
        return [self.reshape(y, wide), self.transpose(y, order)]

    def split(self, name: str, parts: int, axis: int) -> str:
        """Return the expression that divides a tensor into equal parts along an axis."""
        return f"np.split({name}, {parts}, axis={axis})"

    def join(self, parts: str, axis: int) -> str:
        """Return the expression that concatenates a list of tensors along an axis."""
        return f"np.concatenate({parts}, axis={axis})"

    def pad(self, name: str, pairs: Sequence[tuple[int, int]]) -> str:
        """Return the expression that puts zeros (before, after) each axis of a tensor."""
        return f"np.pad({name}, {tuple(pairs)})"

    def reshape(self, name: str, shape: Sequence[Size]) -> str:
        """Return the expression that divides or joins axes of a tensor; -1 is what remains."""
        return f"{name}.reshape({', '.join(map(str, shape))})"

    def transpose(self, name: str, order: Sequence[int]) -> str:
        """Return the expression that puts a tensor's axes in another order."""
        return f"{name}.transpose({', '.join(map(str, order))})"

    def repeat(self, name: str, axis: int, before: int, after: int, size: Size) -> str:
        """Return the expression that copies elements of an axis from its opposite ends."""
        indices = f"np.arange({-before}, {size + after}) % {size}"
        return f"np.take({name}, {indices}, axis={axis})"


def _is_used(line: str, text: str) -> bool:
    """Return whether a text has the name that an import binds."""
    name = re.escape(line.split()[-1])
    return re.search(rf"\b{name}\b", text) is not None


def constructor(plan: Plan) -> str:
    """Return the call that makes the layer, with a bias where `build` is given one."""
    argument = take(plan.target.spelling.dialect)[0].argument("bias")
    if argument is None or plan.has_late_bias:
        return write_function(plan.target)
    return write_function(plan.target, {argument.name: Unknown("bias is not None")})


def write_function(reading: Reading, values: Mapping[str, Any] = MappingProxyType({})) -> str:
    """Return the call of a layer, without a tensor for its bias. values: parameters with code."""
    reading = with_counts(reading)
    spelling = reading.spelling
    bias = take(spelling.dialect)[0].argument("bias")
    # Without a default it is a tensor, which not every caller of the module has.
    given = {
        name: value
        for name, value in spelling.arguments.items()
        if bias is None or name != bias.name or bias.default is not None or value is not True
    }
    spelling = spelling._replace(arguments={**given, **values})
    return write_call(reading._replace(spelling=spelling))


def with_counts(reading: Reading) -> Reading:
    """Return the reading with its weights known, so that no count of its call is a variable."""
    channels = reading.layer.in_channels
    sizes = reading.sizes._replace(weight=reading.weight_shape, channels=channels)
    return reading._replace(sizes=sizes)


def channel_axis(reading: Reading) -> int:
    """Return the axis of the channels, counted from the end."""
    return -1 if reading.data_layout.axes[-1] == "C" else -1 - len(reading.layer.axes)


def spatial_axis(plan: Plan, axis: int) -> int:
    """Return one of the source's spatial axes, counted from the end of the target's tensors."""
    is_last = channel_axis(plan.target) == -1
    return axis - plan.rank - is_last


def list_pads(plan: Plan) -> list[tuple[int, int]]:
    """Return the zeros of every axis of the output, batch and channels included."""
    nothing: list[tuple[int, int]] = [(0, 0)]
    batch = nothing * len(plan.target.sizes.batch)
    if channel_axis(plan.target) == -1:
        return [*batch, *plan.zeros, *nothing]
    return [*batch, *nothing, *plan.zeros]


def _batch(plan: Plan) -> tuple[int, ...]:
    """Return the sizes of the batch in a reshape: any number of images."""
    batch = plan.target.sizes.batch
    return (-1,) if len(batch) == 1 else batch


def write_cut(begin: int, end: int) -> str:
    """Return the slice that cuts elements off both ends of an axis, whatever its size."""
    return f"{begin or ''}:{-end if end else ''}"


def list_slices(plan: Plan) -> tuple[list[int], str, list[int]]:
    """Return (starts, ends, axes) of what is cut off, for frameworks that slice by lists.

    ends is code; 2**63 - 1 is the end of an axis, whatever its size.
    """
    cuts = {axis: pair for axis, pair in enumerate(plan.cuts) if pair != (0, 0)}
    first = 1 + (channel_axis(plan.target) != -1)
    ends = [str(-end) if end else "2**63 - 1" for _, end in cuts.values()]
    starts = [begin for begin, _ in cuts.values()]
    return starts, f"[{', '.join(ends)}]", [first + axis for axis in cuts]


def _index(plan: Plan, lifted: Iterable[str], spatial: Iterable[str]) -> str:
    """Return the index of a tensor, from its first spatial axis on."""
    last = [":"] if channel_axis(plan.target) == -1 else []
    return ", ".join(["...", *lifted, *spatial, *last])


def name_data(plan: Plan, *, is_output: bool = False) -> str:
    """Return the letters of the target's input or output, without axes that are lifted."""
    target = plan.target
    layout = target.output_layout if is_output else target.data_layout
    return layout.letters(plan.rank, len(target.sizes.batch))
