"""The types of options: the text that a user types becomes sizes, pads, numbers or words."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import click

from deconvcli.cli.typed_text import Written, as_typed, make_error, parse_number, read_written
from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64
from deconvcli.layers.axis import OpenShape, Size, linear

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType  # generic only since Click 8.4

# Any letter but x, which separates sizes.
_SYMBOL = r"(?P<factor>\d{,19})(?P<letter>[A-WYZa-wyz]\d?)(?P<offset>[+-]\d{1,18})?"
_PRODUCT = r"\d\s*(\*)\s*[A-Za-z]|[A-Za-z]\s*(\*)\s*\d"
# What Python and Keras write for a value that is not given, and for a size that is open.
_NONE = "None"
# An open size of TensorFlow 1, and open batches: [-1, 64, 8, 8], (batch_size, 64, 8, 8).
_OPEN = "?"
_OPEN_BATCH = r"-1|[A-Za-z_]{2,}"
_EXAMPLE = "write one number, such as 4."
_RANGE_EXAMPLE = "write 4, 3..9, or one per axis: 4x3..9."


def _parse_single(text: str, smallest: int) -> int:
    return parse_number(text, as_typed(text), 0, smallest, _EXAMPLE)


class Typed(ParamType, ABC):
    """A value parsed from text once; its errors name the option."""

    metavar: ClassVar[str]
    after_flag: ClassVar[str] = " "

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return what --help shows for the value."""
        return param.metavar or self.metavar

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the parsed value; defaults are parsed already."""
        if not isinstance(value, str):
            return value
        try:
            return self.parse(value)
        except UsageError as error:
            flag = "/".join(param.opts[:2]) if param else self.name
            raise UsageError(
                f"{flag}{self.after_flag}{error.message}", help=error.help, code=error.code
            ) from error

    def list_words(self) -> Iterable[str]:
        """Return the words that a shell offers for the value."""
        return ()

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the words that start with what is typed."""
        from click.shell_completion import CompletionItem  # which no command needs

        return [CompletionItem(word) for word in self.list_words() if word.startswith(incomplete)]

    @abstractmethod
    def parse(self, text: str) -> Any:
        """Return the value of this text.

        Raises:
            UsageError: the text has another form.
        """


class Numbers(Typed):
    """`3`, `3x5` or `(3, 5)`: one number, or one per axis, each at least `smallest`."""

    name = "numbers"
    metavar = "N[xN]"

    def __init__(self, smallest: int) -> None:
        self.smallest = smallest

    def parse(self, text: str) -> tuple[int, ...] | None:
        """Return a tuple with one number per axis, or with one for all; for `None`, nothing."""
        if text == _NONE:
            return None
        whole = read_written(text)
        return tuple(
            parse_number(part, whole, place, self.smallest) for place, part in whole.parts()
        )


class Ranges(Numbers):
    """`3`, `3..9` or `3x1..5`: one number or range, or one per axis."""

    name = "numbers"
    metavar = "N[..N]"

    def parse(self, text: str) -> Any:
        """Return (first, last) of each axis, or of all; for `None`, nothing."""
        if text == _NONE:
            return None
        whole = read_written(text)
        return tuple(self._range(part, whole, place) for place, part in whole.parts())

    def _range(self, part: str, whole: Written, place: int) -> tuple[int, int]:
        first, dots, last = part.partition("..")
        low = parse_number(first, whole, place, self.smallest, _RANGE_EXAMPLE)
        if not dots:
            return low, low
        after = place + len(first) + 2
        return low, parse_number(last, whole, after, self.smallest, _RANGE_EXAMPLE)


class Count(Typed):
    """One number, in a tuple like every parameter of a layer."""

    name = "count"
    metavar = "N"

    def __init__(self, smallest: int) -> None:
        self.smallest = smallest

    def parse(self, text: str) -> tuple[int] | None:
        """Return a tuple with the number; for `None`, nothing."""
        if text == _NONE:
            return None
        return (_parse_single(text, self.smallest),)


