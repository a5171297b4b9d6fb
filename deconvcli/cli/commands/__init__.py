"""One file per command, named as users type it; its docstring is its line in --help."""

from __future__ import annotations

import click

from deconvcli.common.shelf import Shelf

COMMANDS: Shelf[click.Command] = Shelf("deconvcli.cli.commands", "command", "command")
