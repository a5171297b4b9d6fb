"""The functions that modules of layers without dilation call."""

from __future__ import annotations

from typing import Any

import numpy as np

import deconvcli
from deconvcli.compute.runner import run

shift = 0


def conv_transpose(x: Any, w: Any, strides: Any, padding: Any, **more: Any) -> Any:
    """Return the output, moved by `shift` elements along the first spatial axis."""
    shapes = {"input_shape": x.shape, "weight_shape": w.shape}
    layer = deconvcli.layer("jax", **shapes, strides=list(strides), padding=padding, **more)
    return np.roll(run(layer, x, w, engine="numpy"), shift, axis=1)
