"""What becomes of the weights on the way into another framework, as NumPy code that is also run.

Each step has the lines that a person can paste and the function that computes them. The proof of a
conversion runs the functions; a test compares them with the lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple, TypeAlias

from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer, Reading, require_numbers
from deconvcli.layers.layout import Layout

Axes: TypeAlias = list[tuple[str, ...]]
"""The letters of each axis: G, I, O, and a number for each spatial axis."""
# The axes of a kernel with zeros between its groups: G counts those of the inputs, H the outputs'.
_NEIGHBOURS: Mapping[tuple[str, ...], tuple[str, ...]] = {("I",): ("G", "I"), ("O",): ("H", "O")}


class Step(NamedTuple):
    """One step: NumPy statements that change `w`, and the function that does the same."""

    lines: tuple[str, ...]
    apply: Callable[[Any], Any]


class Recipe(NamedTuple):
    """The way of the weights from one framework's layout to another's.

    permute: the source's axes in the order of the target's; None where axes that several letters
    share are divided or joined. flip: the axes of the permuted weights that are reversed.
    """

    steps: tuple[Step, ...]
    permute: tuple[int, ...] | None
    flip: tuple[int, ...]

    def apply(self, weight: Any) -> Any:
        """Return the target's weights; those of several layers have one more axis, the first."""
        for step in self.steps:
            weight = step.apply(weight)
        return weight

    @property
    def lines(self) -> list[str]:
        """The NumPy statements that make the target's weights of `w`."""
        return [line for step in self.steps for line in step.lines]


class Grouping(NamedTuple):
    """How a target without groups computes them.

    parts: the number of layers side by side. is_block: whether one layer has zeros between them.
    """

    parts: int = 1
    is_block: bool = False


WHOLE = Grouping()
"""The grouping of the source itself."""


def write_recipe(
    source: Reading,
    target: Reading,
    grouping: Grouping = WHOLE,
    stuffing: Sequence[int] = (),
    lifted: int = 0,
) -> Recipe:
    """Return the recipe from a layer's weights to those of the layer that stands for it.

    stuffing: for each axis the dilation that becomes zeros between the taps; 0 for taps that all
    lie on one element, which are added up. lifted: how many spatial axes of size 1 the target has
    before the source's.
    """
    layer, (parts, is_block) = source.layer, grouping
    sizes = _count_letters(layer)
    own = list_axes(source.weight_layout, len(layer.axes), 0)
    wanted = list_axes(target.weight_layout, len(target.layer.axes), lifted)
    steps: list[Step] = []
    stacked = {str(axis) for axis, step in enumerate(stuffing) if step == 0}
    if stacked:
        steps.append(_sum([place for place, axis in enumerate(own) if stacked.issuperset(axis)]))
        sizes |= dict.fromkeys(stacked, 1)
    shape = [prod([sizes[letter] for letter in axis]) for axis in own]
    if layer.groups == 1:
        own, wanted = _drop_groups(own), _drop_groups(wanted)
    if grouping != WHOLE or sorted(own) != sorted(wanted):
        own, wanted = _divide(own), _divide(wanted)
    lengths = {axis: prod([sizes[letter] for letter in axis]) for axis in own}
    reshaping = reshape(shape, [lengths[axis] for axis in own])
    steps += reshaping
    permute: tuple[int, ...] | None = None
    if is_block:
        # The groups of the outputs are those of the inputs, but on an axis of their own.
        parted = [_NEIGHBOURS.get(axis, axis) for axis in _drop_groups(wanted)]
        wanted = _divide(parted)
        lengths["H",] = layer.groups
        inner = [axis for axis in wanted if axis != ("H",)]
        steps += transpose(tuple([own.index(axis) for axis in inner]))
        steps.append(_spread_groups(wanted, lengths))
    else:
        if parts > 1:
            wanted = [("G",), *_drop_groups(wanted)]
        permute = tuple([own.index(axis) for axis in wanted])
        steps += transpose(permute)
        if reshaping:
            permute = None
    flip: tuple[int, ...] = ()
    if source.flipped != target.flipped:
        spatial = [place for place, axis in enumerate(wanted) if axis[0].isdecimal()]
        flip = tuple([place for place in spatial if lengths[wanted[place]] > 1])
        steps += reverse(flip)
    shape = [lengths[axis] for axis in wanted]
    stuffed = {wanted.index((str(axis),)): step for axis, step in enumerate(stuffing) if step > 1}
    if stuffed:
        shape = [(size - 1) * stuffed.get(place, 1) + 1 for place, size in enumerate(shape)]
        steps.append(_stuff(stuffed, shape))
    steps += reshape(shape, [*([parts] if parts > 1 else []), *target.weight_shape])
    return Recipe(tuple(steps), permute, flip)


