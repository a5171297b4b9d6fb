"""A window that slides over each axis: what convolution and pooling have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.geometry import Size
from deconvcli.operation import Form, Key, Shape
from deconvcli.operations._habits import HABITS, Habits
from deconvcli.operations._sizes import Sides, at_least, existing, refuse, sides, some_axes
from deconvcli.values import per_axis

KERNEL = Key(
    "kernel",
    Form.SIZES,
    None,
    "size of the window",
    required=True,
    aliases=("kernel_size", "kernel_shape", "pool_size", "window_shape"),
    at_least=1,
)
STRIDE = Key("stride", Form.SIZES, 1, "how far the window moves", aliases=("strides",), at_least=1)
PADDING = Key(
    "padding",
    Form.SIDES,
    None,
    "elements added at the ends, or valid, same ...; default: the framework's",
    aliases=("pads", "auto_pad", "pad_type"),
)
DILATION = Key(
    "dilation",
    Form.SIZES,
    1,
    "distance of two taps",
    aliases=("dilations", "dilation_rate", "kernel_dilation", "rhs_dilation"),
    at_least=1,
)
CEIL_MODE = Key("ceil_mode", Form.FLAG, False, "the last window may hang over the end")


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


def swept(words: Mapping[str, Any], given: Shape, dialect: str) -> tuple[Size, ...]:
    """Output sizes of the window that these words mean.

    Raises:
        Refused: nothing is left, or the framework cannot say it.
        UsageError: a value is not of its key's form.
    """
    rank = some_axes(given)
    habits = HABITS[dialect.partition("@")[0]]
    said = habits.default if words["padding"] is None else words["padding"]
    if isinstance(said, str):
        count, ends = _by_word(said.lower(), habits, dialect), sides(0, rank, "padding")
    else:
        count, ends = floored, sides(said, rank, "padding")
        _sayable(ends, habits, dialect)
    if words.get("ceil_mode"):
        count = _rounded_up(count, habits, dialect)
    windows = _windows(words, ends)
    pairs = zip(given.spatial, windows, strict=True)
    return existing([count(n, window) for n, window in pairs], "the output")


def _windows(words: Mapping[str, Any], ends: Sides) -> list[Window]:
    """One window an axis."""
    names = ("kernel", "stride", "dilation")
    numbers = [per_axis(words[name], len(ends), name) for name in names]
    for name, values in zip(names, numbers, strict=True):
        at_least(values, 1, name)
    at_least([end for pair in ends for end in pair], 0, "padding")
    return [Window(k, s, d, *pair) for k, s, d, pair in zip(*numbers, ends, strict=True)]


def _by_word(word: str, habits: Habits, dialect: str) -> Count:
    if word not in habits.words:
        known = " or ".join(habits.words)
        refuse(
            "padding",
            f"{dialect} has no padding {word!r} here",
            f"use {known}." if known else "give numbers.",
        )
    return WORDS[word]


def _sayable(ends: Sides, habits: Habits, dialect: str) -> None:
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


def _rounded_up(count: Count, habits: Habits, dialect: str) -> Count:
    if not habits.rounds_up:
        refuse("ceil-mode", f"{dialect} has no ceil_mode", "leave it out, or pad the input.")
    return ceiled if count is floored else count
