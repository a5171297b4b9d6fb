"""The text of a Python file and its syntax tree, within limits."""

from __future__ import annotations

import ast
import io
import os
import re
import sys
import tokenize
from typing import NamedTuple
from warnings import catch_warnings, simplefilter

from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Diagnostic, Severity, Where

MAX_SOURCE_BYTES = 4 << 20
MAX_TOKENS = 100_000
"""Words and signs of the largest file that is parsed, about 10,000 lines: its tree takes 1 KB for
each."""
_TOKEN = re.compile(rb"\w+|[^\w\s]")
# As in Conv2DTranspose, ConvTranspose2d, F.conv_transpose2d and tf.nn.conv2d_transpose, and
# lax.conv_general_dilated, which may be one. Searched in bytes before anything is
# parsed: 100,000 lines take 0.1 s.
_LAYER = re.compile(rb"Conv\w{0,12}Transpose|conv(?:[123]d)?_transpose|conv_general_dilated")
_QUICK = (b"Transpose", b"_transpose", b"conv_general_dilated")


class ParsedSource(NamedTuple):
    """A file as text, with its tree; None where there are no layers, or where it is no Python.

    findings: the reason for which there is no tree.
    """

    text: str
    tree: ast.Module | None = None
    findings: tuple[Diagnostic, ...] = ()


def parse_source(path: str) -> ParsedSource:
    """Return the source in a file.

    Raises:
        Unreadable: the file cannot be opened, is no text, or is nested too deeply.
    """
    data = read_bytes(path, MAX_SOURCE_BYTES)
    if not has_layers(data):
        return ParsedSource("")
    if len(data) > MAX_SOURCE_BYTES or is_too_long(data):
        return leave_out(f"{MAX_TOKENS:,} words and signs")
    return parse_text(decode(data))


def has_layers(data: bytes) -> bool:
    """Return whether the names of layers occur, so that a file has to be parsed."""
    # The first search takes a tenth of the second, and most files end here.
    return any(word in data for word in _QUICK) and bool(_LAYER.search(data))


def is_too_long(data: bytes) -> bool:
    """Return whether the tree of a source would take too much time and memory."""
    return sum(1 for _ in _TOKEN.finditer(data)) > MAX_TOKENS


def leave_out(limit: str) -> ParsedSource:
    """Return a file that is not parsed, for a limit that it exceeds."""
    message = f"the file has more than {limit}, and is not checked"
    return ParsedSource("", None, (_note(message, "check the part of it that has layers."),))


def parse_text(text: str) -> ParsedSource:
    """Return the source of a text.

    Raises:
        Unreadable: it is nested too deeply.
    """
    try:
        with catch_warnings():
            simplefilter("ignore")  # Python warns about text such as "\d"
            return ParsedSource(text, ast.parse(text))
    except SyntaxError as error:
        if error.msg.startswith("Exceeds the limit"):  # CPython's, for integers
            raise unparsable() from error
        return ParsedSource(text, None, (_explain(error),))
    # CPython raises MemoryError for thousands of signs in a row, some releases ValueError for null
    # bytes.
    except (RecursionError, MemoryError, ValueError) as error:
        raise unparsable() from error


def unparsable() -> Unreadable:
    """Return the error for a text whose expressions are too deep."""
    return Unreadable(
        "the file is nested too deeply, or has null bytes or a number that is too long",
        help="leave the file out of the check.",
    )


def read_bytes(path: str, limit: int) -> bytes:
    """Return what is in a file, and one byte more than the limit where it is longer.

    Raises:
        Unreadable: the file cannot be opened.
    """
    try:
        # Opening a pipe would wait for a writer.
        if not os.path.isfile(path):
            os.stat(path)
            raise OSError(0, "not a regular file")
        with open(path, "rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise Unreadable(
            error.strerror or str(error),
            help="make the file readable, or remove it from the command.",
        ) from error


def decode(data: bytes) -> str:
    """Return the text, in the encoding that its first lines name, with line feeds as line ends.

    Raises:
        Unreadable: it is no such text.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise Unreadable(
            "the file is no text in UTF-8, nor in an encoding that its first line names",
            help="save it as UTF-8.",
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")


def _explain(error: SyntaxError) -> Diagnostic:
    """Return a note: the file may be of another version of Python."""
    version = ".".join(map(str, sys.version_info[:2]))
    return _note(
        f"Python {version} cannot parse this file: {error.msg}",
        "correct it, or ignore this note if another version of Python runs the file.",
        Where("", error.lineno or 1, max(1, error.offset or 1)),
    )


def _note(message: str, help: str, where: Where | None = None) -> Diagnostic:
    return Diagnostic("unreadable", Severity.NOTE, message, help, where=where)
