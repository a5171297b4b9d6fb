"""Completion scripts, written ahead of time so that no Python starts when TAB is pressed.

`python -m deconvcli.cli.completions [FOLDER]` writes them from the command tree. A new command
or option needs no change here: `read_commands` reads the tree, and one file per shell writes it.
"""

from __future__ import annotations

from collections.abc import Callable

from deconvcli.cli.completions import bash, fish, zsh
from deconvcli.cli.completions.tree import CompletedCommand, read_commands
from deconvcli.cli.main import cli

# File names are those under which each shell looks for the completion of `deconv`.
SCRIPTS: dict[str, Callable[[list[CompletedCommand]], str]] = {
    "deconv.bash": bash.script,
    "_deconv": zsh.script,
    "deconv.fish": fish.script,
}


def scripts() -> dict[str, bytes]:
    """Return each script as bytes, by file name; the same on every machine."""
    commands = read_commands(cli)
    return {name: script(commands).encode() for name, script in SCRIPTS.items()}
