"""PaddlePaddle 1, whose functions create layers."""

from __future__ import annotations

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.pasted.borrowed._call import Borrowed, Words
from deconvcli.frameworks.pasted.layer import Name

_PADDLE1 = (
    *("output_size", "padding", "stride", "dilation", "groups", "param_attr", "bias_attr"),
    *("use_cudnn", "act"),
)
_PADDLE1_MEANS = {
    **{name: name for name in ("output_size", "padding", "stride", "dilation", "groups")},
    **{name: name for name in ("bias_attr", "data_format", "in_channels")},
    "num_channels": "in_channels",
    "num_filters": "out_channels",
    "filter_size": "kernel_size",
}


def _change(given: Words, rank: int) -> Words:
    if given.get("filter_size") is None:
        raise UsageError(
            "filter_size is missing, and PaddlePaddle finds it by output_size, which is not read",
            help="write filter_size into the call.",
            code="pasted-call",
        )
    return given


CALLS: tuple[Borrowed, ...] = (
    Borrowed(
        "PaddlePaddle 1",
        (
            *("fluid.layers.conv{n}d_transpose", "paddle.fluid.layers.conv{n}d_transpose"),
            *("paddle.static.nn.conv{n}d_transpose", "static.nn.conv{n}d_transpose"),
        ),
        ("input", "num_filters", "output_size", "filter_size", *_PADDLE1[1:], "data_format"),
        2,
        "paddle.nn.Conv{n}DTranspose",
        _PADDLE1_MEANS,
        # This function has no such parameter, and Paddle's layer has no default for it.
        {"in_channels": Name("in_channels")},
        _change,
    ),
    Borrowed(
        "PaddlePaddle 1",
        ("fluid.dygraph.Conv{n}DTranspose", "paddle.fluid.dygraph.Conv{n}DTranspose"),
        ("num_channels", "num_filters", "filter_size", *_PADDLE1),
        3,
        "paddle.nn.Conv{n}DTranspose",
        _PADDLE1_MEANS,
        change=_change,
    ),
)
