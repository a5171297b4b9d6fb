"""Print the JSON Schema of config files, for editors.

Help section: A network, 4
"""

from __future__ import annotations

import json

import click

from deconvcli.checks.configs.schema import schema
from deconvcli.cli.help import Command
from deconvcli.cli.options import FORCE_OPTION, out_option, takes
from deconvcli.cli.output import Output, open_output


@click.command(cls=Command, short_help=__doc__)
@takes(out_option(help="Write the schema to FILE instead of printing it."), FORCE_OPTION)
def command(out: str | None, force: bool) -> None:
    """Print the JSON Schema (draft 7) of config files.

    \b
    Examples:
      deconv schema -o deconv.schema.json
    Then, as the first line of a config:
      # yaml-language-server: $schema=deconv.schema.json
    """
    with open_output(out, force=force) as file:
        Output("json", file=file).write(json.dumps(schema(), indent=1))
