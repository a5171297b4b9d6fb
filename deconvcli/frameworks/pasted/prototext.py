"""The text form of protocol buffers, in which Caffe's networks and printed ONNX nodes are written.

Source: https://protobuf.dev/reference/protobuf/textformat-spec/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deconvcli.frameworks.pasted.refusals import unclear

# Both are far below Python's own limits, which end in other errors: its recursion, and the 4,300
# digits of int(). A network nests few messages, and a size has 19 digits.
MAX_DEPTH = 20
MAX_DIGITS = 30
_TOKEN = re.compile(
    r"""\s*(?:\#[^\n]*\s*)*(?:
      (?P<number>[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)(?![\w.])
    | (?P<word>[A-Za-z_][\w.]*)
    | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<sign>[{}\[\]<>:,;])
    | (?P<other>\S)
    )""",
    re.VERBOSE,
)
_WORDS: Mapping[str, Any] = {"true": True, "false": False}

Message = dict[str, list[Any]]
"""The fields of a message, each with all its values in order."""


def read_message(text: str) -> Message:
    """Return the fields of a message in text form.

    Raises:
        UsageError: it is no such text.
    """
    return _Reader(text).read_fields("", 0)


class _Reader:
    """A recursive descent over the tokens; `kind` and `token` are those of the next one."""

    def __init__(self, text: str) -> None:
        self._tokens = _list_tokens(text)
        self._advance()

    def _advance(self) -> str:
        token = getattr(self, "token", "")
        self.kind, self.token = next(self._tokens, ("", ""))
        return str(token)

    def read_fields(self, end: str, depth: int) -> Message:
        """Return the fields before `end`."""
        if depth > MAX_DEPTH:
            raise unclear("it is nested too deeply")
        fields: Message = {}
        while self.kind and self.token != end:
            if self.kind != "word":
                raise unclear(f"there is {self.token!r} where a field's name should be")
            name = self._advance()
            # A message may follow its name without a colon; only single values need one.
            if self.token == ":":
                self._advance()
            fields.setdefault(name, []).extend(self._read_values(depth))
            if self.token in (",", ";") and self.kind == "sign":
                self._advance()
        return fields

    def _read_values(self, depth: int) -> list[Any]:
        """Return the one value of a field, or those of a list in brackets."""
        if self.token != "[":
            return [self._read_value(depth)]
        self._advance()
        values = []
        while self.kind and self.token != "]":
            values.append(self._read_value(depth))
            if self.token == ",":
                self._advance()
        self._close("]")
        return values

    def _read_value(self, depth: int) -> Any:
        if self.token in ("{", "<"):
            end = "}" if self._advance() == "{" else ">"
            fields = self.read_fields(end, depth + 1)
            self._close(end)
            return fields
        if self.kind in ("", "sign", "other"):
            raise unclear(f"there is {self.token!r} where a value should be")
        kind, token = self.kind, self._advance()
        if kind == "number":
            return _read_number(token)
        return token[1:-1] if kind == "text" else _WORDS.get(token, token)

    def _close(self, end: str) -> None:
        if self.token != end:
            raise unclear(f"{end!r} is missing at its end")
        self._advance()


def _list_tokens(text: str) -> Iterator[tuple[str, str]]:
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        yield kind, found[kind]


def _read_number(token: str) -> int | float:
    if len(token) > MAX_DIGITS:
        raise unclear("it holds a number that is too long")
    return int(token) if token.lstrip("+-").isdigit() else float(token)
