"""Sub-pixel blocks computed by their framework, and by the transposed convolution that is the same.

`python -m tests.conversion.joining.executed NAME` prints one line for each block that differs, and
a count.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import prod
from typing import Any, TypeAlias

import numpy as np

import deconvcli
from deconvcli.compute.runner import Array
from deconvcli.conversion.proof import draw

Blocks: TypeAlias = Callable[[Array, Array, tuple[int, int], int], Any]
# Input size, taps, factor, zeros before and after each axis.
CASES = [
    (5, 3, 2, (1, 1)),
    (5, 3, 2, (0, 0)),
    (4, 2, 3, (0, 1)),
    (6, 4, 2, (1, 2)),
    (3, 1, 4, (0, 0)),
    (4, 3, 2, (4, 3)),
]


def compute_torch(x: Array, w: Array, zeros: tuple[int, int], factor: int) -> Any:
    """Return a pixel shuffle of PyTorch's convolution."""
    import torch
    from torch.nn import functional

    padded = functional.pad(torch.from_numpy(x), zeros * 2)
    return functional.pixel_shuffle(functional.conv2d(padded, torch.from_numpy(w)), factor).numpy()


def compute_tensorflow(x: Array, w: Array, zeros: tuple[int, int], factor: int) -> Any:
    """Return a depth_to_space of TensorFlow's convolution."""
    import tensorflow as tf

    padded = tf.pad(x, [(0, 0), zeros, zeros, (0, 0)])
    return tf.nn.depth_to_space(tf.nn.conv2d(padded, w, 1, "VALID"), factor).numpy()


def compute_keras(x: Array, w: Array, zeros: tuple[int, int], factor: int) -> Any:
    """Return a depth_to_space of a Keras layer."""
    import tensorflow as tf
    from keras import layers

    layer = layers.Conv2D(w.shape[-1], w.shape[0], use_bias=False)
    padded = layers.ZeroPadding2D((zeros, zeros))(x)
    layer.build(padded.shape)
    layer.set_weights([w])
    return tf.nn.depth_to_space(layer(padded), factor).numpy()


def compute_jax(x: Array, w: Array, zeros: tuple[int, int], factor: int) -> Any:
    """Return JAX' convolution with its channels put in place, the positions first."""
    import jax
    from jax import numpy as jnp

    order = ("NHWC", "HWIO", "NHWC")
    y = jax.lax.conv_general_dilated(x, w, (1, 1), (zeros, zeros), dimension_numbers=order)
    n, height, width, channels = y.shape
    y = y.reshape(n, height, width, factor, factor, channels // factor**2)
    y = jnp.transpose(y, (0, 1, 3, 2, 4, 5))
    return np.asarray(y.reshape(n, height * factor, width * factor, -1))


BLOCKS: dict[str, Blocks] = {
    "torch": compute_torch,
    "tensorflow": compute_tensorflow,
    "keras": compute_keras,
    "jax": compute_jax,
}


def main(name: str) -> None:
    """Print what differs in one framework."""
    for size, taps, factor, zeros in CASES:
        x_shape, w_shape = (2, size, size, 3), (taps, taps, 3, 2 * factor**2)
        if name == "torch":
            x_shape, w_shape = (2, 3, size, size), (2 * factor**2, 3, taps, taps)
        found = deconvcli.from_subpixel(
            name, input_shape=x_shape, weight_shape=w_shape, upscale=factor, zeros=[zeros, zeros]
        )
        x, w = draw(x_shape, 1, 0).astype("float32"), draw(w_shape, 1, 1).astype("float32")
        want = BLOCKS[name](x, w, zeros, factor)
        scope: dict[str, Any] = {}
        exec(found.module(), scope)
        y = np.asarray(scope["build"](w)(x))
        if y.shape != want.shape or not np.array_equal(y, want):
            print(f"{size} {taps} {factor} {zeros} in {name}: {y.shape} for {want.shape}")
        elif prod(y.shape) == 0:
            print(f"{size} {taps} {factor} {zeros}: nothing was compared")
    print(len(CASES))


if __name__ == "__main__":
    main(*sys.argv[1:])
