"""One report to standard output or into a file; messages to standard error."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

import click

from deconvcli.views.answers.renderers import RENDERERS
from deconvcli.views.answers.report import Report

_ENDLESS = re.compile(r"\S{300,}")


class Output:
    """Where a command's result goes, and in which form; without a file, to standard output."""

    def __init__(self, format: str, quiet: bool = False, file: IO[bytes] | None = None) -> None:
        self.format = format
        self.quiet = quiet
        self.file = file

    def show(self, report: Report) -> None:
        """Print the report; with `quiet` only its bare answer."""
        if self.quiet and self.format == "text":
            self.write(report.answer)
        elif self.format == "text" and self.file is None and sys.stdout.isatty():
            # Rich, which a pipe does not pay for.
            from deconvcli.views.answers.terminal import show_on_terminal

            show_on_terminal(report, printable)
        else:
            self.write(RENDERERS.take(self.format)(report))

    def write(self, text: str) -> None:
        """Print a text that is complete, with all that a terminal would obey escaped."""
        if self.file is None:
            click.echo(printable(text))
        else:
            from deconvcli.common.files import report_write_errors

            with report_write_errors("the file of -o"):
                self.file.write(f"{printable(text).rstrip()}\n".encode())


def write_raw(data: bytes, file: IO[bytes] | None) -> None:
    """Write what other programs read to the file, or to standard output, as it is."""
    if file is not None:
        file.write(data)
    elif sys.stdout.isatty():
        click.echo(printable(data.decode("utf-8", "replace")), nl=False)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


@contextmanager
def open_output(path: str | None, *, force: bool) -> Iterator[IO[bytes] | None]:
    """Open the file of `-o` before any work; None for standard output, which is also `-`.

    The file gets its name when the command ends well; until then nothing is replaced.

    Raises:
        Unreadable: the file exists (without `force`), or cannot be written.
    """
    if path is None or path == "-":
        yield None
        return
    from deconvcli.common.files import open_atomically  # which printing does not need

    with open_atomically(path, force=force) as file:
        yield file


def say(text: str) -> None:
    """Print a message to standard error; where that is closed or full, nobody can read it."""
    if sys.stderr is not None:  # print would take standard output instead
        with suppress(OSError):
            print(_ENDLESS.sub(_shorten, printable(text)), file=sys.stderr)


def keep_quiet(text: str) -> None:
    """Print nothing: what replaces `say` for hints under --quiet."""


def printable(text: str) -> str:
    """Return the text with all that a terminal would obey escaped, except ends of lines."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def _shorten(word: re.Match[str]) -> str:
    return f"{word[0][:60]}... ({len(word[0])} characters)"
