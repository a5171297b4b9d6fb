"""The layer options of the command line, made into a request."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from deconvcli.frameworks.request import LayerRequest
from deconvcli.frameworks.wording import Names

# The options that are parameters of the layer, as they are typed.
FLAGS = MappingProxyType(
    {
        "kernel": "-k/--kernel",
        "stride": "-s/--stride",
        "padding": "-p/--padding",
        "output_padding": "--op/--output-padding",
        "dilation": "-d/--dilation",
        "groups": "-g/--groups",
        "in_channels": "--in-channels",
        "out_channels": "--out-channels",
        "output_size": "--output-size",
        "auto_pad": "--auto-pad",
        "transpose_kernel": "--transpose-kernel",
        "data_format": "--data-format",
    }
)
NAMES = Names(FLAGS, "--dialect", "--in", "--batch", "--set")


def read_request(options: Mapping[str, Any]) -> LayerRequest:
    """Return the layer that a command's keyword arguments request."""
    roles = {role: options[role] for role in FLAGS if options[role] is not None}
    batch = None if options["batch"] is None else options["batch"][0]
    return LayerRequest(
        options["call"],
        options["dialect"],
        options["input_size"],
        batch,
        roles,
        names=NAMES,
        variables=options["variables"] or {},
    )
