"""Convolution: a weighted window slides over the input, channels are mixed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.common.values import per_axis
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import product, require_numbers
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._channels import GROUPS, IN_CHANNELS, OUT_CHANNELS, mixed
from deconvcli.networks.operations._sizes import refuse
from deconvcli.networks.operations._window import DILATION, KERNEL, PADDING, STRIDE, Sliding


class Conv(Sliding):
    """A convolution in any framework's rounding and words."""

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
        Call(
            "torch",
            ("Conv{n}d",),
            (
                "in_channels",
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
            ),
        ),
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
        ),
    )

    def words(self, parameters: Parameters) -> dict[str, Any]:
        """The keys' values."""
        return self.values(parameters)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Positions of the window, in `out_channels` channels."""
        words, [given] = self.values(parameters), inputs
        channels = mixed(words, given)
        if words["padding"] == "same" and not take(dialect)[0].windows.same_has_strides:
            _refuse_strides(per_axis(words["stride"], len(given.spatial), "stride"), dialect)
        return Shape(channels, self.swept(parameters, given, dialect))

    def mac_factors(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> Sequence[Size]:
        """Every tap at every position, for each pair of channels in a group."""
        out = self.shape(parameters, inputs, dialect)
        return (self._weights(parameters, inputs), *out.spatial)

    def parameter_count(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """Weights, and one bias a channel."""
        words = self.values(parameters)
        bias = words["out_channels"] if words["bias"] else 0
        return self._weights(parameters, inputs) + int(bias)

    def _weights(self, parameters: Parameters, inputs: Sequence[Shape]) -> int:
        words, [given] = self.values(parameters), inputs
        [channels] = require_numbers([given.channels])
        taps = product(per_axis(words["kernel"], len(given.spatial), "kernel"))
        return channels // int(words["groups"]) * int(words["out_channels"]) * taps


def _refuse_strides(strides: tuple[int, ...], dialect: str) -> None:
    """Refuse strides beside a word that most frameworks take with strides.

    Source: torch 2.13.0, torch/nn/modules/conv.py, _ConvNd.__init__.
    """
    if max(strides, default=1) > 1:
        refuse(
            "padding",
            f"{dialect} has no padding 'same' for a convolution with strides",
            "give a number: for an odd kernel, half of it rounded down.",
        )


OPERATION: Operation = Conv()
