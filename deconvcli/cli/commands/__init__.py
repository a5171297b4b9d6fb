"""One file a command, named as users type it; its docstring's first line is its short help."""

from __future__ import annotations

import click

from deconvcli.common.shelf import Shelf

COMMANDS: Shelf[click.Command] = Shelf("deconvcli.cli.commands", "command", "command")
