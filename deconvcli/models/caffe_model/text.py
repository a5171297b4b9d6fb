"""The text format of protocol buffers: names with values, and messages in braces.

Source: the text format language specification of Protocol Buffers, as far as networks use it.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, NoReturn

from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Where
from deconvcli.common.values import shorten

MAX_DEPTH = 32
MAX_TOKENS = 2_000_000

_TOKEN = re.compile(
    r"""(?P<blank>(?:[\s,;]|\#[^\n]*)+)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<mark>[{}<>\[\]:])
    |(?P<word>[-+.\w/]+)""",
    re.VERBOSE,
)
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?[fF]?")
_ENDS = {"{": "}", "<": ">", "[": "]"}


class Message(NamedTuple):
    """A message. fields: all values of each name, in their order. line: where it begins."""

    fields: dict[str, list[Any]]
    line: int

    def get(self, name: str, default: Any = None) -> Any:
        """Return the last value of a field, which is the one that counts if there are several."""
        return self.fields[name][-1] if self.fields.get(name) else default

    def take_all(self, name: str) -> list[Any]:
        """Return all values of a field."""
        return self.fields.get(name, [])

    def message(self, name: str) -> Message:
        """Return a message inside; one without fields where there is none."""
        found = self.get(name)
        return found if isinstance(found, Message) else Message({}, self.line)

    def number(self, name: str, default: int) -> int:
        """Return an integer; the default for anything else."""
        found = self.get(name)
        return found if isinstance(found, int) and not isinstance(found, bool) else default

    def numbers(self, name: str) -> list[int]:
        """Return the integers among the values of a field."""
        return [one for one in self.take_all(name) if isinstance(one, int)]


def read_text(text: str) -> Message:
    """Return the message of a text.

    Raises:
        Unreadable: it has another form, with the place.
    """
    return _Parser(text).read()


class _Parser:
    """Reads one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._line = 1
        self._start = 0
        self._tokens = 0
        self.kind, self.token = "", ""
        self._advance()

    def read(self) -> Message:
        found = self._read_fields("", 0, 1)
        if self.kind:
            self._refuse(f"{self.token} closes nothing")
        return found

    def _advance(self) -> None:
        """Go on to the next token; at the end its kind is empty."""
        while True:
            self._move(len(self.token))
            self._tokens += 1
            if self._tokens > MAX_TOKENS:
                self._refuse(f"more than {MAX_TOKENS:,} words and signs")
            if self._place >= len(self._text):
                self.kind = self.token = ""
                return
            found = _TOKEN.match(self._text, self._place)
            if found is None:
                self.token = ""
                self._refuse(f"{shorten(self._text[self._place])} is no part of a network")
            self.kind, self.token = str(found.lastgroup), found[0]
            if self.kind != "blank":
                return

    def _move(self, count: int) -> None:
        passed = self._text[self._place : self._place + count]
        self._place += count
        if lines := passed.count("\n"):
            self._line += lines
            self._start = self._place - (len(passed) - passed.rfind("\n") - 1)

    def _refuse(self, reason: str) -> NoReturn:
        raise Unreadable(
            f"the text of the network has a mistake: {reason}",
            help="correct it at this place; Caffe does not read it either.",
            where=Where("", self._line, self._place - self._start + 1),
        )

    def _read_fields(self, end: str, depth: int, line: int) -> Message:
        if depth > MAX_DEPTH:
            self._refuse(f"messages nested more than {MAX_DEPTH} deep")
        fields: dict[str, list[Any]] = {}
        while self.kind and not (self.kind == "mark" and self.token in ("}", ">", "]")):
            if self.kind != "word":
                self._refuse(f"{shorten(self.token)} in place of a name")
            name = self.token
            self._advance()
            has_colon = self.token == ":" and self.kind == "mark"
            if has_colon:
                self._advance()
            if not has_colon and self.token not in ("{", "<"):
                self._refuse(f"no value after {shorten(name)}")
            fields.setdefault(name, []).extend(self._read_values(depth))
        if end:
            self._close(end)
        return Message(fields, line)

    def _close(self, end: str) -> None:
        if self.token != end or self.kind != "mark":
            found = shorten(self.token) if self.kind else "the end of the file"
            self._refuse(f"{found} in place of {end}")
        self._advance()

    def _read_values(self, depth: int) -> list[Any]:
        """Return one value, or those of a list."""
        if self.token != "[" or self.kind != "mark":
            return [self._read_value(depth)]
        self._advance()
        found = []
        while self.kind and self.token != "]":
            found.append(self._read_value(depth))
        self._close("]")
        return found

    def _read_value(self, depth: int) -> Any:
        token, kind, line = self.token, self.kind, self._line
        if kind == "mark" and token in ("{", "<"):
            self._advance()
            return self._read_fields(_ENDS[token], depth + 1, line)
        if kind not in ("string", "word"):
            self._refuse(f"{shorten(token) if kind else 'the end of the file'} in place of a value")
        self._advance()
        if kind == "string":
            return token[1:-1]
        if _INTEGER.fullmatch(token):
            return int(token)
        if _FLOAT.fullmatch(token):
            return float(token.rstrip("fF"))
        return {"true": True, "false": False}.get(token, token)
