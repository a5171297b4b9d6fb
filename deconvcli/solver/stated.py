"""A layer found again among the ways of its dialect, as the numbers that state it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import combinations
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.common.values import compact, per_axis
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.wording import complete_output_shape, word_role
from deconvcli.layers.layer import Reading, Sizes, Spelling, require_numbers
from deconvcli.solver.choices import Choice
from deconvcli.solver.families import find_families
from deconvcli.solver.question import AxisBounds, Question
from deconvcli.solver.ways import Way, find_ways

# In the order of preference: a crop keeps the weights, and a kernel does not.
PARTS = ("output_padding", "padding", "kernel")
Parts = frozenset[str]


class StatedLayer(NamedTuple):
    """A layer that works, or the nearest one to a layer that does not.

    choices: the numbers of its axes. spelling: as its author wrote it.
    """

    question: Question
    choices: tuple[Choice, ...]
    reading: Reading
    spelling: Spelling


def find_stated(spelling: Spelling, sizes: Sizes) -> StatedLayer | None:
    """Return the layer as choices of its axes; None for sizes in letters, or if it has none."""
    reading = _read_without_refusal(spelling, sizes)
    if reading is None:
        return None
    numbers = (*reading.spatial, *reading.output_sizes)
    if not all(type(size) is int for size in numbers) or reading.answered is not None:
        return None
    question = Question(
        reading.spelling.name,
        tuple(require_numbers(reading.spatial)),
        tuple(require_numbers(reading.output_sizes)),
    )
    found = [
        choices
        for way in find_ways(question.dialect, question.rank)
        if (choices := _find_choices(question, reading, way)) is not None
    ]
    if not found:
        return None

    def count_differences(choices: tuple[Choice, ...]) -> int:
        dialect, rank = take(spelling.dialect)[0], question.rank
        written: dict[str, Any] = {}
        for role, value in list_roles(choices, choices, frozenset(PARTS[:2])).items():
            written |= word_role(dialect, role, value, rank) if value is not None else {}
        defaults = {argument.name: argument.default for argument in dialect.arguments}
        return sum(
            compact(value) != compact(spelling.arguments.get(name, defaults.get(name)))
            for name, value in written.items()
        )

    return StatedLayer(question, min(found, key=count_differences), reading, spelling)


def _read_without_refusal(spelling: Spelling, sizes: Sizes) -> Reading | None:
    """Return the layer, or what is left of a refused one without what most often is refused."""
    for arguments in _list_accepted(spelling, sizes):
        with suppress(DeconvError):
            return read_arguments(spelling, sizes, arguments)
    return None


def _list_accepted(spelling: Spelling, sizes: Sizes) -> Iterator[Mapping[str, Any]]:
    """Yield the parameters, and then those that the framework may accept in their place."""
    dialect, rank = take(spelling.dialect)[0], len(sizes.spatial)
    requested, stride = dialect.argument("output_size"), dialect.argument("stride")
    optional = [own for own in (dialect.argument("output_padding"), requested) if own is not None]
    dropped = (names for count in range(3) for names in combinations(optional, count))
    for names in dropped:
        without = {own.name for own in names}
        yield {name: value for name, value in spelling.arguments.items() if name not in without}
    # Where a size has to be requested, these two are what `same` and `valid` give.
    if requested is None or stride is None or sizes.weight is None:
        return
    strides = per_axis(spelling.arguments.get(stride.name, 1), rank, stride.name)
    kernel = dialect.weight_layout(spelling.arguments, rank).split(sizes.weight, rank)["*"]
    rows = [*zip(require_numbers(sizes.spatial), strides, kernel, strict=True)]
    same = [n * step for n, step, _ in rows]
    for asked in (same, [(n - 1) * step + max(step, taps) for n, step, taps in rows]):
        other = {**spelling.arguments, requested.name: asked}
        yield complete_output_shape(dialect, other, sizes, 1)


def _find_choices(question: Question, reading: Reading, way: Way) -> tuple[Choice, ...] | None:
    """Return the numbers of each axis with which this way states the layer; None if it does not."""
    found = []
    rows = zip(question.input, question.output, reading.layer.axes, strict=True)
    for n, out, axis in rows:
        limits = ((axis.kernel,) * 2, (axis.stride,) * 2, (axis.dilation,) * 2)
        families = find_families(question, n, out, AxisBounds(*limits), way)
        members = (family.find(axis, circular=reading.layer.circular) for family in families)
        choice = next((one for one in members if one is not None), None)
        if choice is None:
            return None
        found.append(choice)
    return tuple(found)


def read_arguments(spelling: Spelling, sizes: Sizes, arguments: Mapping[str, Any]) -> Reading:
    return take(spelling.dialect)[0].read(spelling._replace(arguments=arguments), sizes)


def list_roles(chosen: Sequence[Choice], own: Sequence[Choice], parts: Parts) -> dict[str, Any]:
    """Return the values of these parts by role; None for one that is left out."""
    way = chosen[0].way
    roles: dict[str, Any] = {}
    for part in (*PARTS, "stride"):
        if part not in parts:
            continue
        if part == "padding":
            roles[part] = way.word or tuple([choice.padding for choice in chosen])
        elif part != "output_padding" or way.adds:
            roles[part] = tuple([getattr(choice, part) for choice in chosen])
        elif own[0].way.adds:
            roles[part] = None
    return roles
