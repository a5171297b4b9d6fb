"""Compute a layer on a file or random numbers; compare with the prediction."""

from __future__ import annotations

from typing import Any

import click

from deconvcli.cli.options import (
    DIALECT_OPTION,
    FORCE_OPTION,
    LAYER_OPTIONS,
    PRINT_OPTIONS,
    Word,
    names_option,
    out_option,
    takes,
)
from deconvcli.cli.output import Output, keep_quiet, say
from deconvcli.cli.types import Whole
from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64
from deconvcli.frameworks.request import MAX_AXES

MOST_REPEATS = 10**6
FILE = click.Path(dir_okay=True)  # what is no readable file is explained where it is read


@click.command(short_help=__doc__)
@click.argument("what", nargs=-1, metavar="[INPUT.npy] [CALL]")
@takes(DIALECT_OPTION, *LAYER_OPTIONS)
@click.option("--rank", type=Whole(1, MAX_AXES), help="Spatial axes of INPUT.npy: 1 to 3.")
@click.option("--weights", type=FILE, metavar="W.npy", help="Weights in the dialect's layout.")
@click.option("--bias", type=FILE, metavar="B.npy", help="One number per output channel.")
@out_option(metavar="Y.npy", help="Write the output array to Y.npy.")
@takes(FORCE_OPTION)
@click.option("--cast", is_flag=True, help="Take integers, as float64.")
@click.option("--dtype", type=Word(("float16", "float32", "float64")), help="Of random input.")
@click.option(
    "--seed", type=Whole(0, MAX_INT64), default=0, show_default=True, help="Of random numbers."
)
@click.option("--threads", type=Whole(1, 1024), help="Default: one per usable CPU.")
@click.option("--max-memory", metavar="BYTES", help="Limit, as 2GiB; default: what is available.")
@click.option(
    "--mmap", is_flag=True, help="Compute from file to file in blocks, for arrays beyond memory."
)
@click.option("--repeat", type=Whole(1, MOST_REPEATS), help="Time so many further calls.")
@click.option(
    "--engine",
    type=Word(("numba", "numpy", "reference")),
    default="numba",
    show_default=True,
    help="What computes.",
)
@names_option(
    "--against",
    help="Compare with these installed frameworks, such as torch,keras.",
)
@click.option("--check", is_flag=True, help="Check every value by another computation.")
@click.option("--reference", type=FILE, metavar="Y.npy", help="Compare this output with it too.")
@takes(*PRINT_OPTIONS)
def command(what: tuple[str, ...], format: str, quiet: bool, **options: Any) -> int:
    """Compute a layer and compare the predicted with the actual shape.

    INPUT.npy holds float16, float32 or float64; without it, --in gives the size of random input.
    An input of 1 or 2 axes is spatial only, of 3 one image (--rank 1: a batch of signals), of 4 a
    batch of images (--rank 3: one volume), of 5 a batch of volumes, in the dialect's layout.
    Weights and bias are random unless given; with --weights alone there is no bias.

    \b
    Examples:
      deconv run --in 5x5 -k 3 -s 2 --padding valid
      deconv run input.npy -k 4 -s 2 -p 1 --check
      deconv run --in 64x64 -k 4 -s 2 -p 1 --against torch,onnx@onnxruntime
      deconv run input.npy -k 4 -s 2 -p 1 --mmap --max-memory 2GiB --out y.npy
      deconv run --in 64x64 -k 4 -s 2 -p 1 --in-channels 128 --repeat 20
      deconv run --in 64x8x8 'nn.ConvTranspose2d(64, 32, 4, 2, 1)' --out y.npy
    """
    # NumPy and Numba load here, where numbers are about to be computed.
    from deconvcli.cli.running import run

    options["call"], source = _told_apart(what)
    report, agrees = run(source, options, keep_quiet if quiet else say)
    Output(format, quiet).show(report)
    return 0 if agrees else 1


def _told_apart(what: tuple[str, ...]) -> tuple[str | None, str | None]:
    """(pasted call, input file): a call has a parenthesis and is no .npy file."""
    calls = [text for text in what if "(" in text and not text.endswith(".npy")]
    files = [text for text in what if text not in calls]
    if len(calls) > 1 or len(files) > 1:
        raise UsageError(
            f"{len(what)} arguments were given: {' '.join(what)[:80]}",
            help="give one INPUT.npy, one pasted CALL, or one of each.",
        )
    return calls[0] if calls else None, files[0] if files else None
