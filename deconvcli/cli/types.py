"""The types of options: the text that a user types becomes sizes, pads, numbers or words."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import click

from deconvcli.cli.output import printable
from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64
from deconvcli.layers.axis import Size, linear

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType  # generic only since Click 8.4

_SEPARATOR = re.compile(r"[x,×]")  # noqa: RUF001 - people paste the multiplication sign
_NUMBER = re.compile(r"\d+")
_SYMBOL = re.compile(r"(?P<factor>\d{,19})(?P<letter>[A-WYZa-wyz]\d?)(?P<offset>[+-]\d{1,18})?")
_EXAMPLES = "write 5, 5x5, 5,5 or 16x16x16."
_EXAMPLE = "write one number, such as 4."


def caret(text: str, place: int) -> str:
    """Return the text with a mark below one character, as two indented lines.

    Everything before that character is printable: the first that is not would have been marked.
    """
    one_line = printable(text).replace("\n", "\\n")
    return f"\n    {one_line}\n    {' ' * place}^"


def _split(text: str) -> Iterator[tuple[int, str]]:
    """Yield (place, part) for the parts between separators."""
    place = 0
    for part in _SEPARATOR.split(text):
        yield place, part
        place += len(part) + 1


def _make_error(text: str, place: int, why: str, help: str) -> UsageError:
    if len(text) > 60:
        return UsageError(f"{text[:24]!r}... ({len(text)} characters): {why}", help=help)
    return UsageError(f"{text!r}: {why}{caret(text, place)}", help=help)


def parse_number(text: str, whole: str, place: int, smallest: int, help: str = _EXAMPLES) -> int:
    """Return one number of a size; an error marks the place in the whole text."""
    if not text:
        raise _make_error(whole, place, "a number is missing here", help)
    sign = text[0] == "-"
    if not _NUMBER.fullmatch(text[sign:]):
        at = next((i for i, c in enumerate(text) if not c.isdigit() and not (sign and i == 0)), 0)
        raise _make_error(whole, place + at, "this is not a number", help)
    # Counted first: int() refuses thousands of digits, leading zeros included.
    digits = text[sign:].lstrip("0") or "0"
    if len(digits) > 19 or int(digits) > MAX_INT64:
        raise _make_error(whole, place, "the number exceeds 64 bits", f"use {MAX_INT64} or less.")
    number = -int(digits) if sign else int(digits)
    if number < smallest:
        raise _make_error(
            whole, place, f"{number} is less than {smallest}", f"use {smallest} or more."
        )
    return number


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
    """`3` or `3x5`: one number, or one per axis, each at least `smallest`."""

    name = "numbers"
    metavar = "N[xN]"

    def __init__(self, smallest: int) -> None:
        self.smallest = smallest

    def parse(self, text: str) -> tuple[int, ...]:
        """Return a tuple with one number per axis, or with one for all."""
        return tuple(parse_number(part, text, place, self.smallest) for place, part in _split(text))


class Count(Typed):
    """One number, in a tuple like every parameter of a layer."""

    name = "count"
    metavar = "N"

    def __init__(self, smallest: int) -> None:
        self.smallest = smallest

    def parse(self, text: str) -> tuple[int]:
        """Return a tuple with the number."""
        return (parse_number(text, text, 0, self.smallest, _EXAMPLE),)


class Whole(Typed):
    """A number from `smallest` to `largest`."""

    name = "whole"
    metavar = "N"

    def __init__(self, smallest: int, largest: int) -> None:
        self.smallest = smallest
        self.largest = largest

    def parse(self, text: str) -> int:
        """Return the number."""
        number = parse_number(text, text, 0, self.smallest, _EXAMPLE)
        if number > self.largest:
            raise _make_error(text, 0, f"{number} is too large", f"use {self.largest} or less.")
        return number


class Seconds(Typed):
    """A time: `1`, `0.25`."""

    name = "seconds"
    metavar = "SECONDS"

    def parse(self, text: str) -> float:
        """Return the seconds, more than 0 and at most an hour."""
        number = float(text) if re.fullmatch(r"\d{1,4}(\.\d{1,9})?", text) else 0.0
        if not 0 < number <= 3600:
            raise _make_error(
                text,
                0,
                "this is not a time above 0 and up to 3600",
                "write seconds, such as 1 or 0.25.",
            )
        return number


class Sizes(Typed):
    """`5x5`, or with letters: `N`, `HxW`, `2N-1`."""

    name = "size"
    metavar = "SIZE"

    def parse(self, text: str) -> tuple[Size, ...]:
        """Return one size per axis: numbers, or symbols that stand for any number."""
        return tuple(self._size(part, text, place) for place, part in _split(text))

    @staticmethod
    def _size(part: str, whole: str, place: int) -> Size:
        symbol = _SYMBOL.fullmatch(part)
        # 5y5 is a slip of the keyboard, not five times y5.
        if symbol is None or (symbol["factor"] and symbol["letter"][1:]):
            return parse_number(part, whole, place, 1)
        factor = parse_number(symbol["factor"] or "1", whole, place, 1)
        return linear(symbol["letter"], factor, int(symbol["offset"] or 0))


Padding = str | tuple[int, ...] | tuple[tuple[int, int], ...]


class Sides(Typed):
    """`valid`, `same`, `1`, `1x2`, or begin:end per axis: `1:2,0:1`."""

    name = "padding"
    metavar = "PADDING"

    def list_words(self) -> Iterable[str]:
        """Return the words that most dialects know."""
        return ("valid", "same")

    def parse(self, text: str) -> Padding:
        """Return a word, numbers, or (begin, end) pairs."""
        if re.fullmatch(r"[A-Za-z_]+", text):
            return text  # only a dialect knows which words it accepts
        if ":" not in text:
            return tuple(parse_number(part, text, place, 0) for place, part in _split(text))
        return tuple(self._pair(part, text, place) for place, part in _split(text))

    @staticmethod
    def _pair(part: str, whole: str, place: int) -> tuple[int, int]:
        begin, colon, end = part.partition(":")
        if not colon:
            raise _make_error(whole, place, "begin:end is missing here", "write 1:2,0:1 or 1x2.")
        # Explicit pads of jax may be negative: each dialect refuses what it cannot express.
        low = -MAX_INT64
        return (
            parse_number(begin, whole, place, low),
            parse_number(end, whole, place + len(begin) + 1, low),
        )
