"""Separable convolution: a depthwise convolution, then one of kernel 1 that mixes its channels."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Call, Operation, Parameters, Shape
from deconvcli.networks.operations._channels import OUT_CHANNELS
from deconvcli.networks.operations._sizes import read_channels
from deconvcli.networks.operations.depthwise_conv import DepthwiseConv


class SeparableConv(DepthwiseConv):
    """A depthwise convolution and the mix of its channels, which alone has a bias."""

    name = "separable_conv"
    aliases = ("separable_conv1d", "separable_conv2d")
    title = "convolution of each channel alone, then of kernel 1"
    keys = (OUT_CHANNELS, *DepthwiseConv.keys)
    calls = (
        Call(
            "keras",
            ("SeparableConv1D", "SeparableConv2D"),
            (
                "filters",
                "kernel_size",
                "strides",
                "padding",
                "data_format",
                "dilation_rate",
                "depth_multiplier",
                "activation",
                "use_bias",
            ),
            required=2,
        ),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the positions of the window, in `out_channels` channels."""
        out = super().shape(parameters, inputs, dialect)
        return out._replace(
            channels=read_channels(self.values(parameters)["out_channels"], "out_channels")
        )

    def weights(self, parameters: Parameters, given: Shape) -> int:
        """Return the number of weights of both convolutions."""
        [channels] = require_numbers([given.channels])
        values = self.values(parameters)
        mixed = channels * int(values["multiplier"]) * int(values["out_channels"])
        return super().weights(parameters, given) + mixed


OPERATION: Operation = SeparableConv()
