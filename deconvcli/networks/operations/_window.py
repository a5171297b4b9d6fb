"""A window that slides over each axis, as in a convolution or a pooling."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.values import freeze, per_axis
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Axis, Size
from deconvcli.networks.operation import Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import (
    Sides,
    check_minimum,
    check_not_empty,
    format_factor,
    read_sides,
    refuse,
    require_axes,
)

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
    aliases=("pads", "pad", "auto_pad", "pad_type"),
)
DILATION = Key(
    "dilation",
    KeyForm.SIZES,
    1,
    "distance between two taps",
    aliases=("dilations", "dilation_rate", "kernel_dilation", "rhs_dilation"),
    at_least=1,
)
CEIL_MODE = Key(
    "ceil_mode", KeyForm.FLAG, False, "whether the last window may extend beyond the end"
)

# A network has few different windows, but its sizes are searched in thousands of walks.
REMEMBERED_WINDOWS = 512


class WindowAxis(NamedTuple):
    """One axis of a sliding window, and the elements added to the ends of the input."""

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
        """The elements added to the input less those that the first position covers."""
        return self.begin + self.end - self.span


Count = Callable[[Size, WindowAxis], Size]


def count_floor(n: Size, window: WindowAxis) -> Size:
    """Return the positions of a window that stays within the padded input."""
    return (n + window.room) // window.stride + 1


def count_ceil(n: Size, window: WindowAxis) -> Size:
    """Return the positions of a window that may extend beyond the padded end.

    A position has to start in the input or in the padding before it, not in the padding after it.

    Source: torch 2.13.0, aten/src/ATen/native/Pool.h, pooling_output_shape_pad_lr.
    """
    # Only sums and floors by numbers, here and below, so that symbols and runs can be counted.
    positions = (n + window.room + window.stride - 1) // window.stride + 1
    starts = (positions - 1) * window.stride
    return positions - 1 if starts >= n + window.begin else positions


def count_same(n: Size, window: WindowAxis) -> Size:
    """Return one position for each stride begun, whatever the kernel."""
    return (n + window.stride - 1) // window.stride


def count_causal(n: Size, window: WindowAxis) -> Size:
    """Return the positions where span - 1 elements are added at the start, none at the end."""
    return (n - 1) // window.stride + 1


def count_same_lower(n: Size, window: WindowAxis) -> Size:
    """Return the same number; of an odd number of added elements, more are at the start."""
    return count_same(n, window)


COUNTS_BY_WORD: Mapping[str, Count] = MappingProxyType(
    {
        "valid": count_floor,
        "same": count_same,
        "same_upper": count_same,
        "same_lower": count_same_lower,
        "causal": count_causal,
    }
)


class Sweep(NamedTuple):
    """A window moved over one axis of an input, and how its positions are counted."""

    n: Size
    window: WindowAxis
    counting: Count

    @property
    def positions(self) -> Size:
        """The output's size."""
        return self.counting(self.n, self.window)

    @property
    def begin(self) -> Size:
        """The elements added before the input, by number or by word."""
        if self.counting is count_causal:
            return self.window.span - 1
        if self.counting not in (count_same, count_same_lower):
            return self.window.begin
        reached = (self.positions - 1) * self.window.stride + self.window.span
        is_lower = self.counting is count_same_lower
        return (max(0, reached - self.n) + is_lower) // 2

    @property
    def unread(self) -> Size:
        """Elements of the input after the last position; none where a word sets the padding."""
        if self.counting not in (count_floor, count_ceil):
            return 0
        # Less than zero where the last position ends in the padding.
        reached = (self.positions - 1) * self.window.stride
        return max(0, self.n + self.window.room - reached - self.window.end)

    @property
    def adjoint(self) -> Axis:
        """The scatter of all positions, cropped to the input: the gradient of a convolution."""
        window = self.window
        scatter = Axis(window.kernel, window.stride, window.dilation, crop_begin=self.begin)
        return scatter._replace(crop_end=scatter.output_size(self.positions) - self.n)

    @property
    def unevenness(self) -> str:
        """Return `75 -> 37, and 2 * 37 is 1 less than 75`; empty where the two are equal."""
        back = self.positions * self.window.stride
        if back == self.n:
            return ""
        amount = f"{back - self.n} more" if back > self.n else f"{self.n - back} less"
        change = f"{self.n} -> {self.positions}"
        if self.window.stride == 1:
            return f"{change}, {amount}"
        product = f"{self.window.stride} * {format_factor(self.positions)}"
        return f"{change}, and {product} is {amount} than {self.n}"


_WINDOW_KEYS = ("kernel", "stride", "dilation", "padding", "ceil_mode")


