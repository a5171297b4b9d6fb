"""Write input, weights and exact output, to test a backend.

Help section: Trust it, 4
"""

from __future__ import annotations

from typing import Any

import click

from deconvcli.cli.help import Command
from deconvcli.cli.options import (
    CALL_ARGUMENT,
    Word,
    layer_options,
    option,
    out_option,
    print_options,
    takes,
)
from deconvcli.cli.output import Output, keep_quiet, say
from deconvcli.cli.request import FLAGS, NAMES, read_request
from deconvcli.cli.types import Whole
from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64

DTYPES = ("int8", "int16", "int32", "int64", "float16", "float32", "float64")


@click.command(cls=Command, short_help=__doc__)
@takes(
    CALL_ARGUMENT,
    *layer_options(),
    out_option(metavar="DIR", help="Write the files into DIR, which is new or empty."),
    option(
        "--suite",
        type=Word(("edge",)),
        help="In place of one layer: the layers that backends get wrong, in dialect -D"
        " (torch by default).",
    ),
    option(
        "--dtype",
        type=Word(DTYPES),
        default="float32",
        show_default=True,
        help="Number type of the files.",
    ),
    option(
        "--seed",
        type=Whole(0, MAX_INT64),
        default=0,
        show_default=True,
        help="Seed of the random integers.",
    ),
    option("--force", is_flag=True, help="Write into a folder with files, and replace them."),
    *print_options("the path of the manifest"),
)
def command(
    out: str | None,
    suite: str | None,
    dtype: str,
    seed: int,
    force: bool,
    format: str,
    quiet: bool,
    **options: Any,
) -> None:
    """Write input, weights, bias and exact output of a layer, for people who write a backend.

    DIR gets x.npy, w.npy, b.npy and y.npy in the dialect's layouts, and manifest.json with the
    parameters, crops, MACs and checksums. The numbers are small integers: every partial sum, in any
    order, is exact from int8 to float64, so that a backend has to give equal values.

    --suite edge writes many layers, each in its own folder: every sign of both crops, kernels
    shorter than the stride, dilation and groups, in 1-D to 3-D. The manifest lists those that the
    dialect cannot express, with the reason.

    Each printed command compares y.npy with the layer; put your backend's output in its place, and
    it names the mistake.

    \b
    Examples:
      deconv vectors --in 5x5 -k 4 -s 2 -p 1 --in-channels 3 -o vectors
      deconv vectors --in 8x5x5 'nn.ConvTranspose2d(8, 4, 3, 2, 1, 1)' -o vectors
      deconv vectors --suite edge -D keras -o vectors --dtype int8
    """
    # NumPy loads here, where numbers are about to be computed.
    from deconvcli.cli.golden import report_vectors, take_layer
    from deconvcli.frameworks.vectors import refuse_folder, take_edges, write_vectors

    if out is None:
        raise UsageError("no folder is named", help="give a new folder: -o vectors.")
    refuse_folder(out, force=force)
    if suite is None:
        layers = take_layer(read_request(options), keep_quiet if quiet else say)
    else:
        _refuse_layer(options)
        layers = take_edges(options["dialect"] or "torch")
    manifest = write_vectors(out, layers, dtype, seed, force=force)
    Output(format, quiet).show(report_vectors(out, layers, manifest))


def _refuse_layer(options: dict[str, Any]) -> None:
    """Refuse options of a layer beside a suite, which has its own layers.

    Raises:
        UsageError: one of them is given.
    """
    names = {**FLAGS, "call": "a pasted call", "input_size": NAMES.input_size, "batch": NAMES.batch}
    names["variables"] = NAMES.variables
    if given := [name for key, name in names.items() if options[key] is not None]:
        raise UsageError(
            f"--suite has its own layers, and {given[0]} was given too",
            help="leave one of them out; -D chooses the dialect of a suite.",
        )
