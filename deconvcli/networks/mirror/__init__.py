"""The way back from an encoder: the layers that return its output to exactly its input."""

from __future__ import annotations

from deconvcli.networks.mirror.config import Decoder, write_config
from deconvcli.networks.mirror.convolution import Convolution
from deconvcli.networks.mirror.decoder import mirror_network
from deconvcli.networks.mirror.encoder import Encoder, find_convolution, walk_config, walk_pasted
from deconvcli.networks.mirror.layer import AxisMirror, LayerMirror, Row

__all__ = [
    "AxisMirror",
    "Convolution",
    "Decoder",
    "Encoder",
    "LayerMirror",
    "Row",
    "find_convolution",
    "mirror_network",
    "walk_config",
    "walk_pasted",
    "write_config",
]