def make_sweeps(values: Mapping[str, Any], given: Shape, dialect: str) -> list[Sweep]:
    """Return the window that these values describe, over each axis of the input.

    Raises:
        Refused: the framework cannot express it.
        UsageError: a value is not of its key's form.
    """
    frozen = [freeze(values.get(name)) for name in _WINDOW_KEYS]
    count, windows = _read_window(*frozen, require_axes(given), dialect)
    return [Sweep(n, window, count) for n, window in zip(given.spatial, windows, strict=True)]


# typed: 1, 1.0 and True are equal keys, but not equally valid values.
@lru_cache(REMEMBERED_WINDOWS, typed=True)
def _read_window(
    kernel: Any, stride: Any, dilation: Any, padding: Any, ceil_mode: Any, rank: int, dialect: str
) -> tuple[Count, tuple[WindowAxis, ...]]:
    """Return how positions are counted and the window of each axis, whatever the input's size."""
    accepted = take(dialect)[0].windows
    padding = accepted.default if padding is None else padding
    if isinstance(padding, str):
        word = padding.lower() if accepted.any_case else padding
        count = _count_by_word(word, accepted, dialect)
        ends = read_sides(0, rank, "padding")
    else:
        count, ends = count_floor, read_sides(padding, rank, "padding")
        _check_numbers(ends, accepted, dialect)
    if ceil_mode and not accepted.rounds_up:
        refuse("ceil-mode", f"{dialect} has no ceil_mode", "leave it out, or pad the input.")
    # A word fixes the number of positions itself, so ceil_mode has nothing to round.
    if ceil_mode and count is count_floor:
        count = count_ceil
    return count, _make_axes({"kernel": kernel, "stride": stride, "dilation": dilation}, ends)


def _count_by_word(word: str, accepted: Windows, dialect: str) -> Count:
    if word not in accepted.words:
        known = " or ".join(accepted.words)
        refuse(
            "padding",
            f"{dialect} does not accept padding {word!r} here",
            f"use {known}." if known else "give numbers.",
        )
    return COUNTS_BY_WORD[word]


def _check_numbers(ends: Sides, accepted: Windows, dialect: str) -> None:
    """Refuse numbers where a framework has only words, and pairs where it has one number."""
    # XLA has no single number, but takes a pair for each axis, which a single number can become.
    if not accepted.numbers and not accepted.pairs:
        refuse(
            "padding",
            f"{dialect} accepts padding as a word, not as numbers",
            f"use {' or '.join(accepted.words)}, or add a pad layer before this one.",
        )
    if not accepted.pairs and any(begin != end for begin, end in ends):
        refuse(
            "padding",
            f"{dialect} pads both ends of an axis equally here",
            "add a pad layer before this one, and leave the padding out here.",
        )


def _make_axes(values: Mapping[str, Any], ends: Sides) -> tuple[WindowAxis, ...]:
    numbers = [per_axis(value, len(ends), name) for name, value in values.items()]
    for name, each in zip(values, numbers, strict=True):
        check_minimum(each, 1, name)
    check_minimum([end for pair in ends for end in pair], 0, "padding")
    return tuple([WindowAxis(k, s, d, *pair) for k, s, d, pair in zip(*numbers, ends, strict=True)])


class Sliding(Operation):
    """A kind of layer whose window slides over its only input."""

    @abstractmethod
    def window_values(self, parameters: Parameters) -> dict[str, Any]:
        """Return the keys' values, as `make_sweeps` takes them."""

    def output_sizes(self, parameters: Parameters, given: Shape, dialect: str) -> tuple[Size, ...]:
        """Return the output's spatial sizes, each of which is at least 1.

        Raises:
            Refused: nothing is left, or the framework cannot express the window.
        """
        found = make_sweeps(self.window_values(parameters), given, dialect)
        return check_not_empty([sweep.positions for sweep in found], "the output")

    def unevenness(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[str, ...]:
        """Return by how much stride times the output misses the input."""
        found = make_sweeps(self.window_values(parameters), inputs[0], dialect)
        return tuple([sweep.unevenness for sweep in found])

    def crop_begin(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[Size, ...]:
        """Return the elements that are added to the start of the input."""
        found = make_sweeps(self.window_values(parameters), inputs[0], dialect)
        return tuple([-sweep.begin for sweep in found])

    def adjoint(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[Axis, ...]:
        """Return the scatter of all positions of the window."""
        found = make_sweeps(self.window_values(parameters), inputs[0], dialect)
        return tuple([sweep.adjoint for sweep in found])

    def leftover(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[Size, ...]:
        """Return how many elements no position reaches."""
        found = make_sweeps(self.window_values(parameters), inputs[0], dialect)
        return tuple([sweep.unread for sweep in found])
