"""The files of `deconv shape --jsonl`."""

from __future__ import annotations

import sys
from collections import deque
from itertools import islice
from typing import IO, BinaryIO

from deconvcli.common.errors import Unreadable
from deconvcli.common.files import report_write_errors
from deconvcli.frameworks.jsonl import answer_lines

AT_ONCE = 256
"""Answers written together; where output is not buffered each write waits for the system."""


def stream(path: str, out: IO[bytes] | None) -> None:
    """Answer every line of a file, or of standard input for `-`; out: None for standard output.

    Raises:
        Unreadable: there is no such file.
        Exception: the last bug of ours that a line met, after all lines are answered.
    """
    if path != "-":
        with _open(path) as file:
            _answer_all(file, out, AT_ONCE)
        return
    if sys.stdin is None or sys.stdin.isatty():
        raise _unreadable("standard input", "it is a terminal, or closed")
    # Whoever asks line by line waits for each answer.
    _answer_all(sys.stdin.buffer, out, 1)


def _open(path: str) -> BinaryIO:
    try:
        return open(path, "rb")
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise _unreadable(path, getattr(error, "strerror", None) or str(error)) from error


def _unreadable(name: str, why: str) -> Unreadable:
    return Unreadable(
        f"{name}: cannot be read: {why}",
        help="name a file with one JSON object a line, or pipe one into --jsonl -.",
    )


def _answer_all(file: BinaryIO, out: IO[bytes] | None, at_once: int) -> None:
    bugs: deque[Exception] = deque(maxlen=1)
    answers = answer_lines(file, bugs)
    while block := list(islice(answers, at_once)):
        _write("\n".join([*block, ""]), out)
    if bugs:
        raise bugs[0]


def _write(text: str, out: IO[bytes] | None) -> None:
    if out is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        with report_write_errors("the file of -o"):
            out.write(text.encode())
