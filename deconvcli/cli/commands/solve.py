"""Find the layers that make one size of another.

Help section: One layer, 5
"""

from __future__ import annotations

from typing import Any

import click

from deconvcli.cli.help import Command
from deconvcli.cli.options import (
    ALL,
    CALL_ARGUMENT,
    DIALECT,
    layer_options,
    names_option,
    option,
    read_standard_input,
    takes,
    takes_output,
)
from deconvcli.cli.output import Output
from deconvcli.cli.types import Numbers, Ranges, SideRanges, Sizes, Whole
from deconvcli.layers.axis import Size

MOST = 100_000


@click.command(cls=Command, short_help=__doc__)
@takes(
    CALL_ARGUMENT,
    option("--out", "output_size", type=Sizes(), help="Output size that is needed: 28x28."),
    option(
        "--factor",
        "--hop",
        "factor",
        type=Numbers(1),
        help="In place of --out: the output is so many times every input.",
    ),
    option(
        "--stages",
        type=Whole(1, MOST),
        help="So many layers in a row, whose strides multiply to the factor.",
    ),
    option(
        "--mirror",
        metavar="LAYER|FILE",
        callback=read_standard_input,
        help="Find what returns to the input of this convolution, or the decoder of this encoder.",
    ),
    *layer_options(
        size="Input size: 7x7.",
        kernel="Kernel size: 4, or a range, 3..9.  [default: 1..16]",
        numbers=Ranges(0),
        sides=SideRanges(0),
        dialect=names_option(
            *DIALECT,
            "dialects",
            words=(ALL,),
            help="The dialect, such as torch or keras@jax; several dialects, or all."
            "  [default: as --padding suggests]",
        ),
        is_search=True,
    ),
    option(
        "--limit",
        type=Whole(1, MOST),
        help="Number of layers shown.  [default: 10; for JSON 1000]",
    ),
)
@takes_output("the best layer", "-o", "--output")
def command(
    call: str | None,
    input_size: tuple[Size, ...] | None,
    output_size: tuple[Size, ...] | None,
    factor: tuple[int, ...] | None,
    stages: int | None,
    dialects: tuple[str, ...] | None,
    mirror: str | None,
    limit: int | None,
    output: Output,
    **options: Any,
) -> int:
    """Find all layers that make the output size of the input size.

    With --factor they make so many times every input, and with --stages a chain of layers does: the
    rates of a vocoder or a codec. A whole layer, as CALL or with -k, and --out alone: the inputs
    that have this output.

    A layer option fixes a number (-k 4) or gives a range (-k 3..9). So does CALL, whose other
    parameters are searched. Without them kernel and stride are 1 to 16 and dilation is 1; every
    padding and output_padding that the dialect takes is tried. Each layer is code to paste. Exits
    with 1 where there is none, with the reason and the nearest sizes.

    --mirror takes a convolution, pasted or as a config (encoder.yaml, encoder.yaml:NAME), and gives
    the transposed layer that returns to exactly its input, for each remainder of a division by the
    stride. Of several layers it gives the whole decoder, as a config that `deconv check` accepts.

    \b
    Examples:
      deconv solve --in 7x7 --out 28x28
      deconv solve --in 46x62 --out 368x489 -k 16 -s 8 -p same -D keras
      deconv solve --in 12 --out 23 'Conv1DTranspose(8, 3, 2, "same")'
      deconv solve --out 489x368 'nn.ConvTranspose2d(8, 8, 16, 8, padding=4)'
      deconv solve --factor 2x2
      deconv solve --hop 600 --stages 4
      deconv solve --mirror 'nn.Conv2d(64, 128, 3, 2, padding=1)' --in 33x33
    """
    if mirror is not None:
        from deconvcli.cli.mirroring import NoMirror, find_mirrors, report_mirrors

        others = {
            **options,
            "call": call,
            "output_size": output_size,
            "--factor": factor,
            "--stages": stages,
            "--limit": limit,
        }
        mirrors = find_mirrors(mirror, input_size, dialects, others)
        output.show(report_mirrors(mirrors))
        return 1 if all(isinstance(found, NoMirror) for found in mirrors) else 0
    is_whole = call is not None or options["kernel"] is not None
    if output_size and is_whole and input_size is None and factor is None and stages is None:
        from deconvcli.cli.inputs import ask_inputs, report_inputs

        inputs = ask_inputs(call, output_size, dialects, limit, output, options)
        output.show(report_inputs(inputs, output))
        return 0 if any(answer.shown for answer in inputs) else 1
    from deconvcli.cli.solving import ask, read_searches, report_answers

    searches = read_searches(call, dialects, options)
    if stages is not None:
        from deconvcli.cli.stages import ask_stages, report_stages

        rates = ask_stages(searches, input_size, output_size, factor, stages, limit, output)
        output.show(report_stages(rates, output))
        return 0 if any(rates) else 1
    answers = ask(searches, input_size, output_size, factor, limit, output)
    output.show(report_answers(answers, output))
    return 0 if any(answers) else 1
