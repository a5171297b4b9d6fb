"""Time our kernel beside the frameworks installed here, in one run."""

from __future__ import annotations

from typing import Any

import click

from deconvcli.bench.suites import SUITES
from deconvcli.cli.listing import listing
from deconvcli.cli.options import (
    LAYER_OPTIONS,
    Word,
    name_option,
    names_option,
    takes,
    takes_output,
)
from deconvcli.cli.output import Output
from deconvcli.cli.request import read_request
from deconvcli.cli.types import Seconds, Whole
from deconvcli.common.errors import UsageError


@click.command(short_help=__doc__)
@click.argument("what", nargs=-1, metavar="[LAYER ...] [CALL]")
@click.option("--suite", type=Word(SUITES.names), help="Time these layers.  [default: study]")
@click.option("--list", "lists", is_flag=True, help="List the layers of the suites, time nothing.")
@names_option(
    "-D",
    "--frameworks",
    "frameworks",
    help="Time only these frameworks, such as torch,onnx@onnxruntime.  [default: all installed]",
)
@click.option("--threads", type=Whole(1, 1024), help="Default: one per usable CPU.")
@click.option(
    "--seconds",
    type=Seconds(),
    default=1.0,
    show_default=True,
    help="For each engine on each layer, rests included.",
)
@click.option(
    "--dtype",
    type=Word(("float32", "float64")),
    default="float32",
    show_default=True,
    help="Of all arrays.",
)
@click.option(
    "--engine",
    type=Word(("numba", "numpy", "reference")),
    default="numba",
    show_default=True,
    help="Which of our engines.",
)
@name_option(
    "--dialect",
    "--framework",
    "dialect",
    help="The dialect that the options of your own layer are written in.",
)
@takes(*LAYER_OPTIONS)
@takes_output
def command(
    what: tuple[str, ...],
    suite: str | None,
    lists: bool,
    output: Output,
    **options: Any,
) -> int:
    """Time our kernel beside the frameworks installed here, in one run.

    LAYER is a name of a suite, such as unet or HiFi-GAN/ups.0; a layer of your own is pasted, or
    given by options. Every engine computes the same numbers in a process of its own, its values
    are compared with ours, and all are timed in turn. Exit code 1 where values differ.

    \b
    Examples:
      deconv bench unet fcn8 HiFi-GAN/ups.0
      deconv bench --suite study --threads 2 --format markdown
      deconv bench --in 64x64 --batch 16 'nn.ConvTranspose2d(128, 64, 4, 2, 1)'
    """
    if lists:
        output.show(listing(suite))
        return 0
    # NumPy and Numba load here, where numbers are about to be computed.
    from deconvcli.cli import benching

    calls = [text for text in what if "(" in text]
    if len(calls) > 1:
        raise UsageError("several calls were pasted", help="paste one; name others of a suite.")
    request = read_request({**options, "call": next(iter(calls), None)})
    names = [text for text in what if text not in calls]
    layers, rows = benching.layers(names, suite, request)
    report, agrees = benching.report(layers, rows, options)
    output.show(report)
    return 0 if agrees else 1
