"""A layer's first parameters under PyTorch's names, which other frameworks use as well."""

from __future__ import annotations

from deconvcli.frameworks.dialect.parameters import Argument

LAYER_START = (
    Argument("in_channels", "in_channels", None, "input channels"),
    Argument("out_channels", "out_channels", None, "output channels"),
    Argument("kernel_size", "kernel", None, "kernel size"),
    Argument("stride", "stride", 1, "distance between two stamps in the output"),
)
