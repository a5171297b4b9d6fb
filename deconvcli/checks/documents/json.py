"""A JSON parser with positions; the standard library's has none, and takes NaN and repeated keys.

Strings are still read by the standard library. The remaining grammar is four rules.
Source: RFC 8259.
"""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder
from typing import Any

from deconvcli.checks.documents._builder import Builder, Misplaced
from deconvcli.checks.documents._numbers import read_fraction, read_integer

_BLANK = re.compile(r"[ \t\n\r]*")
# The lookahead refuses 017 and 1.2.3 as a whole: a partial match would read them as two values.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?(?![\w.])")
_WORD = re.compile(r"\w+")
_WORDS = {"true": True, "false": False, "null": None}
_STRING = JSONDecoder()


def read(text: str, builder: Builder) -> None:
    """Report the value in `text` to the builder.

    Raises:
        Misplaced: the text is not JSON.
    """
    scanner = _Scanner(text, builder)
    scanner.value()
    if scanner.next():
        raise scanner.error("there is text after the end of the value")


class _Scanner:
    """A position in the text; each grammar rule moves it past the part that it reads."""

    def __init__(self, text: str, builder: Builder) -> None:
        self.text = text
        self.builder = builder
        self.at = 0

    def next(self) -> str:
        """Skip blanks and return the next character, or an empty string at the end."""
        found = _BLANK.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return self.text[self.at : self.at + 1]

    def error(self, reason: str) -> Misplaced:
        """Return the error for this position."""
        if self.text.startswith(("//", "/*", "#"), self.at):
            help = "remove the comment, or write the config in YAML."
            return Misplaced(self.at, "JSON has no comments", help)
        help = "correct the text here or just before."
        return Misplaced(self.at, f"this is not JSON: {reason}", help)

    def value(self) -> None:
        """Read any value."""
        # Recursion ends where Builder.open refuses a deeper level.
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
        """Read the members between two brackets, separated by commas."""
        self.builder.open(container, self.at)
        self.at += 1
        if self.next() != closing:
            member()
            while self.next() == ",":
                comma = self.at
                self.at += 1
                if self.next() == closing:
                    reason = f"this is not JSON: there is a comma before {closing!r}"
                    raise Misplaced(comma, reason, "remove the comma.")
                member()
        self._expect(closing)
        self.builder.close(self.at)

    def _member(self) -> None:
        if self.next() != '"':
            raise self.error("expected a key in double quotes")
        begin = self.at
        self.builder.key(self._string(), begin)
        self.next()
        self._expect(":")
        self.value()

    def _expect(self, sign: str) -> None:
        if self.text[self.at : self.at + 1] != sign:
            raise self.error(f"expected {sign!r}")
        self.at += 1

    def _scalar(self) -> Any:
        if self.text[self.at : self.at + 1] == '"':
            return self._string()
        if found := _NUMBER.match(self.text, self.at):
            is_fraction = found[1] or found[2]
            number = read_fraction(found[0]) if is_fraction else read_integer(found[0], self.at)
            self.at = found.end()
            return number
        if (word := _WORD.match(self.text, self.at)) and word[0] in _WORDS:
            self.at = word.end()
            return _WORDS[word[0]]
        raise self.error(f"{word[0][:20]!r} is not a value" if word else "expected a value")

    def _string(self) -> str:
        try:
            text, self.at = _STRING.raw_decode(self.text, self.at)
        except JSONDecodeError as error:
            self.at = min(error.pos, len(self.text))
            raise self.error(error.msg) from error
        return str(text)
