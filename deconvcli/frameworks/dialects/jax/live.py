"""The parameters of layer objects of Equinox and Haiku, without an import of them.

Both call functions of jax.lax.
"""

from __future__ import annotations

from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten
from deconvcli.frameworks.dialect.live import LiveLayer, find_shape, read_values

_EQUINOX = ("kernel_size", "stride", "padding", "output_padding", "dilation", "groups")


def describe_equinox(module: Any) -> LiveLayer:
    """Return the call of conv_general_dilated that an equinox.nn.ConvTranspose makes.

    Source: ConvTranspose._padding_transpose and _circular_pad in equinox/nn/_conv.py.
    """
    words = read_values(module, {name: name for name in (*_EQUINOX, "padding_mode")})
    rank, pads = len(words["kernel_size"]), []
    given = [(0, 0)] * rank if words["padding"] == "VALID" else words["padding"]
    for place in range(rank):
        kernel, stride, extra, dilation = (
            words[name][place] for name in ("kernel_size", "stride", "output_padding", "dilation")
        )
        most = dilation * (kernel - 1)
        if isinstance(given, str):
            total = most - stride + extra + 1
            extra, total = max(-total, 0), max(total, 0)
            low = (total + (given == "SAME_LOWER")) // 2
            begin, end = low, total - low
        else:
            begin, end = given[place]
        pads.append([most - begin, most - end + extra])
    call = {
        "window_strides": [1] * rank,
        "padding": pads,
        "lhs_dilation": words["stride"],
        "rhs_dilation": words["dilation"] if max(words["dilation"]) > 1 else None,
        "feature_group_count": words["groups"],
        "api": "conv_general_dilated",
    }
    # The same call then has another input, whose ends are copied from the opposite ends as far as
    # the padding would reach.
    circular = words["padding_mode"] == "CIRCULAR"
    # A layer of Equinox takes one input; users map it over a batch.
    return LiveLayer(call, rank, find_shape(module.weight), batch_axes=range(1), circular=circular)


def describe_haiku(module: Any) -> LiveLayer:
    """Return the call of conv_transpose that a haiku.ConvNDTranspose makes.

    Source: ConvNDTranspose in haiku/_src/conv.py.

    Raises:
        UsageError: it has an output_shape, which becomes another padding for each input.
    """
    if module.output_shape is not None:
        raise UsageError(
            f"this layer of Haiku has output_shape {shorten(module.output_shape)}, which is not"
            " read: it becomes another padding for each input size",
            help="make the layer without output_shape.",
            code="output-size",
        )
    words = read_values(module, {"stride": "strides", "padding": "padding"})
    rank, axes = module.num_spatial_dims, "HWD"[: module.num_spatial_dims]
    data = f"N{axes}C" if module.channel_index == -1 else f"NC{axes}"
    words |= {"dimension_numbers": [data, f"{axes}OI", data], "api": "conv_transpose"}
    # The weights are in no attribute, and their last axis is the input's channels.
    weight = (*module.kernel_shape, module.output_channels, None)
    return LiveLayer(words, rank, weight, batch_axes=range(2))
