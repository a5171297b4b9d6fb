"""The JSON Schema of our configs, for editors."""

from __future__ import annotations

import json

import click

from deconvcli.checks.configs.schema import schema


@click.command(short_help=__doc__)
def command() -> None:
    """The JSON Schema (draft 7) of architecture configs, on standard output.

    \b
    Examples:
      deconv schema > deconv.schema.json
    Then, as the first line of a config:
      # yaml-language-server: $schema=deconv.schema.json
    """
    click.echo(json.dumps(schema(), indent=1))
