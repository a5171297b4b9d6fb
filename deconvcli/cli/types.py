"""The types of options: the text that a user types becomes sizes, pads, numbers or words."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import click

from deconvcli.cli.output import printable
from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64
from deconvcli.layers.axis import OpenShape, Size, linear

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType  # generic only since Click 8.4

_SEPARATORS = "x,X*×"  # noqa: RUF001 - people paste the multiplication sign
_PLAIN = re.compile(r"\d+(x\d+)*")
# Compiled where they are needed first: a plain 5x5 needs none of them.
# A shape as torch and TensorFlow print it, and the code that makes a tensor of it.
_SHAPE = (
    r"(?:[\w.]*\b)?(?:Size|TensorShape|Input|randn?|zeros|ones|empty|normal|uniform)"
    r"\(\s*(?:shape\s*=)?(?P<inner>.*?)(?:,\s*[a-z]\w*\s*=[^()]*)?\)"
)
# A shape as NumPy prints an array of it: [  1 128  16  16].
_ARRAY = r"\s*\[\s*\d+(?:\s+\d+)+\s*\]\s*"
_BRACKETS = {"(": ")", "[": "]"}
# Spaces are free beside these alone: 5 5 may be two sizes, or 55.
_SPACES = rf"\s*([{_SEPARATORS}:+()\[\]-])\s*"
# A pair of pads in brackets of its own, as one of several parts.
_PAIR = rf"(?:^|[{_SEPARATORS}])\s*(?P<pair>\([^()\[\]]*\)|\[[^()\[\]]*\])\s*(?=[{_SEPARATORS}]|$)"
_NUMBER = re.compile(r"\d+")
# Any letter but x, which separates sizes.
_SYMBOL = r"(?P<factor>\d{,19})(?P<letter>[A-WYZa-wyz]\d?)(?P<offset>[+-]\d{1,18})?"
_PRODUCT = r"\d\s*(\*)\s*[A-Za-z]|[A-Za-z]\s*(\*)\s*\d"
# What Python and Keras write for a value that is not given, and for a size that is open.
_NONE = "None"
# An open size of TensorFlow 1, and open batches: [-1, 64, 8, 8], (batch_size, 64, 8, 8).
_OPEN = "?"
_OPEN_BATCH = r"-1|[A-Za-z_]{2,}"
_EXAMPLES = "write 5, 5x5, 5,5 or 16x16x16."
_EXAMPLE = "write one number, such as 4."


class Written(NamedTuple):
    """Sizes or pads as typed, and in the short form: `5x5` for `(5, 5)`, `1:2x3:4` for pairs.

    places: for each character of the short form, and for its end, its place in the typed text.
    """

    typed: str
    short: str
    places: Sequence[int]

    def parts(self) -> Iterator[tuple[int, str]]:
        """Yield (place, part) for the parts between separators."""
        place = 0
        for part in self.short.split("x"):
            yield place, part
            place += len(part) + 1


def read_written(text: str) -> Written:
    """Return the text in its short form.

    Brackets, the name of a shape's type and spaces beside a sign are left out. Every separator
    becomes x, and one within an inner pair of brackets a colon.
    """
    if _PLAIN.fullmatch(text):
        return Written(text, text, range(len(text) + 1))
    if re.fullmatch(_ARRAY, text):
        numbers = list(_NUMBER.finditer(text))
        places = [place for each in numbers for place in range(each.start(), each.end() + 1)]
        return Written(text, "x".join(each[0] for each in numbers), places)
    start, end = _find_inner(text)
    spaces = {
        place
        for found in re.finditer(_SPACES, text)
        for place in range(*found.span())
        if text[place].isspace()
    }
    pairs = {
        start + place
        for found in re.finditer(_PAIR, text[start:end])
        for place in range(*found.span("pair"))
    }
    short, places = "", []
    for place in range(start, end):
        sign = text[place]
        # A bracket that encloses no whole part stays, and is no number.
        if place not in spaces and not (place in pairs and sign in "()[]"):
            short += (":" if place in pairs else "x") if sign in _SEPARATORS else sign
            places.append(place)
    return Written(text, short, [*places, end])


def _find_inner(text: str) -> tuple[int, int]:
    """Return (start, end) of the text within its outer brackets; of all of it if it has none."""
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    if shape := re.fullmatch(_SHAPE, text[start:end]):
        start, end = start + shape.start("inner"), start + shape.end("inner")
    if end - start < 2 or _BRACKETS.get(text[start]) != text[end - 1]:
        return start, end
    depth = 0
    for place in range(start, end):
        depth += (text[place] in _BRACKETS) - (text[place] in _BRACKETS.values())
        if depth == 0 and place < end - 1:
            return start, end  # two lists beside each other: (1, 2), (3, 4)
    inner = text[start + 1 : end - 1].rstrip()
    # Python writes one size as (5,).
    return start + 1, start + 1 + len(inner) - inner.endswith(",")


def caret(text: str, place: int) -> str:
    """Return the text with a mark below one character, as two indented lines."""
    # Everything before that character is printable: the first that is not would have been marked.
    one_line = printable(text).replace("\n", "\\n")
    return f"\n    {one_line}\n    {' ' * place}^"


def _make_error(written: Written, place: int, why: str, help: str) -> UsageError:
    text = written.typed
    if len(text) > 60:
        return UsageError(f"{text[:24]!r}... ({len(text)} characters): {why}", help=help)
    return UsageError(f"{text!r}: {why}{caret(text, written.places[place])}", help=help)


def parse_number(
    text: str, whole: Written, place: int, smallest: int, help: str = _EXAMPLES
) -> int:
    """Return one number of a size; an error marks the place in the whole text."""
    if not text:
        raise _make_error(whole, place, "a number is missing here", help)
    sign = text[0] == "-"
    if not _NUMBER.fullmatch(text[sign:]):
        at = next((i for i, c in enumerate(text) if not c.isdecimal() and not (sign and i == 0)), 0)
        is_decimal = text[at] == "." and text[sign:].replace(".", "", 1).isdigit()
        what = "this is not a whole number" if is_decimal else "this is not a number"
        raise _make_error(whole, place + at, what, help)
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


def _as_typed(text: str) -> Written:
    """Return a text that is one value, whose short form is the text itself."""
    return Written(text, text, range(len(text) + 1))


def _parse_single(text: str, smallest: int) -> int:
    return parse_number(text, _as_typed(text), 0, smallest, _EXAMPLE)


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
            raise _make_error(
                _as_typed(text), 0, f"{number} is too large", f"use {self.largest} or less."
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
            raise _make_error(
                _as_typed(text),
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
            raise _make_error(_as_typed(text), place, why, "write 2H for a multiple, or 2xH.")
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
            raise _make_error(whole, place, "begin:end is missing here", "write 1:2,0:1 or 1x2.")
        # Explicit pads of jax may be negative: each dialect refuses what it cannot express.
        low = -MAX_INT64
        return (
            parse_number(begin, whole, place, low),
            parse_number(end, whole, place + len(begin) + 1, low),
        )


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
        whole, place = _as_typed(text), 0
        while place < len(text):
            item = re.compile(self._ITEM).match(text, place)
            if item is None or not item["value"].strip():
                raise _make_error(whole, place, "this is not NAME=VALUE", self._HELP)
            name = item["name"].replace('"', "'")  # as Python writes what a call has
            if name in values:
                raise _make_error(
                    whole, place, "this variable has a value already", "give it once."
                )
            values[name] = self._value(item["value"].strip(), whole, item.start("value"))
            place = item.end()
        if not values:
            raise _make_error(whole, 0, "a variable is missing here", self._HELP)
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
            raise _make_error(whole, place, "this is no number, no list and no word", self._HELP)
        return self._CONSTANTS.get(value, value.strip("'\""))
