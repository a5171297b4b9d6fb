"""The smallest changes of a layer that give it another output size.

The layer is found again among the ways of its dialect. Then some of its numbers are searched while
all others stay: first one of them, then two, then three. Each change is read by the dialect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import combinations
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import Severity
from deconvcli.common.values import compact
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.wording import complete_output_shape, word_role
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Reading, Sizes, Spelling, require_numbers
from deconvcli.layers.overlap import AxisOverlap
from deconvcli.layers.text import size_text
from deconvcli.solver.choices import Choice, Family
from deconvcli.solver.families import find_families
from deconvcli.solver.question import AxisBounds, Range
from deconvcli.solver.stated import (
    PARTS,
    Parts,
    StatedLayer,
    find_stated,
    list_roles,
    read_arguments,
)
from deconvcli.solver.ways import Way, find_ways

# Kernels that are tried: as far from the layer's own as so many strides, and at most so far.
_MAX_STRIDES, _MAX_REACH = 2, 32
# Beyond these strides output_padding has too many numbers for each kernel.
_MAX_STRIDE = 16


class LayerChange(NamedTuple):
    """Parameters of a layer that give it another size, and what becomes of its values.

    parameters: the new ones, under the dialect's own names; `kernel` where the weights alone have
    it. moved: the elements by which values come earlier on each axis; None for other values.
    has_other_weights: whether the kernel has another size. is_even: whether the layer then overlaps
    evenly and crops both ends equally.
    """

    reading: Reading
    parameters: Mapping[str, Any]
    moved: tuple[int, ...] | None
    has_other_weights: bool
    is_even: bool

    @property
    def text(self) -> str:
        """The parameters as they are written: `kernel_size=4 and output_padding=0`."""
        spelling = self.reading.spelling
        each = ({name: value} for name, value in self.parameters.items())
        return " and ".join(spelling._replace(arguments=one).text for one in each)

    @property
    def effect(self) -> str:
        """What becomes of the values, in words."""
        if self.has_other_weights:
            weights = f"weights of {size_text(self.reading.layer.kernel)}"
            return f"{weights} and an even overlap" if self.is_even else weights
        if self.moved is None:
            return "other values"
        if not any(self.moved):
            return "every value where it was"
        by = [abs(number) for number in self.moved]
        distance = size_text(by) if len(set(by)) > 1 else by[0]
        return f"every value {distance} {'earlier' if max(self.moved) > 0 else 'later'}"


def nearest_changes(
    spelling: Spelling, sizes: Sizes, output: Sequence[int]
) -> tuple[LayerChange, ...]:
    """Return the smallest change that gives a layer this output, and the smallest even one.

    There is no second where the first is even. Both are missing where no three numbers give the
    size. spelling, sizes: of the layer, which its framework may refuse.
    """
    stated = find_stated(spelling, sizes)
    if stated is None:
        return ()
    layer = _Search(*stated)
    # Another stride makes another layer, so it is no way to an even one.
    for stride in (frozenset[str](), frozenset(["stride"])):
        first: LayerChange | None = None
        for change in layer.list_changes(tuple(output), stride):
            if change.is_even:
                return (change,) if first is None else (first, change)
            first = first or change
        if first is not None:
            return (first,)
    return ()


def write_crop(reading: Reading, output: Sequence[int]) -> str:
    """Return the slice that keeps the first elements of a larger output, empty where none does."""
    surplus = [
        have - want
        for have, want in zip(require_numbers(reading.output_sizes), output, strict=True)
    ]
    if min(surplus) < 0 or not any(surplus):
        return ""
    spatial = [f":-{more}" if more else ":" for more in surplus]
    axes = reading.output_layout.axes
    after = [":" for _ in axes[axes.index("*") + 1 :]] if "*" in axes else []
    return f"y[{', '.join(['...', *spatial, *after])}]"


def find_intended_size(spelling: Spelling, sizes: Sizes) -> tuple[int, ...] | None:
    """Return the size that a refused layer would have, None where that is not known.

    It is the one that the layer requests, or the one that its output_padding adds up to.
    """
    dialect, rank = take(spelling.dialect)[0], len(sizes.spatial)
    requested, added = (dialect.argument(role) for role in ("output_size", "output_padding"))
    for argument in (requested, added):
        given = spelling.arguments.get(argument.name) if argument else None
        numbers = [given] * rank if isinstance(given, int) else given
        if isinstance(numbers, list | tuple) and len(numbers) == rank + 2:
            numbers = dialect.data_layout(spelling.arguments, rank).split(tuple(numbers), rank)["*"]
        if argument is None or not isinstance(numbers, list | tuple) or len(numbers) != rank:
            continue
        if argument is requested:
            return tuple(numbers)
        zero = {argument.name: [0] * rank}
        with suppress(DeconvError):
            reading = read_arguments(spelling, sizes, {**spelling.arguments, **zero})
            outputs = require_numbers(reading.output_sizes)
            return tuple([out + more for out, more in zip(outputs, numbers, strict=True)])
    return None


class _Search(StatedLayer):
    """The search for other numbers of a layer."""

    __slots__ = ()

    def list_changes(self, output: tuple[int, ...], more: Parts) -> Iterator[LayerChange]:
        """Yield the changes of one part beside `more`, then of two and of three, the best first."""
        requested = self._request(output)
        if requested is not None and not more:
            yield requested
        sizes = zip(self.question.input, output, self.choices, strict=True)
        largest = max(max(-(-out // n) if more else 0, own.stride) for n, out, own in sizes)
        for count in range(0 if more else 1, len(PARTS) + 1):
            found = [
                change
                for parts in combinations(PARTS, count)
                if largest <= _MAX_STRIDE or count == 1 or "kernel" not in parts
                for is_even in (False, True)
                for change in self._search(output, more.union(parts), is_even)
            ]
            yield from (change for _, change in sorted(found, key=lambda one: one[0]))

    def _request(self, output: tuple[int, ...]) -> LayerChange | None:
        """Return the layer with another requested size, where it requests one."""
        requested = take(self.spelling.dialect)[0].argument("output_size")
        if requested is None or requested.name not in self.spelling.arguments:
            return None
        return self._try({}, output, self.reading.layer.axes)

    def _search(
        self, output: tuple[int, ...], parts: Parts, is_even: bool
    ) -> Iterator[tuple[tuple[float, ...], LayerChange]]:
        """Yield changes of these parts with the order in which they are preferred."""
        asked = self.question._replace(output=output)
        columns = zip(asked.input, output, self.choices, strict=True)
        rows = [(n, out, own, _list_bounds(own, out, n, parts)) for n, out, own in columns]
        own_way = self.choices[0].way
        for way in find_ways(asked.dialect, asked.rank):
            if not _is_open(way, own_way, parts):
                continue
            chosen = []
            for n, out, own, bounds in rows:
                families = find_families(asked, n, out, bounds, way)
                members = [choice for family in families for choice in _list_near(family, own)]
                fitting = [
                    choice
                    for choice in members
                    if _is_sound(choice.axis, own.axis) and (not is_even or _is_even(choice.axis))
                ]
                if not fitting:
                    break
                chosen.append(min(fitting, key=lambda choice: _measure(choice, own)))
            if len(chosen) < len(rows):
                continue
            roles = list_roles(chosen, self.choices, parts)
            change = self._try(roles, output, [choice.axis for choice in chosen])
            if change is not None:
                pairs = zip(chosen, self.choices, strict=True)
                distances = [_measure(choice, own) for choice, own in pairs]
                total = tuple(map(sum, zip(*distances, strict=True)))
                moves = change.moved is None or any(change.moved)
                preferred = (_warns(change.reading), *total[:2], moves, not change.is_even)
                yield (*preferred, *total[2:]), change

    def _try(
        self, roles: Mapping[str, Any], output: tuple[int, ...], axes: Sequence[Axis]
    ) -> LayerChange | None:
        """Return the layer with these roles, if its framework takes it and it has the output."""
        dialect, rank = take(self.spelling.dialect)[0], len(output)
        arguments, sizes = dict(self.spelling.arguments), self.reading.sizes
        requested = dialect.argument("output_size")
        new = dict(roles)
        if requested is not None and requested.name in arguments:
            new["output_size"] = output
        changed: dict[str, Any] = {}
        for role, value in new.items():
            if value is None:
                own = dialect.argument(role)
                assert own is not None
                changed[own.name] = None
            else:
                changed |= word_role(dialect, role, value, rank) or {role: value}
        if sizes.weight is not None and "kernel" in roles:
            layer = self.reading.layer._replace(axes=tuple(axes))
            layout = dialect.weight_layout(arguments, rank)
            sizes = sizes._replace(weight=layer.weight_shape(layout))
        names = {argument.name: argument.default for argument in dialect.arguments}
        written = {name: value for name, value in changed.items() if name in names}
        with suppress(DeconvError):
            given = {**arguments, **written}
            groups = self.reading.layer.groups
            given = dict(complete_output_shape(dialect, given, sizes, groups))
            reading = read_arguments(self.spelling, sizes, given)
            if tuple(reading.output_sizes) != output:
                return None
            new_values = {name: given.get(name, value) for name, value in changed.items()}
            shown = {
                name: value
                for name, value in new_values.items()
                if compact(value) != compact(arguments.get(name, names.get(name)))
            }
            order = [*names, *shown]  # what the weights alone have comes last
            return LayerChange(
                reading,
                {name: shown[name] for name in dict.fromkeys(order) if name in shown},
                self._find_move(reading),
                reading.layer.kernel != self.reading.layer.kernel,
                all(map(_is_even, reading.layer.axes)),
            )
        return None

    def _find_move(self, reading: Reading) -> tuple[int, ...] | None:
        """Return how much earlier values come, None where the layer computes others."""
        pairs = list(zip(self.reading.layer.axes, reading.layer.axes, strict=True))
        if any(old[:3] != new[:3] for old, new in pairs):
            return None
        return tuple(require_numbers(new.crop_begin - old.crop_begin for old, new in pairs))


def _list_near(family: Family, own: Choice) -> Iterator[Choice]:
    """Yield the member nearest to the layer's own padding, and the most symmetric one."""
    yield next(family.by_symmetry())
    if family.first.way.is_pair and isinstance(own.padding, tuple):
        first, last = family.begins[0], family.begins[-1]
        yield family.choice(min(max(own.padding[0], first), last))


