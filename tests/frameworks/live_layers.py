"""Real layer objects of the installed frameworks, read and computed here, and by themselves.

`python -m tests.frameworks.live_layers` compares shape and values of each; it needs no pytest, and
runs in the session `frameworks`. Each framework has a process of its own: some crash together.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np

import deconvcli
from deconvcli.compute.runner.foreign import as_array

# A layer object, its weights, its input, and its output without bias.
Case = tuple[Any, Any, Any, Any]
FIRST, LAST = (2, 4, 5, 6), (2, 5, 6, 4)


def data(shape: tuple[int, ...]) -> Any:
    """Numbers that are different everywhere."""
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def torch_layers() -> Iterator[Case]:
    """Plain, lazy, parametrised and changed layers."""
    import torch
    from torch import nn
    from torch.nn.utils.parametrizations import spectral_norm, weight_norm

    words: dict[str, Any] = {"stride": 2, "bias": False}
    lazy = nn.LazyConvTranspose2d(6, 3, **words)
    lazy(torch.zeros(FIRST))
    narrow = nn.ConvTranspose2d(4, 6, 3, **words)
    narrow.weight = nn.Parameter(narrow.weight[:, :5].clone())
    layers: list[Any] = [
        nn.ConvTranspose2d(4, 6, (3, 4), (2, 3), (1, 0), (0, 2), 2, False, (1, 2)),
        lazy,
        weight_norm(nn.ConvTranspose2d(4, 6, 3, **words)),
        spectral_norm(nn.ConvTranspose2d(4, 6, 3, **words)).eval(),
        narrow,
    ]
    x = torch.tensor(data(FIRST))
    for layer in layers:
        yield layer, layer.weight, x, layer(x)
    for one, shape in ((nn.ConvTranspose1d, (4, 7)), (nn.ConvTranspose3d, (2, 4, 3, 4, 5))):
        layer = one(4, 6, 4, 2, 1, bias=False)
        x = torch.tensor(data(shape))
        yield layer, layer.weight, x, layer(x)
    layer = nn.ConvTranspose2d(4, 6, 3, bias=False).bfloat16()
    x = torch.tensor(data(FIRST)).bfloat16()
    yield layer, layer.weight, x, layer(x)


def keras_layers(name: str = "keras") -> Iterator[Case]:
    """The layers of any Keras."""
    from importlib import import_module

    layers = import_module(name).layers
    for words in (
        {"kernel_size": 4, "strides": 2, "padding": "same"},
        {"kernel_size": 3, "strides": (2, 3), "output_padding": (1, 0)},
        {"kernel_size": (3, 2), "dilation_rate": 2},
    ):
        layer = layers.Conv2DTranspose(6, use_bias=False, **words)
        x = data(LAST)
        y = layer(x)  # which makes the kernel
        yield layer, layer.kernel, x, y


def tf_keras_layers() -> Iterator[Case]:
    """Keras 2."""
    yield from keras_layers("tf_keras")


def flax_layers() -> Iterator[Case]:
    """Both APIs."""
    import jax
    from flax import linen, nnx

    x, key = data(LAST), jax.random.key(0)
    for words in (
        {"kernel_size": (4, 3), "strides": (2, 2)},
        {"kernel_size": (3, 3), "strides": (2, 3), "padding": ((1, 2), (0, 1))},
        {"kernel_size": (3, 3), "padding": "CIRCULAR", "strides": (2, 2)},
        {"kernel_size": (3, 3), "padding": "VALID", "transpose_kernel": True},
    ):
        layer: Any = linen.ConvTranspose(6, use_bias=False, **words)
        bound = layer.bind(layer.init(key, x))
        weight = bound.variables["params"]["kernel"]
        yield layer, weight, x, bound(x)
        yield bound, weight, x, bound(x)
        layer = nnx.ConvTranspose(4, 6, use_bias=False, rngs=nnx.Rngs(0), **words)
        yield layer, layer.kernel, x, layer(x)


def equinox_layers() -> Iterator[Case]:
    """Images without a batch, channels first."""
    import equinox
    import jax

    x, key = data(FIRST[1:]), jax.random.key(0)
    for words in (
        {"stride": 2, "padding": 1, "output_padding": 1},
        {"stride": (2, 3), "padding": ((1, 0), (0, 2)), "dilation": 2},
        {"stride": 2, "padding": "SAME"},
        {"stride": 4, "padding": "SAME_LOWER", "groups": 2},
    ):
        layer: Any = equinox.nn.ConvTranspose2d(4, 6, 3, use_bias=False, key=key, **words)
        yield layer, layer.weight, x, layer(jax.numpy.asarray(x))


def paddle_layers() -> Iterator[Case]:
    """Paddings in all forms."""
    import paddle

    x = paddle.to_tensor(data(FIRST))
    for words in (
        {"stride": 2, "padding": 1},
        {"stride": (2, 3), "padding": [1, 0, 0, 1], "output_padding": (0, 1), "groups": 2},
        {"stride": 2, "padding": "SAME"},
    ):
        layer = paddle.nn.Conv2DTranspose(4, 6, 3, bias_attr=False, **words)
        yield layer, layer.weight, x, layer(x)


def mlx_layers() -> Iterator[Case]:
    """Channels last."""
    import mlx.core as mx
    from mlx import nn

    mx.set_default_device(mx.cpu)
    x = mx.array(data(LAST))
    for words in (
        {"stride": 2, "padding": 1},
        {"stride": (2, 3), "padding": (1, 0), "dilation": 2, "output_padding": (1, 0)},
    ):
        layer: Any = nn.ConvTranspose2d(4, 6, 3, bias=False, **words)
        yield layer, layer.weight, x, layer(x)


def tinygrad_layers() -> Iterator[Case]:
    """Any number of axes."""
    from tinygrad import Tensor, nn

    for make, shape in ((nn.ConvTranspose1d, (2, 4, 5)), (nn.ConvTranspose2d, FIRST)):
        layer, x = make(4, 6, 3, stride=2, padding=1, bias=False), Tensor(data(shape))
        yield layer, layer.weight, x, layer(x)


LAYERS: dict[str, tuple[Callable[[], Iterator[Case]], dict[str, str]]] = {
    "torch": (torch_layers, {}),
    "keras on tensorflow": (keras_layers, {"KERAS_BACKEND": "tensorflow"}),
    "keras on torch": (keras_layers, {"KERAS_BACKEND": "torch"}),
    "keras on jax": (keras_layers, {"KERAS_BACKEND": "jax"}),
    "tf_keras": (tf_keras_layers, {}),
    "flax": (flax_layers, {}),
    "equinox": (equinox_layers, {}),
    "paddle": (paddle_layers, {}),
    "mlx": (mlx_layers, {}),
    "tinygrad": (tinygrad_layers, {"DEV": "PYTHON"}),
}


def compare(name: str) -> int:
    """Compare every layer of one framework, and return how many there are."""
    count = 0
    for module, weight, x, given in LAYERS[name][0]():
        layer = deconvcli.layer(module, input_shape=x.shape)
        y, expected = deconvcli.run(layer, x, weight), as_array(given, "y")
        assert layer.output_shape == expected.shape, (layer, expected.shape)
        assert y.dtype == expected.dtype, (layer, y.dtype, expected.dtype)
        bound = 0.02 if y.dtype.name == "bfloat16" else 1e-4
        np.testing.assert_allclose(
            y.astype("f8"), expected.astype("f8"), bound, bound, err_msg=str(layer)
        )
        count += 1
    return count


def main() -> None:
    """Compare all that is installed, or only the framework that is named."""
    if sys.argv[1:]:
        print(f"{sys.argv[1]}: {compare(sys.argv[1])} layers as they compute themselves")
        return
    for name, (_, environment) in LAYERS.items():
        needed = name.split(" on ")
        if any(find_spec(module) is None for module in needed):
            print(f"{name}: not installed")
            continue
        command = [sys.executable, "-m", "tests.frameworks.live_layers", name]
        subprocess.run(command, check=True, env={**os.environ, **environment})


if __name__ == "__main__":
    main()
