"""How a layer becomes its output: step by step, element by element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from deconvcli.cli.explaining import report_layer
from deconvcli.cli.options import ANY_NUMBERS, LAYER_OPTIONS, OUTPUT_OPTIONS, takes
from deconvcli.cli.output import show
from deconvcli.cli.request import ALL, Request
from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialects import in_order, take

_MOST_USED = ("torch", "keras")


@click.command(short_help=__doc__)
@takes(*LAYER_OPTIONS)
@click.option(
    "--why",
    type=ANY_NUMBERS,
    metavar="Y,X",
    help="Which inputs reach this output element, and by which taps of the kernel.",
)
@click.option(
    "--compare",
    metavar="NAMES",
    help=f"Dialects to hold the layer against, all, or none; {','.join(_MOST_USED)} if left out.",
)
@takes(*OUTPUT_OPTIONS)
def command(
    why: tuple[int, ...] | None, compare: str | None, format: str, quiet: bool, **options: Any
) -> None:
    """How the words of a framework become the output size, step by step.

    Each step is shown as a formula, with the numbers put in, and with its result. Then the same
    layer from other sides: the crop, the forward convolution, zeros between the inputs, how many
    inputs reach each output, and other frameworks.

    \b
    Examples:
      deconv explain --in 5x5 -k 3 -s 2 --padding same
      deconv explain --in 5x5 'Conv2DTranspose(8, 3, strides=2, output_padding=1)'
      deconv explain --in 5x5 -k 3 -s 2 -p 1 --why 4,4
    """
    if why is not None and compare is not None:
        raise UsageError("--compare does nothing beside --why", help="leave one of them out.")
    others = _others(compare)
    understood = Request.of(options).understood()
    if why is not None:
        # The whole layer is the common case, and it should not pay for this.
        from deconvcli.cli.explaining.element import report_element

        element = why * len(understood.reading.spatial) if len(why) == 1 else why
        show(report_element(understood, element), format, quiet=quiet)
        return
    show(report_layer(understood, others), format, quiet=quiet)


def _others(compare: str | None) -> Sequence[str]:
    """The dialects that --compare names.

    Raises:
        UsageError: one of them is unknown.
    """
    if compare is None:
        return _MOST_USED
    named = {ALL: in_order(), "none": []}.get(compare, compare.split(","))
    for name in named:
        take(name)
    return named