class Whole(Typed):
    """A number from `smallest` to `largest`."""

    name = "whole"
    metavar = "N"

    def __init__(self, smallest: int, largest: int) -> None:
        self.smallest = smallest
        self.largest = largest

    def parse(self, text: str) -> int:
        """Return the number."""
        number = _parse_single(text, self.smallest)
        if number > self.largest:
            raise make_error(
                as_typed(text), 0, f"{number} is too large", f"use {self.largest} or less."
            )
        return number


class Seconds(Typed):
    """A time: `1`, `0.25`."""

    name = "seconds"
    metavar = "SECONDS"

    def parse(self, text: str) -> float:
        """Return the seconds, more than 0 and at most an hour."""
        # float() alone accepts nan, inf and 1_0 as well.
        number = float(text) if re.fullmatch(r"\d{1,4}(\.\d{1,9})?", text) else 0.0
        if not 0 < number <= 3600:
            raise make_error(
                as_typed(text),
                0,
                "this is not a time above 0 and up to 3600",
                "write seconds, such as 1 or 0.25.",
            )
        return number


class Sizes(Typed):
    """`5x5`, `(5, 5)`, `torch.zeros(5, 5)`, or with letters: `N`, `2N-1`, `(None, None, 64)`."""

    name = "size"
    metavar = "SIZE"

    def parse(self, text: str) -> tuple[Size, ...] | None:
        """Return one size per axis, numbers or symbols that stand for any; for `None`, nothing."""
        if text == _NONE:
            return None
        if "*" in text and (product := re.search(_PRODUCT, text)):
            place = product.start(1) if product[1] else product.start(2)
            why = "this is either a multiple or a second size"
            raise make_error(as_typed(text), place, why, "write 2H for a multiple, or 2xH.")
        whole = read_written(text)
        parts = list(whole.parts())
        has_batch = len(parts) > 2 and re.fullmatch(_OPEN_BATCH, parts[0][1])
        parts = [
            (place, _NONE if part == _OPEN or (has_batch and place == 0) else part)
            for place, part in parts
        ]
        is_open = _NONE in text or _OPEN in text or "TensorShape" in text
        letters = _choose_letters([part for _, part in parts])
        # Keras and TensorFlow print open sizes, so such a shape has its axes in their order.
        return (OpenShape if is_open else tuple)(
            linear(next(letters), 1, 0) if part == _NONE else self._size(part, whole, place)
            for place, part in parts
        )

    @staticmethod
    def _size(part: str, whole: Written, place: int) -> Size:
        symbol = re.fullmatch(_SYMBOL, part)
        # 5y5 is a slip of the keyboard, not five times y5.
        if symbol is None or (symbol["factor"] and symbol["letter"][1:]):
            return parse_number(part, whole, place, 1)
        factor = parse_number(symbol["factor"] or "1", whole, place, 1)
        return linear(symbol["letter"], factor, int(symbol["offset"] or 0))


class RequestedSizes(Sizes):
    """The same for an output; `None` is a value that is not given, as in the frameworks."""

    def parse(self, text: str) -> Any:
        """Return one size per axis, or with one for all; for `None`, nothing."""
        return None if text == _NONE else super().parse(text)


def _choose_letters(parts: Sequence[str]) -> Iterator[str]:
    """Yield a letter for each open size, none of which is written already."""
    # A batch is the first of four sizes, or the only open one of three.
    has_batch = len(parts) > 3 or (parts.count(_NONE) == 1 and len(parts) != 2)
    letters = "NHWDABEFG" if has_batch and parts[0] == _NONE else "HWDABEFG"
    written = {letter for part in parts if part != _NONE for letter in part}
    return (letter for letter in letters if letter not in written)


Padding = str | tuple[int, ...] | tuple[tuple[int, int], ...]


