"""One report to standard output, in the format that was asked for; messages to standard error."""

from __future__ import annotations

import re
import sys
from contextlib import suppress

import click

from deconvcli.views.answers.renderers import RENDERERS
from deconvcli.views.answers.report import Report

_ENDLESS = re.compile(r"\S{300,}")


def show(report: Report, format: str, *, quiet: bool) -> None:
    """Print the report; with `quiet` only its bare answer."""
    if quiet and format == "text":
        click.echo(printable(report.answer))
    elif format == "text" and sys.stdout.isatty():
        # Rich, which a pipe does not pay for.
        from deconvcli.views.answers.terminal import show_on_terminal

        show_on_terminal(report, printable)
    else:
        click.echo(printable(RENDERERS.take(format)(report)))


def say(text: str) -> None:
    """A message to standard error; where that is closed or full, there is nobody to tell."""
    if sys.stderr is not None:  # print would take standard output instead
        with suppress(OSError):
            print(_ENDLESS.sub(_shortened, printable(text)), file=sys.stderr)


def keep_quiet(text: str) -> None:
    """In place of `say`, for hints under --quiet."""


def printable(text: str) -> str:
    """The text with all that a terminal would obey escaped, except ends of lines."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def _shortened(word: re.Match[str]) -> str:
    return f"{word[0][:60]}... ({len(word[0])} characters)"
