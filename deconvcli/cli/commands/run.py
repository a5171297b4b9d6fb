"""Compute a layer on a file or random numbers; check the result.

Help section: One layer, 4
"""

from __future__ import annotations

from typing import Any

import click

from deconvcli.cli.help import Command
from deconvcli.cli.options import (
    FORCE_OPTION,
    Word,
    layer_options,
    names_option,
    option,
    out_option,
    print_options,
    takes,
)
from deconvcli.cli.output import Output, keep_quiet, say
from deconvcli.cli.request import read_request
from deconvcli.cli.types import Whole
from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64
from deconvcli.frameworks.pasted.forms import is_layer_text
from deconvcli.frameworks.request import MAX_AXES

MOST_REPEATS = 10**6
ARRAYS, SPEED = "Arrays", "Time and memory"
FILE = click.Path(dir_okay=True)  # reading explains why a file cannot be read


@click.command(cls=Command, short_help=__doc__)
@takes(
    click.argument("what", nargs=-1, metavar="[INPUT.npy] [CALL]"),
    *layer_options(
        size="Size of random input: 5 or 5x5; an input file has its own.",
        kernel="Kernel size: 3 or 3x5.  [default: that of --weights, else 3]",
    ),
    option("--weights", type=FILE, metavar="W.npy", help="Weights, in the dialect's layout."),
    option("--bias", type=FILE, metavar="B.npy", help="Bias: one number per output channel."),
    out_option(metavar="Y.npy", help="Write the output array to Y.npy."),
    option("--check", is_flag=True, help="Check every value by an independent computation."),
    names_option(
        "--against",
        help="Compare the values with these frameworks, such as torch,keras; they must be"
        " installed.",
    ),
    option(
        "--reference",
        type=FILE,
        metavar="Y.npy",
        help="Compare the values with those in Y.npy, and say what differs.",
    ),
    *print_options("the output shape"),
    FORCE_OPTION,
    option(
        "--rank",
        type=Whole(1, MAX_AXES),
        help="Number of spatial axes of INPUT.npy, 1 to 3.",
        section=ARRAYS,
    ),
    option(
        "--cast",
        is_flag=True,
        help="Accept integer input, converted to float64.",
        section=ARRAYS,
    ),
    option(
        "--dtype",
        type=Word(("float16", "float32", "float64")),
        help="Number type of random input.  [default: float32]",
        section=ARRAYS,
    ),
    option(
        "--seed",
        type=Whole(0, MAX_INT64),
        default=0,
        show_default=True,
        help="Seed of the random numbers.",
        section=ARRAYS,
    ),
    option(
        "--engine",
        type=Word(("numba", "numpy", "reference")),
        default="numba",
        show_default=True,
        help="Engine that computes the layer.",
        section=SPEED,
    ),
    option(
        "--threads",
        type=Whole(1, 1024),
        help="Number of threads.  [default: one per usable CPU]",
        section=SPEED,
    ),
    option("--repeat", type=Whole(1, MOST_REPEATS), help="Time N more calls.", section=SPEED),
    option(
        "--max-memory",
        metavar="BYTES",
        help="Refuse to use more memory, such as 2GiB.  [default: what is available]",
        section=SPEED,
    ),
    option(
        "--mmap",
        is_flag=True,
        help="Compute from file to file in blocks, for arrays larger than memory.",
        section=SPEED,
    ),
)
def command(what: tuple[str, ...], format: str, quiet: bool, **options: Any) -> int:
    """Compute a layer and compare the actual shape with the predicted one.

    INPUT.npy contains float16, float32 or float64; without it, --in, or the input_shape of CALL, is
    the size of random input.
    In the dialect's layout, 3 axes are one image (with --rank 1, a batch of signals), 4 a batch of
    images (with --rank 3, one volume), and 5 a batch of volumes; 1 or 2 axes are spatial only.
    Weights and bias are random unless given; with --weights alone there is no bias.

    \b
    Examples:
      deconv run --in 5x5 -k 3 -s 2 --padding valid
      deconv run input.npy -k 4 -s 2 -p 1 --check
      deconv run --in 64x64 -k 4 -s 2 -p 1 --against torch,onnx@onnxruntime
      deconv run input.npy -k 4 -s 2 -p 1 --mmap --max-memory 2GiB -o y.npy
      deconv run --in 64x64 -k 4 -s 2 -p 1 --in-channels 128 --repeat 20
      deconv run --in 64x8x8 'nn.ConvTranspose2d(64, 32, 4, 2, 1)' -o y.npy
    """
    # NumPy and Numba load here, where numbers are about to be computed.
    from deconvcli.cli.running import run
    from deconvcli.cli.running.options import RunOptions

    call, source = _separate(what)
    typed = RunOptions(**{name: options[name] for name in RunOptions._fields})
    request = read_request({**options, "call": call})
    report, agrees = run(source, request, typed, keep_quiet if quiet else say)
    Output(format, quiet).show(report)
    return 0 if agrees else 1


def _separate(what: tuple[str, ...]) -> tuple[str | None, str | None]:
    """Return (pasted call, input file): a call has brackets and is no .npy file."""
    # The name of a file may have brackets as well.
    calls = [text for text in what if is_layer_text(text) and not text.endswith(".npy")]
    files = [text for text in what if text not in calls]
    if len(calls) > 1 or len(files) > 1:
        raise UsageError(
            f"{len(what)} arguments were given: {' '.join(what)[:80]}",
            help="give one INPUT.npy, one pasted CALL, or one of each.",
        )
    return calls[0] if calls else None, files[0] if files else None