def _list_bounds(own: Choice, out: int, n: int, parts: Parts) -> AxisBounds:
    """Return the numbers of an axis: its own, or those that are searched."""
    kernel, stride, dilation = ((number, number) for number in own[1:4])
    if "stride" in parts:
        stride = (max(1, out // n), max(1, -(-out // n)))
    if "kernel" in parts:
        reach = min(_MAX_STRIDES * max(own.stride, -(-out // n)), _MAX_REACH)
        kernel = (max(1, own.kernel - reach), own.kernel + reach)
    bounds = AxisBounds(kernel, stride, dilation)
    if "padding" not in parts:
        bounds = bounds._replace(**_fix_padding(own))
    if "output_padding" not in parts and own.way.adds:
        added = own.output_padding or 0
        bounds = bounds._replace(output_padding=(added, added))
    return bounds


def _fix_padding(own: Choice) -> dict[str, Any]:
    if own.way.word:
        return {"word": own.way.word}
    begin, end = own.padding if isinstance(own.padding, tuple) else (own.padding,) * 2
    ends: tuple[Range, Range] = ((begin, begin), (end, end))
    return dict(zip(("begin", "end"), ends, strict=True))


def _is_open(way: Way, own: Way, parts: Parts) -> bool:
    """Return whether a change of these parts can lead to a way."""
    same_padding = (way.word, way.is_pair) == (own.word, own.is_pair)
    return ("padding" in parts or same_padding) and (
        "output_padding" in parts or way.adds == own.adds
    )


def _measure(choice: Choice, own: Choice) -> tuple[float, ...]:
    """Return how much an axis differs in stride, kernel, crop at the start, and all that is left.

    Equal sums of what is left are in the order of the parts.
    """
    [start] = require_numbers([choice.axis.crop_begin - own.axis.crop_begin])
    paddings = [
        one if isinstance(one, tuple) else (one or 0, one or 0)
        for one in (choice.padding, own.padding)
    ]
    padding = sum(abs(one - other) for one, other in zip(*paddings, strict=True))
    added = abs((choice.output_padding or 0) - (own.output_padding or 0))
    return (
        abs(choice.stride - own.stride),
        abs(choice.kernel - own.kernel),
        abs(start),
        padding + added + (choice.way != own.way),
    )


def _warns(reading: Reading) -> bool:
    return any(found.severity is Severity.WARNING for found in reading.findings)


def _is_even(axis: Axis) -> bool:
    return AxisOverlap(axis, 1).is_even and axis.crop_begin == axis.crop_end


def _is_sound(axis: Axis, own: Axis) -> bool:
    """Return whether an axis has no gap and no useless crop, except as the layer had before."""
    crop, own_crop = (max(one.crop_begin, one.crop_end) for one in (axis, own))
    has_gaps, had_gaps = (not AxisOverlap(one, 1).least for one in (axis, own))
    return crop <= max(axis.span - 1, own_crop) and has_gaps <= had_gaps
