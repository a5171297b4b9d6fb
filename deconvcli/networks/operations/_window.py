"""A window that slides over each axis: what convolution and pooling have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.values import freeze, per_axis
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import Sides, at_least, existing, refuse, sides, some_axes

KERNEL = Key(
    "kernel",
    KeyForm.SIZES,
    None,
    "size of the window",
    required=True,
    aliases=("kernel_size", "kernel_shape", "pool_size", "window_shape"),
    at_least=1,
)
STRIDE = Key(
    "stride", KeyForm.SIZES, 1, "how far the window moves", aliases=("strides",), at_least=1
)
PADDING = Key(
    "padding",
    KeyForm.SIDES,
    None,
    "elements added at the ends, or valid, same ...; default: the framework's",
    aliases=("pads", "auto_pad", "pad_type"),
)
DILATION = Key(
    "dilation",
    KeyForm.SIZES,
    1,
    "distance of two taps",
    aliases=("dilations", "dilation_rate", "kernel_dilation", "rhs_dilation"),
    at_least=1,
)
CEIL_MODE = Key("ceil_mode", KeyForm.FLAG, False, "the last window may hang over the end")

LAYERS = 512
"""Kinds of windows that are remembered: a network has few, and is walked again and again."""


class Window(NamedTuple):
    """One axis of a sliding window, and what is added to the input's ends."""

    kernel: int
    stride: int
    dilation: int
    begin: int = 0
    end: int = 0

    @property
    def span(self) -> int:
        """Elements from the first to the last tap."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def room(self) -> int:
        """What the ends add to the input, less what the first window takes."""
        return self.begin + self.end - self.span


Count = Callable[[Size, Window], Size]


def floored(n: Size, window: Window) -> Size:
    """Positions of a window that stays within the input and its ends."""
    return (n + window.room) // window.stride + 1


def ceiled(n: Size, window: Window) -> Size:
    """Positions of a window that may hang over, if it starts in the input or in front of it.

    Source: torch 2.13.0, aten/src/ATen/native/Pool.h, pooling_output_shape_pad_lr.
    """
    positions = (n + window.room + window.stride - 1) // window.stride + 1
    starts = (positions - 1) * window.stride
    return positions - 1 if starts >= n + window.begin else positions


def same(n: Size, window: Window) -> Size:
    """One position for each stride begun, whatever the kernel."""
    return (n + window.stride - 1) // window.stride


def causal(n: Size, window: Window) -> Size:
    """Positions of a window whose input is extended at its start alone, by all but one tap."""
    return (n - 1) // window.stride + 1


WORDS: Mapping[str, Count] = MappingProxyType(
    {
        "valid": floored,
        "same": same,
        "same_upper": same,
        "same_lower": same,
        "causal": causal,
    }
)


class Sweep(NamedTuple):
    """One axis of an input under a window, and how its positions are counted."""

    n: Size
    window: Window
    counting: Count

    @property
    def positions(self) -> Size:
        """The output's size."""
        return self.counting(self.n, self.window)

    @property
    def unread(self) -> Size:
        """Elements of the input behind the last window; where a word is said, there are none."""
        if self.counting not in (floored, ceiled):
            return 0
        reached = (self.positions - 1) * self.window.stride
        return max(0, self.n + self.window.room - reached - self.window.end)

    @property
    def text(self) -> str:
        """`75 -> 37, and 2 times 37 is 1 less`; empty where it is as many."""
        back = self.positions * self.window.stride
        if back == self.n:
            return ""
        amount = f"{back - self.n} more" if back > self.n else f"{self.n - back} less"
        stride, times = self.window.stride, ""
        if stride > 1:
            times = f"and {stride} times {self.positions} is "
        return f"{self.n} -> {self.positions}, {times}{amount}"


_SAID = ("kernel", "stride", "dilation", "padding", "ceil_mode")


def sweeps(words: Mapping[str, Any], given: Shape, dialect: str) -> list[Sweep]:
    """The window that these words mean, over each axis.

    Raises:
        Refused: the framework cannot say it.
        UsageError: a value is not of its key's form.
    """
    said = [freeze(words.get(name)) for name in _SAID]
    counting, windows = _meant(*said, some_axes(given), dialect)
    return [Sweep(n, window, counting) for n, window in zip(given.spatial, windows, strict=True)]


@lru_cache(LAYERS, typed=True)
def _meant(
    kernel: Any, stride: Any, dilation: Any, padding: Any, ceil_mode: Any, rank: int, dialect: str
) -> tuple[Count, tuple[Window, ...]]:
    """(how positions are counted, the window of each axis), whatever the input's size."""
    habits = take(dialect)[0].windows
    said = habits.default if padding is None else padding
    if isinstance(said, str):
        count, ends = _by_word(said.lower(), habits, dialect), sides(0, rank, "padding")
    else:
        count, ends = floored, sides(said, rank, "padding")
        _sayable(ends, habits, dialect)
    if ceil_mode:
        count = _rounded_up(count, habits, dialect)
    return count, _windows({"kernel": kernel, "stride": stride, "dilation": dilation}, ends)


class Sliding(Operation):
    """A kind of layer whose window slides over its only input."""

    @abstractmethod
    def words(self, parameters: Parameters) -> dict[str, Any]:
        """The keys' values, as `sweeps` takes them."""

    def swept(self, parameters: Parameters, given: Shape, dialect: str) -> tuple[Size, ...]:
        """Output sizes, each of which is at least 1.

        Raises:
            Refused: nothing is left, or the framework cannot say it.
        """
        found = sweeps(self.words(parameters), given, dialect)
        return existing([sweep.positions for sweep in found], "the output")

    def unevenness(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[str, ...]:
        """By how much stride times the output is not the input."""
        found = sweeps(self.words(parameters), inputs[0], dialect)
        return tuple([sweep.text for sweep in found])

    def leftover(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[Size, ...]:
        """What no window reaches."""
        found = sweeps(self.words(parameters), inputs[0], dialect)
        return tuple([sweep.unread for sweep in found])


def _windows(words: Mapping[str, Any], ends: Sides) -> tuple[Window, ...]:
    """One window an axis."""
    numbers = [per_axis(value, len(ends), name) for name, value in words.items()]
    for name, values in zip(words, numbers, strict=True):
        at_least(values, 1, name)
    at_least([end for pair in ends for end in pair], 0, "padding")
    return tuple([Window(k, s, d, *pair) for k, s, d, pair in zip(*numbers, ends, strict=True)])


def _by_word(word: str, habits: Windows, dialect: str) -> Count:
    if word not in habits.words:
        known = " or ".join(habits.words)
        refuse(
            "padding",
            f"{dialect} has no padding {word!r} here",
            f"use {known}." if known else "give numbers.",
        )
    return WORDS[word]


def _sayable(ends: Sides, habits: Windows, dialect: str) -> None:
    """Refuse numbers where a framework has words only, and pairs where it has one number."""
    if not habits.numbers and not habits.pairs:
        refuse(
            "padding",
            f"{dialect} says padding with a word, not with numbers",
            f"use {' or '.join(habits.words)}, or put a pad layer in front.",
        )
    if not habits.pairs and any(begin != end for begin, end in ends):
        refuse(
            "padding",
            f"{dialect} pads both ends of an axis alike here",
            "put a pad layer in front, and no padding here.",
        )


def _rounded_up(count: Count, habits: Windows, dialect: str) -> Count:
    if not habits.rounds_up:
        refuse("ceil-mode", f"{dialect} has no ceil_mode", "leave it out, or pad the input.")
    return ceiled if count is floored else count
