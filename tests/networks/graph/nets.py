"""Networks that several tests walk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.layers.axis import Size
from deconvcli.networks.graph import Network, Node
from deconvcli.networks.operation import Shape

_CONV = {"out_channels": 8, "kernel": 3, "padding": 1}
_UP = {"out_channels": 8, "kernel": 2, "stride": 2}


def unet(depth: int, spatial: tuple[Size, ...], up: Mapping[str, Any] | None = None) -> Network:
    """Return a U-Net of padded convolutions that halves and doubles `depth` times."""
    nodes: list[Node] = []
    above = "x"
    for level in range(depth):
        nodes.append(Node(f"conv{level}", "conv", _CONV, (above,)))
        above = f"pool{level}"
        nodes.append(Node(above, "max_pool", {"kernel": 2}, (f"conv{level}",)))
    nodes.append(Node("middle", "conv", _CONV, (above,)))
    above = "middle"
    for level in reversed(range(depth)):
        nodes.append(Node(f"up{level}", "conv_transpose", up or _UP, (above,)))
        above = f"cat{level}"
        nodes.append(Node(above, "concat", {}, (f"up{level}", f"conv{level}")))
    return Network("unet", {"x": Shape(1, spatial)}, tuple(nodes))


def paper(spatial: tuple[Size, ...]) -> Network:
    """Return the U-Net of the paper: convolutions without padding, cropped skips.

    Source: Ronneberger, Fischer & Brox 2015 (arXiv 1505.04597), figure 1.
    """
    nodes: list[Node] = []

    def add(name: str, operation: str, parameters: Mapping[str, Any], *inputs: str) -> str:
        nodes.append(Node(name, operation, parameters, inputs))
        return name

    def two(name: str, channels: int, above: str) -> str:
        conv = {"out_channels": channels, "kernel": 3}
        return add(f"{name}b", "conv", conv, add(f"{name}a", "conv", conv, above))

    above, skips = "x", []
    for level in range(4):
        skips.append(two(f"e{level}", 64 << level, above))
        above = add(f"pool{level}", "max_pool", {"kernel": 2}, skips[-1])
    above = two("middle", 1024, above)
    for level in reversed(range(4)):
        up = {"out_channels": 64 << level, "kernel": 2, "stride": 2}
        doubled = add(f"up{level}", "conv_transpose", up, above)
        cropped = add(f"crop{level}", "crop_like", {}, skips[level], doubled)
        joined = add(f"cat{level}", "concat", {}, cropped, doubled)
        above = two(f"d{level}", 64 << level, joined)
    add("out", "conv", {"out_channels": 2, "kernel": 1}, above)
    return Network("paper", {"x": Shape(1, spatial)}, tuple(nodes))
