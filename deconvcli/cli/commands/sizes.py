"""The input sizes for which a network with skips works."""

from __future__ import annotations

import click

from deconvcli.checks.checking import readable
from deconvcli.cli.options import takes_output
from deconvcli.cli.output import Output
from deconvcli.cli.sizing import asked, report
from deconvcli.cli.types import Sizes
from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import suggestion
from deconvcli.layers.axis import Size


@click.command(short_help=__doc__)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path())
@click.option("--network", "name", metavar="NAME", help="Only the network of this name.")
@click.option("--at", type=Sizes(), help="Your size, in place of the one in the file.")
@takes_output
def command(
    paths: tuple[str, ...],
    name: str | None,
    at: tuple[Size, ...] | None,
    output: Output,
) -> int:
    """All input sizes for which every layer of a network works.

    What is expected in letters holds as well; what is expected in numbers belongs to one size.

    For each axis a rule, the two working sizes nearest to yours, and what to pad. A size without a
    rest is one of which no floor leaves an element unread. Exit code 1 if no size works.

    \b
    Examples:
      deconv sizes unet.yaml
      deconv sizes unet.yaml --at 600x900
      deconv sizes networks/ --network generator --format json
    """
    configs = readable(paths)
    networks = [network for config in configs for network in asked(config, name, at)]
    if not networks:
        known = sorted({read.graph.name for config in configs for read in config.networks})
        raise UsageError(
            f"there is no network {name!r}" if name else "there is no network here",
            help=suggestion(name or "", known) or "write networks: in the file.",
            code="unknown-network",
        )
    found = report(networks)
    output.show(found)
    return 1 if found.findings else 0
