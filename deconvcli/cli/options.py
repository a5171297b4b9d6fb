"""Each shared option, defined once: a layer, and how the answer is to be printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from deconvcli.cli.types import Count, Numbers, ParamType, Sides, Sizes
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import MAX_INT64
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.views.answers.renderers import RENDERERS

# How small a parameter may be is for the dialect to say, with its reason.
ANY_NUMBERS = Numbers(-MAX_INT64)
ANY_COUNT = Count(-MAX_INT64)

Command = TypeVar("Command", bound=Callable[..., Any])


class Word(click.Choice[str]):
    """A choice whose error names the nearest right word."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """As Click's, shorter and with a guess."""
        return f"{value!r} is not known; {suggestion(str(value), list(self.choices))}"


class DialectName(ParamType):
    """A dialect, or dialect@implementation; checked where it is taken."""

    name = "dialect"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """As --help shows it."""
        return "NAME"


def _option(*names: str, **settings: Any) -> Callable[[Command], Command]:
    return click.option(*names, **settings)


LAYER_OPTIONS = (
    click.argument("call", required=False),
    _option(
        "-D",
        "--dialect",
        "--framework",
        "dialect",
        type=DialectName(),
        help=f"Whose words these are: {', '.join(DIALECTS.names)}; or one implementation, such as"
        " keras@torch. For shape also several, as torch,keras, or all.",
    ),
    _option("--in", "input_size", type=Sizes(), help="Input size: 5, 5x5; symbols: N, HxW, 2N-1."),
    _option(
        "-k", "--kernel", "--kernel-size", "kernel", type=ANY_NUMBERS, help="Kernel size: 3, 3x5."
    ),
    _option(
        "-s",
        "--stride",
        "--strides",
        "stride",
        type=ANY_NUMBERS,
        help="Stride: how far apart two inputs lie in the output.",
    ),
    _option(
        "-p",
        "--padding",
        "padding",
        type=Sides(),
        help="valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.",
    ),
    _option(
        "--op",
        "--output-padding",
        "output_padding",
        type=ANY_NUMBERS,
        help="Elements given back at the end of each axis.",
    ),
    _option(
        "-d",
        "--dilation",
        "--dilation-rate",
        "dilation",
        type=ANY_NUMBERS,
        help="Dilation: how far apart two kernel elements lie.",
    ),
    _option("-g", "--groups", "groups", type=ANY_COUNT, help="Groups of channels."),
    _option("--in-channels", "in_channels", type=Count(1), help="Input channels."),
    _option("--out-channels", "--filters", "out_channels", type=Count(1), help="Output channels."),
    _option(
        "--output-size",
        "--output-shape",
        "output_size",
        type=Numbers(1),
        help="Ask for this output size.",
    ),
    _option("--auto-pad", "auto_pad", metavar="WORD", help="ONNX, OpenVINO: SAME_UPPER ..."),
    _option(
        "--transpose-kernel", "transpose_kernel", is_flag=True, default=None, help="JAX, Flax."
    ),
    _option("--data-format", "data_format", metavar="WORD", help="channels_last, NCHW ..."),
    _option("--batch", "batch", type=Count(0), help="Batch size."),
)


def format_option(names: Sequence[str], help: str) -> Callable[[Any], Any]:
    """--format, one of these names; a user's own choice comes from the environment."""
    return _option(
        "--format",
        "format",
        type=Word(names),
        default="text",
        envvar="DECONV_FORMAT",
        show_envvar=True,
        show_default=True,
        help=help,
    )


OUTPUT_OPTIONS = (
    format_option(RENDERERS.names, help="How the result is printed."),
    _option("-q", "--quiet", "quiet", is_flag=True, help="Only the bare result."),
)


def takes(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """The options, in the order in which --help is to show them."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add
