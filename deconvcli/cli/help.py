"""What --help shows: commands by subject, options by section, the most used first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import click

from deconvcli.common.shelf import Shelf

OPTIONS = "Options"

# The sections of `deconv --help`; one that a command's file adds follows them.
SECTIONS = ("One layer", "A network", "Trust it")
_PLACE = re.compile(r"^Help section: (?P<section>.+), (?P<place>\d+)$", re.MULTILINE)


class Option(click.Option):
    """An option that --help lists in a section of its own name."""

    def __init__(self, *arguments: Any, section: str = OPTIONS, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.section = section


class Command(click.Command):
    """A command whose --help lists its options by section."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections, each in the order in which the command declares its options."""
        sections: dict[str, list[tuple[str, str]]] = {OPTIONS: []}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                sections.setdefault(getattr(param, "section", OPTIONS), []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)


class Listed(NamedTuple):
    """A command as `deconv --help` lists it, in order of use within its section."""

    section: str
    place: int
    name: str
    summary: str


def list_by_use(commands: Shelf[click.Command]) -> list[Listed]:
    """Return every command, by section and by the place that its own file gives it.

    Nothing is imported: a file's docstring ends with a line such as `Help section: One layer, 1`.
    """
    listed = [_list_command(name, commands.docstring(name)) for name in commands.names]
    return sorted(listed, key=lambda one: (_rank(one.section), *one))


def _list_command(name: str, docstring: str) -> Listed:
    found = _PLACE.search(docstring)
    section, place = (found["section"], int(found["place"])) if found else ("Others", 0)
    return Listed(section, place, name, docstring.partition("\n")[0])


def _rank(section: str) -> int:
    return SECTIONS.index(section) if section in SECTIONS else len(SECTIONS)


def write_commands(formatter: click.HelpFormatter, listed: Sequence[Listed]) -> None:
    """Write the sections of commands, their summaries below each other."""
    width = max(len(one.name) for one in listed)
    for section in dict.fromkeys(one.section for one in listed):
        with formatter.section(section):
            formatter.write_dl(
                [(one.name.ljust(width), one.summary) for one in listed if one.section == section]
            )
