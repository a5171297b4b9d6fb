"""The options of commands that read models: the file, the sizes of inputs, and the reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from deconvcli.cli.help import OPTIONS
from deconvcli.cli.options import Word, option, read_standard_input
from deconvcli.cli.types import Sizes, Typed
from deconvcli.common.errors import UsageError
from deconvcli.common.files import format_path
from deconvcli.layers.axis import Size
from deconvcli.models.readers import READERS


def _complete_files(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="file")]


CALL_OR_FILE_ARGUMENT = click.argument(
    "call", required=False, callback=read_standard_input, shell_complete=_complete_files
)
"""A pasted call, or the name of a file."""


class InputSizes(Typed):
    """The size of an input of a model, with or without its name: `x=1x3x480x640`."""

    name = "sizes"
    metavar = "[NAME=]SIZE"
    after_flag = ": "

    def parse(self, text: str) -> tuple[str, tuple[Size, ...]]:
        """Return (name, sizes); the name is empty where none is given."""
        name, _, size = text.rpartition("=")
        return name, Sizes().parse(size) or ()


def size_option(*, section: str = OPTIONS) -> Callable[[Any], Any]:
    """Return the option for the sizes of a model's inputs; the command gets them by name."""
    return option(
        "--size",
        "sizes",
        type=InputSizes(),
        multiple=True,
        callback=_join_sizes,
        help="Size of a model's input with batch and channels: x=1x3x480x640, or without a name"
        " that of the first one; letters are open.",
        section=section,
    )


def reader_option(*, section: str = OPTIONS) -> Callable[[Any], Any]:
    """Return the option for the kind of a model file; the command gets the reader's name."""
    return option(
        "--reader",
        type=Word(READERS.names),
        metavar="NAME",
        help="Read the named files as models of this kind, whatever their names:"
        f" {', '.join(READERS.names)}.",
        section=section,
    )


def _join_sizes(
    ctx: click.Context, param: click.Parameter, given: Sequence[tuple[str, tuple[Size, ...]]]
) -> dict[str, tuple[Size, ...]]:
    names = [name for name, _ in given]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"--size gives {twice or 'one input'} two sizes", help="give it once.")
    return dict(given)


def refuse_name(path: str, name: str) -> None:
    """Refuse the name of a network after the path of a model, which is one network.

    Raises:
        UsageError: there is a name.
    """
    if name:
        raise UsageError(
            f"{format_path(path)} is a model, which has no network {name!r}",
            help="leave the name out; configs have networks of several names.",
        )
