"""Sizes and pads as typed, in one short form, and errors that mark a place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from deconvcli.cli.output import printable
from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64

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
EXAMPLES = "write 5, 5x5, 5,5 or 16x16x16."


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


def make_error(written: Written, place: int, why: str, help: str) -> UsageError:
    """Return an error that marks a character of the short form in the text as it was typed."""
    text = written.typed
    if len(text) > 60:
        return UsageError(f"{text[:24]!r}... ({len(text)} characters): {why}", help=help)
    return UsageError(f"{text!r}: {why}{caret(text, written.places[place])}", help=help)


def parse_number(text: str, whole: Written, place: int, smallest: int, help: str = EXAMPLES) -> int:
    """Return one number of a size; an error marks the place in the whole text."""
    if not text:
        raise make_error(whole, place, "a number is missing here", help)
    sign = text[0] == "-"
    if not _NUMBER.fullmatch(text[sign:]):
        at = next((i for i, c in enumerate(text) if not c.isdecimal() and not (sign and i == 0)), 0)
        is_decimal = text[at] == "." and text[sign:].replace(".", "", 1).isdigit()
        what = "this is not a whole number" if is_decimal else "this is not a number"
        raise make_error(whole, place + at, what, help)
    # Counted first: int() refuses thousands of digits, leading zeros included.
    digits = text[sign:].lstrip("0") or "0"
    if len(digits) > 19 or int(digits) > MAX_INT64:
        raise make_error(whole, place, "the number exceeds 64 bits", f"use {MAX_INT64} or less.")
    number = -int(digits) if sign else int(digits)
    if number < smallest:
        raise make_error(
            whole, place, f"{number} is less than {smallest}", f"use {smallest} or more."
        )
    return number


def as_typed(text: str) -> Written:
    """Return a text that is one value, whose short form is the text itself."""
    return Written(text, text, range(len(text) + 1))
