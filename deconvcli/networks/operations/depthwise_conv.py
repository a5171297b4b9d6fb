"""Depthwise convolution: each channel has windows of its own, and no others are mixed into it."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, ClassVar

from deconvcli.common.values import per_axis
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import read_channels
from deconvcli.networks.operations._window import DILATION, KERNEL, PADDING, STRIDE, Sliding

BIAS = Key("bias", KeyForm.FLAG, True, "one number added per channel", aliases=("use_bias",))
MULTIPLIER = Key(
    "multiplier",
    KeyForm.INTEGER,
    1,
    "windows for each input channel",
    aliases=("depth_multiplier", "channel_multiplier"),
    at_least=1,
)


class DepthwiseConv(Sliding):
    """A convolution with `multiplier` output channels for each input channel."""

    name = "depthwise_conv"
    aliases = ("depthwise_conv1d", "depthwise_conv2d")
    title = "convolution of each channel alone"
    keys: ClassVar[tuple[Key, ...]] = (KERNEL, STRIDE, PADDING, DILATION, MULTIPLIER, BIAS)
    calls: ClassVar[tuple[Call, ...]] = (
        Call(
            "keras",
            ("DepthwiseConv1D", "DepthwiseConv2D"),
            (
                "kernel_size",
                "strides",
                "padding",
                "depth_multiplier",
                "data_format",
                "dilation_rate",
                "activation",
                "use_bias",
            ),
            required=1,
        ),
    )

    def window_values(self, parameters: Parameters) -> dict[str, Any]:
        """Return the keys' values."""
        return self.values(parameters)

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the positions of the window, in `multiplier` times the channels."""
        [given] = inputs
        channels = given.channels * self._multiplier(parameters)
        return Shape(channels, self.output_sizes(parameters, given, dialect))

    def mac_factors(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> Sequence[Size]:
        """Return the factors: every weight is used once at every position."""
        out = self.shape(parameters, inputs, dialect)
        return (self.weights(parameters, inputs[0]), *out.spatial)

    def parameter_count(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """Return the number of weights, and one bias for each output channel.

        Source: measured with Keras 3.15.1, `layer.count_params()`.
        """
        out = self.shape(parameters, inputs, dialect)
        [channels] = require_numbers([out.channels])
        bias = channels if self.values(parameters)["bias"] else 0
        return self.weights(parameters, inputs[0]) + bias

    def weights(self, parameters: Parameters, given: Shape) -> int:
        """Return the number of weights."""
        [channels] = require_numbers([given.channels])
        taps = prod(per_axis(self.values(parameters)["kernel"], len(given.spatial), "kernel"))
        return channels * self._multiplier(parameters) * taps

    def _multiplier(self, parameters: Parameters) -> int:
        return read_channels(self.values(parameters)["multiplier"], "multiplier")


OPERATION: Operation = DepthwiseConv()
