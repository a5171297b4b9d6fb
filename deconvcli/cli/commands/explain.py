"""Explain step by step how a layer gets its output size."""

from __future__ import annotations

from typing import Any

import click

from deconvcli.cli.explaining import report_layer
from deconvcli.cli.options import (
    ALL,
    ANY_NUMBERS,
    CALL_ARGUMENT,
    DIALECT,
    LAYER_OPTIONS,
    NONE,
    names_option,
    takes,
    takes_output,
)
from deconvcli.cli.output import Output
from deconvcli.cli.request import read_request
from deconvcli.common.errors import UsageError

_MOST_USED = ("torch", "keras")


@click.command(short_help=__doc__)
@takes(
    CALL_ARGUMENT,
    names_option(
        *DIALECT,
        "dialects",
        help="The dialect that the options are written in, such as torch or keras@jax; any further"
        " names are compared with it.",
    ),
    *LAYER_OPTIONS,
)
@click.option(
    "--why",
    type=ANY_NUMBERS,
    metavar="Y,X",
    help="List the (input, kernel tap) pairs that this output element sums.",
)
@names_option(
    "--compare",
    words=(ALL, NONE),
    help=f"Compare the layer with these dialects, all, or none.  [default: {','.join(_MOST_USED)}]",
)
@takes_output
def command(
    dialects: tuple[str, ...] | None,
    why: tuple[int, ...] | None,
    compare: tuple[str, ...] | None,
    output: Output,
    **options: Any,
) -> None:
    """Explain step by step how a layer gets its output size.

    Each step is shown as a formula, with the numbers filled in, and with its result. Other views
    of the layer follow: the crop, the forward convolution, zero insertion, the overlap of its
    inputs, and the same layer in other frameworks.

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
    if why is not None:
        # Explaining the whole layer is the common case and should not pay for this import.
        from deconvcli.cli.explaining.element import report_element

        element = why * len(understood.reading.spatial) if len(why) == 1 else why
        output.show(report_element(understood, element))
        return
    if not others and compare is None:
        others += _MOST_USED
    output.show(report_layer(understood, others))
