"""Convolution: a weighted window slides over the input and mixes its channels."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from deconvcli.common.values import per_axis
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._channels import (
    GROUPS,
    IN_CHANNELS,
    OUT_CHANNELS,
    read_out_channels,
)
from deconvcli.networks.operations._sizes import refuse
from deconvcli.networks.operations._window import DILATION, KERNEL, PADDING, STRIDE, Sliding

_LAZY = (
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "bias",
    "padding_mode",
    "device",
    "dtype",
)
# Flax's parameters after the channels, in both of its APIs.
_FLAX = (
    *("kernel_size", "strides", "padding", "input_dilation", "kernel_dilation"),
    *("feature_group_count", "use_bias"),
)


class Conv(Sliding):
    """A convolution with any framework's padding and rounding."""

    name = "conv"
    aliases = ("conv1d", "conv2d", "conv3d", "convolution")
    title = "convolution"
    keys = (
        OUT_CHANNELS,
        KERNEL,
        STRIDE,
        PADDING,
        DILATION,
        GROUPS,
        IN_CHANNELS,
        Key("bias", KeyForm.FLAG, True, "one number added per channel", aliases=("use_bias",)),
    )
    calls = (
        Call("torch", ("Conv{n}d",), ("in_channels", *_LAZY), required=3),
        Call(
            "keras",
            ("Conv{n}D",),
            (
                "filters",
                "kernel_size",
                "strides",
                "padding",
                "data_format",
                "dilation_rate",
                "groups",
                "activation",
                "use_bias",
            ),
            required=2,
        ),
        Call(
            "paddle",
            ("Conv{n}D",),
            (
                "in_channels",
                "out_channels",
                "kernel_size",
                "stride",
                "padding",
                "dilation",
                "groups",
                "padding_mode",
                "weight_attr",
                "bias_attr",
                "data_format",
            ),
            {"bias_attr": "bias"},
            required=3,
        ),
        Call(
            "mxnet",
            ("Conv{n}D",),
            (
                "channels",
                "kernel_size",
                "strides",
                "padding",
                "dilation",
                "groups",
                "layout",
                "in_channels",
                "activation",
                "use_bias",
            ),
            {"channels": "out_channels"},
            required=2,
        ),
        # In nnx, which takes the input's channels as well, and always `rngs`.
        Call(
            "flax",
            ("Conv",),
            ("in_features", "out_features", *_FLAX),
            {
                "in_features": "in_channels",
                "out_features": "out_channels",
                "kernel_dilation": "dilation",
                "feature_group_count": "groups",
            },
            # The default of Flax.
            {"padding": "same"},
            required=3,
            by_name=("rngs",),
        ),
        Call(
            "flax",
            ("Conv",),
            ("features", *_FLAX),
            {"kernel_dilation": "dilation", "feature_group_count": "groups"},
            {"padding": "same"},
            required=2,
        ),
    )

    def window_values(self, parameters: Parameters) -> dict[str, Any]:
        """Return the keys' values."""
        return self.values(parameters)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the positions of the window, in `out_channels` channels."""
        values, [given] = self.values(parameters), inputs
        channels = read_out_channels(values, given)
        if values["padding"] == "same" and not take(dialect)[0].windows.same_has_strides:
            _refuse_strides(per_axis(values["stride"], len(given.spatial), "stride"), dialect)
        return Shape(channels, self.output_sizes(parameters, given, dialect))

    def mac_factors(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> Sequence[Size]:
        """Return the factors: every weight is used once at every position."""
        out = self.shape(parameters, inputs, dialect)
        return (self._weights(parameters, inputs), *out.spatial)

    def parameter_count(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """Return the number of weights, and one bias per channel."""
        values = self.values(parameters)
        bias = values["out_channels"] if values["bias"] else 0
        return self._weights(parameters, inputs) + int(bias)

    def _weights(self, parameters: Parameters, inputs: Sequence[Shape]) -> int:
        values, [given] = self.values(parameters), inputs
        [channels] = require_numbers([given.channels])
        taps = prod(per_axis(values["kernel"], len(given.spatial), "kernel"))
        return channels // int(values["groups"]) * int(values["out_channels"]) * taps


def _refuse_strides(strides: tuple[int, ...], dialect: str) -> None:
    """Refuse strides together with a word that most frameworks accept with strides.

    Source: torch 2.13.0, torch/nn/modules/conv.py, _ConvNd.__init__.
    """
    if max(strides, default=1) > 1:
        refuse(
            "padding",
            f"{dialect} does not accept padding 'same' for a convolution with strides",
            "give a number: for an odd kernel, half of it, rounded down.",
        )


OPERATION: Operation = Conv()
