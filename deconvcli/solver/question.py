"""What is asked: the sizes on both ends, the dialect, and the numbers that a layer may have."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.arguments import to_plain_numbers
from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.counts import Unknown

Range = tuple[int, int]
"""The first and the last number that is allowed."""

UP_TO_16: tuple[Range, ...] = ((1, 16),)
JUST_1: tuple[Range, ...] = ((1, 1),)
LARGEST_BOUND = 4096
"""The largest kernel, stride or dilation that is searched; real layers stay below 600."""

# Layers that are exact for so many inputs are exact for every number; with one input alone some
# frameworks accept more.
_MANY_INPUTS = 64
_WORDY = "padding"
"""The one bound that may be a word, or have two numbers for an axis."""
_LETTERS = {1: "N", 2: "HW", 3: "DHW"}


class Bounds(NamedTuple):
    """The numbers that are searched: a range for all axes, or one for each.

    padding: a word, or ranges of numbers, of which both ends take each, or of (begin, end) pairs;
    None for all that the dialect takes. output_padding: ranges; None for all.
    """

    kernel: tuple[Range, ...] = UP_TO_16
    stride: tuple[Range, ...] = UP_TO_16
    dilation: tuple[Range, ...] = JUST_1
    padding: str | tuple[Range, ...] | tuple[tuple[Range, Range], ...] | None = None
    output_padding: tuple[Range, ...] | None = None


class AxisBounds(NamedTuple):
    """The bounds of one axis. begin, end: the ranges of the padding at both ends."""

    kernel: Range
    stride: Range
    dilation: Range
    word: str | None = None
    begin: Range | None = None
    end: Range | None = None
    output_padding: Range | None = None


class Question(NamedTuple):
    """The layers of a dialect, or of `dialect@implementation`, that make `output` of `input`.

    input, output: one number for each spatial axis. roles: what else the layer has: groups,
    in_channels, out_channels ..., each as `wording.read_roles` takes it. exact: whether every
    input, not only this one, has to have an output that many times its size. shown: the input, in
    letters or numbers, that layers are read at in place of `input`, where any input has them.
    """

    dialect: str
    input: tuple[int, ...]
    output: tuple[int, ...]
    bounds: Bounds = Bounds()
    roles: Mapping[str, Any] = MappingProxyType({})
    exact: bool = False
    shown: tuple[Size, ...] = ()

    def __hash__(self) -> int:
        # Without the roles, which are a mapping.
        return hash((self.dialect, self.input, self.output, self.exact))

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return len(self.input)

    @property
    def unknown(self) -> dict[str, Unknown]:
        """The counts of a layer that nobody gave, which are variables in its call."""
        channels = ("in_channels", "out_channels")
        return {role: Unknown(role) for role in ("batch", *channels) if role not in self.roles}

    @property
    def shown_input(self) -> tuple[Size, ...]:
        """The input that layers are read at: numbers, or letters."""
        return self.shown or self.input

    @property
    def shown_output(self) -> tuple[Size, ...]:
        """The output of that input."""
        if not self.shown:
            return self.output
        rows = zip(self.shown, self.input, self.output, strict=True)
        return tuple([out // n * size for size, n, out in rows])

    def axis_bounds(self) -> tuple[AxisBounds, ...]:
        """Return the bounds of each axis.

        Raises:
            UsageError: a list has neither one range nor one for each axis, or a range is empty.
        """
        bounds, rank = self.bounds, self.rank
        ranges = {
            name: spread(name, getattr(bounds, name), rank)
            for name in ("kernel", "stride", "dilation")
        }
        word = bounds.padding if isinstance(bounds.padding, str) else None
        sides: list[tuple[Range, Range] | tuple[None, None]] = [(None, None)] * rank
        if bounds.padding is not None and word is None:
            given = spread("padding", bounds.padding, rank)
            sides = [pair if isinstance(pair[0], tuple) else (pair, pair) for pair in given]
        added: list[Range | None] = [None] * rank
        if bounds.output_padding is not None:
            added = [*spread("output_padding", bounds.output_padding, rank)]
        rows = zip(*ranges.values(), [word] * rank, *zip(*sides, strict=True), added, strict=True)
        return tuple(AxisBounds(*row) for row in rows)


def spread_factor(
    factor: tuple[int, ...], inputs: tuple[Size, ...], rank: int = 1
) -> tuple[tuple[int, ...], tuple[Size, ...]]:
    """Return the factor of each axis, and the input's sizes, none where any input will do.

    rank: the number of axes where neither shows more than one.

    Raises:
        UsageError: they have different numbers of axes.
    """
    rank = max(len(factor), len(inputs), 1 if inputs else rank)
    if len(factor) not in (1, rank) or len(inputs) not in (0, 1, rank):
        raise UsageError(
            f"the factor has {len(factor)} numbers, the input {len(inputs)}",
            help="give one for each axis.",
            code="rank",
        )
    inputs = inputs * rank if len(inputs) == 1 else inputs
    return (factor * rank if len(factor) == 1 else factor), inputs


def ask_factor(
    dialect: str,
    factor: tuple[int, ...],
    inputs: tuple[Size, ...],
    bounds: Bounds,
    roles: Mapping[str, Any],
) -> Question:
    """Return the question for layers that make exactly `factor` times every input.

    factor: one number for each axis. inputs: one size for each, or nothing for letters.
    """
    rank = len(factor)
    shown = inputs or tuple([Linear(letter) for letter in _LETTERS[rank]])
    output = tuple([_MANY_INPUTS * times for times in factor])
    return Question(dialect, (_MANY_INPUTS,) * rank, output, bounds, roles, exact=True, shown=shown)


def spread(name: str, ranges: Any, rank: int) -> tuple[Any, ...]:
    """Return one range for each axis.

    Raises:
        UsageError: the number of ranges fits no layer of this rank, or a range is empty.
    """
    if len(ranges) not in (1, rank):
        raise UsageError(
            f"{name} has {len(ranges)} numbers, the sizes have {rank}",
            help=f"give one, or {rank}: one for each axis.",
            code="rank",
        )
    for first, last in (flat for one in ranges for flat in _flatten(one)):
        if first > last:
            raise UsageError(
                f"{name} {first}..{last} is an empty range", help="write the smaller number first."
            )
        if name in ("kernel", "stride", "dilation") and not 1 <= first <= last <= LARGEST_BOUND:
            raise UsageError(
                f"{name} {first if first == last else f'{first}..{last}'} is outside 1 to"
                f" {LARGEST_BOUND}",
                help=f"search between 1 and {LARGEST_BOUND}.",
            )
    return tuple(ranges) * rank if len(ranges) == 1 else tuple(ranges)


def _flatten(one: Any) -> tuple[Range, ...]:
    return one if isinstance(one[0], tuple) else (one,)


def read_bounds(given: Mapping[str, Any]) -> Bounds:
    """Return the bounds of numbers, ranges and lists of these by name; None for what is searched.

    Raises:
        UsageError: a value is none of these.
    """
    ranges: dict[str, Any] = {
        name: value if name == _WORDY and isinstance(value, str) else _read_ranges(name, value)
        for name, value in ((name, to_plain_numbers(value)) for name, value in given.items())
        if value is not None
    }
    return Bounds(**ranges)


def _read_ranges(name: str, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return (_read_range(name, value),)
    return tuple(
        tuple(_read_range(name, end) for end in one)
        if name == _WORDY and isinstance(one, list | tuple) and len(one) == 2
        else _read_range(name, one)
        for one in value
    )


def _read_range(name: str, value: Any) -> Range:
    if type(value) is int:
        return value, value
    if isinstance(value, range) and value.step == 1 and value:
        return value[0], value[-1]
    raise UsageError(
        f"{name} is {shorten(value)}", help="give a number, a range(3, 10), or one for each axis."
    )