def fold_weights(source: Reading, axis: Axis, into: int, out: int) -> list[Step]:
    """Return the steps that make the first spatial axis a part of the channels.

    axis: that axis, with `into` inputs and `out` outputs. The result is (Cin * into, Cout/groups *
    out, *kernel without the first), in the source's orientation.
    """
    layer = source.layer
    groups, kernel = layer.groups, layer.kernel
    sizes = _count_letters(layer)
    own = list_axes(source.weight_layout, len(layer.axes), 0)
    letters = _divide(own)
    shape = [prod([sizes[letter] for letter in axis]) for axis in own]
    order = [
        letter for letter in ("G", "I", "O", *map(str, range(len(kernel)))) if (letter,) in letters
    ]
    divided = [sizes[letter] for [letter] in letters]
    steps = [
        *reshape(shape, divided),
        *transpose(tuple([letters.index((one,)) for one in order])),
    ]
    inputs, outputs = layer.in_channels // groups, layer.out_channels // groups
    steps += reshape([sizes[letter] for letter in order], [groups, inputs, outputs, *kernel])
    if source.flipped and kernel[0] > 1:
        steps += reverse([3])
    wide = (groups, inputs, into, outputs, out, *kernel[1:])
    place = _write_place(axis)
    # Taps meet only where all lie on one element; 0 + -0.0 would be 0.
    is_sum = axis.dilation == 0
    lines = (
        f"wide = np.zeros({wide}, w.dtype)",
        f"for i, j in np.ndindex({into}, {kernel[0]}):",
        f"    o = {place}",
        f"    if 0 <= o < {out}:",
        f"        wide[:, :, i, :, o] {'+=' if is_sum else '='} w[:, :, :, j]",
        "w = wide",
    )

    def apply(w: Any) -> Any:
        import numpy as np

        made = np.zeros(wide, w.dtype)
        for i, j in np.ndindex(into, kernel[0]):
            o = axis.stride * i + axis.dilation * j - axis.crop_begin
            if 0 <= o < out:
                if is_sum:
                    made[:, :, i, :, o] += w[:, :, :, j]
                else:
                    made[:, :, i, :, o] = w[:, :, :, j]
        return made

    final = [groups * inputs * into, outputs * out, *kernel[1:]]
    return [*steps, Step(lines, apply), *reshape(wide, final)]


