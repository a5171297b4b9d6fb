"""The sections of `deconv --help`: commands by subject, the most used first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import click

from deconvcli.common.shelf import Shelf

# A section that a command's file adds follows these.
SECTIONS = ("One layer", "A network", "Trust it", "Set it up")
_PLACE = re.compile(r"^Help section: (?P<section>.+), (?P<place>\d+)$", re.MULTILINE)


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
