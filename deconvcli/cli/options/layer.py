"""The options of a layer, and the call that is pasted in their place."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from deconvcli.cli.help import OPTIONS
from deconvcli.cli.options.building import option
from deconvcli.cli.options.dialects import DIALECT_OPTION
from deconvcli.cli.types import Count, Numbers, RequestedSizes, Sides, Sizes, Typed, Variables
from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64

# Each dialect has limits of its own, and refuses with its reason.
ANY_NUMBERS = Numbers(-MAX_INT64)
ANY_COUNT = Count(-MAX_INT64)

# Characters of a pasted text that are read from standard input; far fewer are accepted.
MAX_TYPED = 2**20


def read_standard_input(
    ctx: click.Context, param: click.Parameter, given: str | None
) -> str | None:
    """Return the pasted text, that of standard input for `-`."""
    if given != "-":
        return given
    text = "" if sys.stdin is None else sys.stdin.buffer.read(MAX_TYPED).decode("utf-8", "replace")
    if not text.strip():
        raise UsageError(
            "standard input is empty", help="pipe in a call, or what print(model) writes."
        )
    return text


CALL_ARGUMENT = click.argument("call", required=False, callback=read_standard_input)

MORE = "More options of the layer"


def layer_options(
    *,
    size: str = "Input size: 5 or 5x5.",
    kernel: str = "Kernel size: 3 or 3x5.",
    dialect: Callable[[Any], Any] = DIALECT_OPTION,
    numbers: Typed = ANY_NUMBERS,
    sides: Typed | None = None,
    is_search: bool = False,
    section: str = OPTIONS,
    more: str = MORE,
) -> tuple[Callable[[Any], Any], ...]:
    """Return the options of a layer; those that few layers need have a section of their own.

    size, kernel: the help of these options. dialect: the option for the dialect, or for several.
    numbers, sides: the types of numbers per axis and of the padding. is_search: whether the layer
    is searched, so that it has neither a batch nor an output size of its own.
    """
    of_data = (
        # Most frameworks take an empty batch.
        option("--batch", "batch", type=Count(0), help="Batch size.", section=more),
        option(
            "--output-size",
            "--output-shape",
            "output_size",
            type=RequestedSizes(),
            help="Output size to request, in dialects with such a parameter; letters of the input"
            " are allowed: 2Hx2W.",
            section=more,
        ),
        option(
            "--auto-pad",
            "auto_pad",
            metavar="WORD",
            help="Padding by a word in ONNX, OpenVINO and TensorRT: SAME_UPPER, VALID ...",
            section=more,
        ),
    )
    return (
        option("--in", "input_size", type=Sizes(), help=size, section=section),
        option(
            "-k",
            "--kernel",
            "--kernel-size",
            "kernel",
            type=numbers,
            help=kernel,
            section=section,
        ),
        option(
            "-s",
            "--stride",
            "--strides",
            "stride",
            type=numbers,
            help="Stride: the distance in the output between two inputs.",
            section=section,
        ),
        option(
            "-p",
            "--padding",
            "padding",
            type=sides or Sides(),
            help="Padding: valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.",
            section=section,
        ),
        dialect,
        option(
            "--op",
            "--output-padding",
            "output_padding",
            type=numbers,
            help="Elements added back at the end of each axis.",
            section=more,
        ),
        option(
            "-d",
            "--dilation",
            "--dilation-rate",
            "dilation",
            type=numbers,
            help="Dilation: the distance between two kernel elements.",
            section=more,
        ),
        option(
            "-g",
            "--groups",
            "groups",
            type=ANY_COUNT,
            help="Number of channel groups.",
            section=more,
        ),
        option(
            "--in-channels",
            "in_channels",
            type=Count(1),
            help="Number of input channels.",
            section=more,
        ),
        option(
            "--out-channels",
            "--filters",
            "out_channels",
            type=Count(1),
            help="Number of output channels.",
            section=more,
        ),
        *(() if is_search else of_data),
        option(
            "--transpose-kernel",
            "transpose_kernel",
            is_flag=True,
            # Not False: a flag that is not given is no parameter of the layer.
            default=None,
            help="Flip the kernel, in JAX and Flax.",
            section=more,
        ),
        option(
            "--data-format",
            "data_format",
            metavar="WORD",
            help="Order of the axes: channels_last, NCHW ...",
            section=more,
        ),
        option(
            "--set",
            "variables",
            type=Variables(),
            multiple=True,
            callback=_join_variables,
            help="Values of variables in CALL: k=4,s=2.",
            section=more,
        ),
    )


def _join_variables(
    ctx: click.Context, param: click.Parameter, given: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    joined: dict[str, Any] = {}
    for values in given:
        if twice := sorted(joined.keys() & values.keys()):
            raise UsageError(f"--set gives {twice[0]} two values", help="give it once.")
        joined |= values
    return joined or None