def split_phases(
    groups: int,
    shape: Sequence[int],
    strides: Sequence[int],
    *,
    is_last: bool,
    is_depth_first: bool,
) -> tuple[list[Step], tuple[int, ...]]:
    """Return the steps to a convolution that makes all outputs of a stride at once, and its shape.

    shape: (Cin, Cout/groups, *kernel) of the weights that are given, in the layer's orientation.
    is_last: whether the result is (*taps, Cin/groups, channels), and not (channels, Cin/groups,
    *taps). is_depth_first: whether positions are the slow part of the channels.
    """
    inputs, outputs, *kernel = shape
    counts = [-(-size // stride) for size, stride in zip(kernel, strides, strict=True)]
    whole = [count * stride for count, stride in zip(counts, strides, strict=True)]
    steps = [_lengthen(shape, [inputs, outputs, *whole])] if kernel != whole else []
    into, rank = inputs // groups, len(kernel)
    divided = [size for pair in zip(counts, strides, strict=True) for size in pair]
    steps += reshape([inputs, outputs, *whole], [groups, into, outputs, *divided])
    steps += reverse([3 + 2 * axis for axis, count in enumerate(counts) if count > 1])
    taps, phases = [3 + 2 * axis for axis in range(rank)], [4 + 2 * axis for axis in range(rank)]
    channels = [*phases, 0, 2] if is_depth_first else [0, 2, *phases]
    order = [*taps, 1, *channels] if is_last else [*channels, 1, *taps]
    steps += transpose(tuple(order))
    sizes = [groups, into, outputs, *divided]
    wide = groups * outputs * prod(strides)
    final = (*counts, into, wide) if is_last else (wide, into, *counts)
    return [*steps, *reshape([sizes[place] for place in order], final)], final


def _lengthen(shape: Sequence[int], new: Sequence[int]) -> Step:
    """Return the step that puts zeros after the last tap of each axis."""
    sizes = tuple(new)
    index = tuple(
        [
            slice(size) if size != wanted else slice(None)
            for size, wanted in zip(shape, new, strict=True)
        ]
    )
    text = ", ".join([f":{one.stop or ''}" for one in index])

    def apply(w: Any) -> Any:
        import numpy as np

        wide: Any = np.zeros(sizes, w.dtype)
        wide[index] = w
        return wide

    return Step((f"wide = np.zeros({sizes}, w.dtype)", f"wide[{text}] = w", "w = wide"), apply)


def _write_place(axis: Axis) -> str:
    """Return the output that input i reaches through tap j, as code."""
    steps = ((axis.stride, "i"), (axis.dilation, "j"))
    sum_of = " + ".join([name if step == 1 else f"{step} * {name}" for step, name in steps])
    [crop] = require_numbers([axis.crop_begin])
    return f"{sum_of} {'-' if crop > 0 else '+'} {abs(crop)}" if crop else sum_of


def _count_letters(layer: Layer) -> dict[str, int]:
    into, out = layer.in_channels // layer.groups, layer.out_channels // layer.groups
    kernel = {str(place): size for place, size in enumerate(layer.kernel)}
    return {"G": layer.groups, "I": into, "O": out, **kernel}


def list_axes(layout: Layout, rank: int, lifted: int) -> Axes:
    """Return the axes of weights; those that are lifted have no letter in the source."""
    spatial = [(str(axis - lifted),) for axis in range(rank)]
    axes: Axes = []
    for axis in layout.axes:
        axes += spatial[lifted:] if axis == "*" else [tuple(axis)]
    return axes


def _drop_groups(axes: Iterable[tuple[str, ...]]) -> Axes:
    kept = (tuple(letter for letter in axis if letter != "G") for axis in axes)
    return [axis for axis in kept if axis]


def _divide(axes: Iterable[tuple[str, ...]]) -> Axes:
    return [(letter,) for axis in axes for letter in axis]


def _sum(axes: Sequence[int]) -> Step:
    """Return the step that adds up the taps of these axes."""
    places = tuple(axes)
    code = f"w = w.sum(axis={places}, keepdims=True, dtype=w.dtype)"
    return Step((code,), lambda w: w.sum(axis=places, keepdims=True, dtype=w.dtype))


def reshape(shape: Sequence[int], new: Sequence[int]) -> list[Step]:
    """Return the step that divides or joins axes; none where nothing changes."""
    if list(shape) == list(new):
        return []
    sizes = tuple(new)
    return [Step((f"w = w.reshape({', '.join(map(str, sizes))})",), lambda w: w.reshape(sizes))]


def transpose(order: tuple[int, ...]) -> list[Step]:
    """Return the step that puts axes in another order."""
    if list(order) == sorted(order):
        return []
    code = f"w = w.transpose({', '.join(map(str, order))})"
    return [Step((code,), lambda w: w.transpose(order))]


def reverse(axes: Sequence[int]) -> list[Step]:
    """Return the step that reverses axes, of which the last has the largest number."""
    if not axes:
        return []
    index = [
        slice(None, None, -1) if place in axes else slice(None) for place in range(1 + axes[-1])
    ]
    return [Step((f"w = w[{_write_index(index)}]",), lambda w: w[tuple(index)])]


def _stuff(dilations: Mapping[int, int], shape: Sequence[int]) -> Step:
    """Return the step that puts zeros between the taps of these axes."""
    sizes = tuple(shape)
    index = [slice(None, None, dilations.get(place)) for place in range(1 + max(dilations))]

    def apply(w: Any) -> Any:
        import numpy as np

        wide = np.zeros(sizes, w.dtype)
        wide[tuple(index)] = w
        return wide

    lines = (f"wide = np.zeros({sizes}, w.dtype)", f"wide[{_write_index(index)}] = w", "w = wide")
    return Step(lines, apply)


def _write_index(index: Iterable[slice]) -> str:
    return ", ".join([f"::{one.step}" if one.step else ":" for one in index])


def _spread_groups(axes: Axes, lengths: Mapping[tuple[str, ...], int]) -> Step:
    """Return the step that makes one kernel with zeros between the groups.

    axes: those of the result; the given weights have no H.
    """
    shape = tuple([lengths[axis] for axis in axes])
    first, second = sorted([axes.index(("G",)), axes.index(("H",))])
    given = [axis for axis in axes if axis != ("H",)].index(("G",))

    def write_index(*places: int) -> str:
        return ", ".join(["g" if axis in places else ":" for axis in range(1 + places[-1])])

    def apply(w: Any) -> Any:
        import numpy as np

        wide = np.zeros(shape, w.dtype)
        for g in range(lengths["G",]):
            np.moveaxis(wide, (first, second), (0, 1))[g, g] = np.moveaxis(w, given, 0)[g]
        return wide

    # Assigned, and not multiplied by zeros and ones, which would lose -0.0 and spread infinity.
    lines = (
        f"wide = np.zeros({shape}, w.dtype)",
        f"for g in range({lengths['G',]}):",
        f"    wide[{write_index(first, second)}] = w[{write_index(given)}]",
        "w = wide",
    )
    return Step(lines, apply)
