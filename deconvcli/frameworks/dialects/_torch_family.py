"""What PyTorch calls a layer's first parameters, and those who took its names over."""

from __future__ import annotations

from deconvcli.frameworks.dialect.parameters import Argument

LAYER_START = (
    Argument("in_channels", "in_channels", None, "input channels"),
    Argument("out_channels", "out_channels", None, "output channels"),
    Argument("kernel_size", "kernel", None, "kernel size"),
    Argument("stride", "stride", 1, "distance of two stamps in the output"),
)
