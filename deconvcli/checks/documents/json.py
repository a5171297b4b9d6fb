"""JSON with places: the standard library's parser tells none, and takes NaN and doubled keys.

Strings are still its own; the rest of the grammar is four rules. Source: RFC 8259.
"""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder
from typing import Any

from deconvcli.checks.documents._builder import Builder, Misplaced
from deconvcli.checks.documents._numbers import fraction, whole

_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?(?![\w.])")
_WORD = re.compile(r"\w+")
_WORDS = {"true": True, "false": False, "null": None}
_STRING = JSONDecoder()


def read(text: str, builder: Builder) -> None:
    """Hand the value in `text` to the builder.

    Raises:
        Misplaced: it is not JSON.
    """
    scanner = _Scanner(text, builder)
    scanner.value()
    if scanner.next():
        raise scanner.wrong("something follows the end")


class _Scanner:
    """A place in the text, which each rule moves behind what it has read."""

    def __init__(self, text: str, builder: Builder) -> None:
        self.text = text
        self.builder = builder
        self.at = 0

    def next(self) -> str:
        """The character after blanks; empty at the end."""
        found = _BLANK.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return self.text[self.at : self.at + 1]

    def wrong(self, what: str) -> Misplaced:
        """The error for this place."""
        help = "correct it here or just before."
        return Misplaced(self.at, f"this is not JSON: {what}", help)

    def value(self) -> None:
        """Any value."""
        match self.next():
            case "{":
                self._members({}, "}", self._member)
            case "[":
                self._members([], "]", self.value)
            case _:
                begin = self.at
                value = self._scalar()
                self.builder.scalar(value, begin, self.at)

    def _members(self, container: Any, closing: str, member: Any) -> None:
        """What stands between two brackets, divided by commas."""
        self.builder.open(container, self.at)
        self.at += 1
        if self.next() != closing:
            member()
            while self.next() == ",":
                self.at += 1
                member()
        self._expect(closing)
        self.builder.close(self.at)

    def _member(self) -> None:
        if self.next() != '"':
            raise self.wrong("a key in double quotes is missing")
        begin = self.at
        self.builder.key(self._string(), begin)
        self.next()
        self._expect(":")
        self.value()

    def _expect(self, sign: str) -> None:
        if self.text[self.at : self.at + 1] != sign:
            raise self.wrong(f"{sign!r} is missing")
        self.at += 1

    def _scalar(self) -> Any:
        if self.text[self.at : self.at + 1] == '"':
            return self._string()
        if found := _NUMBER.match(self.text, self.at):
            number = self._number(found)
            self.at = found.end()
            return number
        if (word := _WORD.match(self.text, self.at)) and word[0] in _WORDS:
            self.at = word.end()
            return _WORDS[word[0]]
        raise self.wrong(f"{word[0][:20]!r} is no value" if word else "a value is missing")

    def _number(self, found: re.Match[str]) -> int | float:
        if found[1] or found[2]:
            return fraction(found[0])
        return whole(found[0], found.start())

    def _string(self) -> str:
        try:
            text, self.at = _STRING.raw_decode(self.text, self.at)
        except JSONDecodeError as error:
            self.at = min(error.pos, len(self.text))
            raise self.wrong(error.msg) from error
        return str(text)
