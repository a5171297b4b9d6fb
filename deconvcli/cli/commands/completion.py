"""Print the completion script of a shell: bash, zsh or fish.

Help section: Set it up, 1
"""

from __future__ import annotations

import click

from deconvcli.cli.help import Command
from deconvcli.cli.options import FORCE_OPTION, out_option, takes
from deconvcli.cli.output import Output, open_output

SHELLS = {"bash": "deconv.bash", "fish": "deconv.fish", "zsh": "_deconv"}


@click.command(cls=Command, short_help=__doc__)
@takes(
    click.argument("shell", type=click.Choice(list(SHELLS))),
    out_option(help="Write the script to FILE instead of printing it."),
    FORCE_OPTION,
)
def command(shell: str, out: str | None, force: bool) -> None:
    """Print the completion script of a shell, which then starts no Python.

    \b
    Examples:
      deconv completion bash -o ~/.local/share/bash-completion/completions/deconv
      deconv completion zsh -o ~/.zfunc/_deconv
      deconv completion fish -o ~/.config/fish/completions/deconv.fish
    """
    from deconvcli.cli.completions import scripts  # reads every command

    with open_output(out, force=force) as file:
        # What is written ends its last line itself.
        Output("text", file=file).write(scripts()[SHELLS[shell]].decode().removesuffix("\n"))