class Sides(Typed):
    """`valid`, `same`, `1`, `1x2`, or begin:end per axis: `1:2,0:1`."""

    name = "padding"
    metavar = "PADDING"

    def list_words(self) -> Iterable[str]:
        """Return the words that most dialects know."""
        return ("valid", "same")

    def parse(self, text: str) -> Padding | None:
        """Return a word, numbers, or (begin, end) pairs; for `None`, nothing."""
        if text == _NONE:
            return None
        word = text.strip().strip("'\"")
        if re.fullmatch(r"[A-Za-z_]+", word):
            return word  # only a dialect knows which words it accepts
        whole = read_written(text)
        if ":" not in whole.short:
            return tuple(parse_number(part, whole, place, 0) for place, part in whole.parts())
        return tuple(self._pair(part, whole, place) for place, part in whole.parts())

    @staticmethod
    def _pair(part: str, whole: Written, place: int) -> tuple[int, int]:
        begin, colon, end = part.partition(":")
        if not colon:
            raise make_error(whole, place, "begin:end is missing here", "write 1:2,0:1 or 1x2.")
        # Explicit pads of jax may be negative: each dialect refuses what it cannot express.
        low = -MAX_INT64
        return (
            parse_number(begin, whole, place, low),
            parse_number(end, whole, place + len(begin) + 1, low),
        )


class SideRanges(Ranges):
    """`valid`, `same`, `1`, `0..3`, or begin:end per axis: `0..2:1`."""

    name = "padding"
    metavar = "PADDING"

    def list_words(self) -> Iterable[str]:
        """Return the words that most dialects know."""
        return Sides().list_words()

    def parse(self, text: str) -> Any:
        """Return a word, the ranges of both ends, or (begin, end) pairs of ranges."""
        if isinstance(word := Sides().parse(text) if text[:1].isalpha() else None, str):
            return word
        return super().parse(text)

    def _range(self, part: str, whole: Written, place: int) -> Any:
        begin, colon, end = part.partition(":")
        first = super()._range(begin, whole, place)
        return (first, super()._range(end, whole, place + len(begin) + 1)) if colon else first


class Variables(Typed):
    """Values of variables in a pasted call: `k=4,s=2`, with lists as `(3, 5)` or `3x5`."""

    name = "variables"
    metavar = "NAME=VALUE[,...]"

    _ITEM = r"\s*(?P<name>[^=,()\s]+)\s*=\s*(?P<value>\([^()]*\)|\[[^\[\]]*\]|[^,]*)(,|$)"
    _CONSTANTS: ClassVar[dict[str, Any]] = {"True": True, "False": False, "None": None}
    _HELP = "write --set k=4,s=2."

    def parse(self, text: str) -> dict[str, Any]:
        """Return the value of each variable: a number, a list of numbers, or a word."""
        values: dict[str, Any] = {}
        whole, place = as_typed(text), 0
        while place < len(text):
            item = re.compile(self._ITEM).match(text, place)
            if item is None or not item["value"].strip():
                raise make_error(whole, place, "this is not NAME=VALUE", self._HELP)
            name = item["name"].replace('"', "'")  # as Python writes what a call has
            if name in values:
                raise make_error(whole, place, "this variable has a value already", "give it once.")
            values[name] = self._value(item["value"].strip(), whole, item.start("value"))
            place = item.end()
        if not values:
            raise make_error(whole, 0, "a variable is missing here", self._HELP)
        return values

    def _value(self, value: str, whole: Written, place: int) -> Any:
        low = -MAX_INT64
        inner = value.strip("()[]").strip(" ,")
        if value[0] in "([" or re.fullmatch(r"\d+(x\d+)+", value):
            parts = inner.split("," if value[0] in "([" else "x")
            return [parse_number(part.strip(), whole, place, low, self._HELP) for part in parts]
        if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", value):
            return float(value)
        if re.match(r"-?\d", value):
            return parse_number(value, whole, place, low, self._HELP)
        if not re.fullmatch(r"\w+|'[^']*'|\"[^\"]*\"", value):
            raise make_error(whole, place, "this is no number, no list and no word", self._HELP)
        return self._CONSTANTS.get(value, value.strip("'\""))
