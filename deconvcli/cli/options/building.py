"""An option in a section of the help, several of them, and a word from a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from deconvcli.cli.help import OPTIONS, Option
from deconvcli.common.shelf import suggestion

Command = TypeVar("Command", bound=Callable[..., Any])


class Word(click.Choice[str]):
    """A choice whose error names the nearest right word."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Return the error as Click does, shorter and with a guess."""
        return f"{value!r} is not known; {suggestion(str(value), list(self.choices))}"


def option(*names: str, section: str = OPTIONS, **settings: Any) -> Callable[[Any], Any]:
    """Return an option that --help lists in this section."""
    return click.option(*names, cls=Option, section=section, **settings)


def takes(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Return a decorator that adds options in the order in which --help lists them."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add
