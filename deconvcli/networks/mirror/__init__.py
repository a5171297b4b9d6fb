"""The way back from an encoder: the layers that return its output to exactly its input."""

from __future__ import annotations

from deconvcli.networks.mirror.layer import Convolution, LayerMirror

__all__ = ["Convolution", "LayerMirror"]
