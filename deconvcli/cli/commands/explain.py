"""Explain step by step how a layer computes its output size.

Help section: One layer, 2
"""

from __future__ import annotations

from typing import Any

import click

from deconvcli.cli.explaining import report_layer
from deconvcli.cli.help import Command
from deconvcli.cli.options import (
    ALL,
    ANY_NUMBERS,
    CALL_ARGUMENT,
    DIALECT,
    NONE,
    layer_options,
    names_option,
    option,
    takes,
    takes_output,
)
from deconvcli.cli.output import Output
from deconvcli.cli.request import read_request
from deconvcli.common.errors import UsageError

_COMPARED_BY_DEFAULT = ("torch", "keras")


@click.command(cls=Command, short_help=__doc__)
@takes(
    CALL_ARGUMENT,
    *layer_options(
        size="Input size: 5 or 5x5; letters give formulas: N, HxW, 2N-1.",
        dialect=names_option(
            *DIALECT,
            "dialects",
            help="The dialect of the options, such as torch or keras@jax; further dialects are"
            " compared with it.  [default: as --padding suggests]",
        ),
    ),
    option(
        "--why",
        type=ANY_NUMBERS,
        metavar="Y,X",
        help="List the inputs that reach this output element, and the kernel elements (taps) by"
        " which they do.",
    ),
    names_option(
        "--compare",
        words=(ALL, NONE),
        help="Compare the layer with these dialects, all, or none."
        f"  [default: {','.join(_COMPARED_BY_DEFAULT)}]",
    ),
)
@takes_output("the output size, or the pairs of --why")
def command(
    dialects: tuple[str, ...] | None,
    why: tuple[int, ...] | None,
    compare: tuple[str, ...] | None,
    output: Output,
    **options: Any,
) -> None:
    """Explain step by step how a layer's parameters become its output size.

    Each step is shown as a formula, with the numbers inserted, and with its result. Other views of
    the same layer follow: the crop, the forward convolution, zeros between the inputs, the number
    of inputs that reach each output, and other frameworks.

    \b
    Examples:
      deconv explain --in 5x5 -k 3 -s 2 --padding same
      deconv explain --in 5x5 'Conv2DTranspose(8, 3, strides=2, output_padding=1)'
      deconv explain --in 5x5 -k 3 -s 2 -p 1 --why 4,4
    """
    dialect, *others = dialects or (None,)
    if compare is not None:
        others += compare
    if why is not None and (others or compare is not None):
        raise UsageError("--why compares no dialects", help="name one dialect, without --compare.")
    understood = read_request({**options, "dialect": dialect}).understand()
    understood = understood._replace(reading=understood.own)
    if why is not None:
        # Explaining the whole layer is the common case and should not pay for this import.
        from deconvcli.cli.explaining.element import report_element

        element = why * len(understood.reading.spatial) if len(why) == 1 else why
        output.show(report_element(understood, element))
        return
    if not others and compare is None:
        others += _COMPARED_BY_DEFAULT
    output.show(report_layer(understood, others))
