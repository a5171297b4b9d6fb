"""Real layer objects of the installed frameworks, read and computed here, and by themselves.

`python -m tests.frameworks.live_layers` compares shape and values of each, and of random ones that
the framework refuses, that they are refused; it needs no pytest, and runs in the session
`frameworks`. Each framework has a process of its own: some crash together.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any, NamedTuple

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


class Geometry(NamedTuple):
    """Random numbers of a layer, which each framework is given in its own parameters."""

    rank: int
    shape: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[int, ...]
    extra: tuple[int, ...]
    groups: int
    word: str
    flag: bool

    @classmethod
    def draw(cls, dice: random.Random) -> Geometry:
        """Draw one; most frameworks accept most of them."""
        rank = dice.choice((1, 2, 2, 2, 3))

        def numbers(*choices: int) -> tuple[int, ...]:
            return tuple(dice.choice(choices) for _ in range(rank))

        return cls(
            rank,
            numbers(1, 2, 3, 4, 6),
            numbers(1, 2, 3, 4),
            numbers(1, 2, 2, 3),
            numbers(*dice.choice(((1,), (1,), (1, 2)))),
            numbers(*dice.choice(((0,), (1,), (0, 1, 2)))),
            numbers(*dice.choice(((0,), (0,), (0, 1)))),
            dice.choice((1, 1, 2)),
            dice.choice(("SAME", "VALID")),
            dice.random() < 0.5,
        )

    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Return (begin, end) of each axis."""
        return tuple(zip(self.padding, self.extra, strict=True))

    def first(self) -> Any:
        """Return an input with channels first."""
        return data((2, 4, *self.shape))

    def last(self) -> Any:
        """Return an input with channels last."""
        return data((2, *self.shape, 4))


# A layer object, its input, and how it is called and has weights: those may not exist before.
Drawn = tuple[Any, Any, Callable[[], tuple[Any, Any]]]


def draw_torch(one: Geometry) -> Drawn:
    """Plain, scripted or traced, in turn."""
    import torch
    from torch import nn

    plain = getattr(nn, f"ConvTranspose{one.rank}d")(
        *(4, 6, one.kernel, one.stride, one.padding, one.extra, one.groups, False, one.dilation)
    )
    x, kind, layer = torch.tensor(one.first()), sum(one.kernel) % 3, plain
    plain(x)  # refused here rather than while it is traced
    if kind == 1:
        layer = torch.jit.script(plain)
    elif kind == 2:
        layer = torch.jit.trace(plain, x)
    return layer, x, lambda: (layer(x), layer.weight)


def draw_keras(one: Geometry, name: str = "keras") -> Drawn:
    """Unbuilt when it is read."""
    from importlib import import_module

    x = one.last()
    layer = getattr(import_module(name).layers, f"Conv{one.rank}DTranspose")(
        6,
        one.kernel,
        one.stride,
        one.word.lower(),
        one.extra if one.flag else None,
        dilation_rate=one.dilation,
        use_bias=False,
    )
    return layer, x, lambda: (layer(x), layer.kernel)


def draw_tf_keras(one: Geometry) -> Drawn:
    """Keras 2."""
    return draw_keras(one, "tf_keras")


def draw_flax(one: Geometry) -> Drawn:
    """Both APIs in turn."""
    import jax
    from flax import linen, nnx

    x, key = one.last(), jax.random.key(0)
    words: dict[str, Any] = {
        "kernel_size": one.kernel,
        "strides": one.stride,
        "kernel_dilation": one.dilation,
        "padding": one.pairs() if one.flag else ("CIRCULAR" if one.groups > 1 else one.word),
        "transpose_kernel": one.word == "VALID",
        "use_bias": False,
    }
    if sum(one.kernel) % 2:
        nnx_layer = nnx.ConvTranspose(4, 6, rngs=nnx.Rngs(0), **words)
        return nnx_layer, x, lambda: (nnx_layer(x), nnx_layer.kernel)
    layer: Any = linen.ConvTranspose(6, **words)

    def call() -> tuple[Any, Any]:
        bound = layer.bind(layer.init(key, x))
        return bound(x), bound.variables["params"]["kernel"]

    return layer, x, call


def draw_equinox(one: Geometry) -> Drawn:
    """Channels first, without a batch; some circular."""
    import equinox
    import jax

    same = one.word if sum(one.kernel) % 2 else "SAME_LOWER"
    layer = equinox.nn.ConvTranspose(
        *(one.rank, 4, 6, one.kernel, one.stride),
        padding=one.pairs() if one.flag else same,
        output_padding=one.extra,
        dilation=one.dilation,
        groups=one.groups,
        use_bias=False,
        padding_mode="ZEROS" if one.flag or any(one.extra) else "CIRCULAR",
        key=jax.random.key(0),
    )
    x = jax.numpy.asarray(one.first()[0])
    return layer, x, lambda: (layer(x), layer.weight)


def draw_haiku(one: Geometry) -> Drawn:
    """Channels first or last, with or without a batch."""
    import haiku
    import jax

    made: list[Any] = []
    first = sum(one.kernel) % 2
    formats = ("NCW", "NCHW", "NCDHW") if first else ("NWC", "NHWC", "NDHWC")

    def call(x: Any) -> Any:
        layer = haiku.ConvNDTranspose(
            one.rank,
            6,
            one.kernel,
            one.stride,
            padding=one.pairs() if one.flag else one.word,
            with_bias=False,
            data_format=formats[one.rank - 1],
        )
        made.append(layer)
        return layer(x)

    x = one.first() if first else one.last()
    x = x[0] if one.groups > 1 else x
    transformed = haiku.transform(call)
    weights = transformed.init(jax.random.key(0), x)
    [found] = jax.tree_util.tree_leaves(weights)
    return made[0], x, lambda: (transformed.apply(weights, None, x), found)


def draw_paddle(one: Geometry) -> Drawn:
    """Numbers, pairs or a word."""
    import paddle

    flat = [number for pair in one.pairs() for number in pair]
    layer = getattr(paddle.nn, f"Conv{one.rank}DTranspose")(
        *(4, 6, list(one.kernel), list(one.stride)),
        padding=one.word if one.groups > 1 else flat if one.flag else list(one.padding),
        output_padding=list(one.extra),
        groups=one.groups,
        dilation=list(one.dilation),
        bias_attr=False,
    )
    x = paddle.to_tensor(one.first())
    return layer, x, lambda: (layer(x), layer.weight)


def draw_mlx(one: Geometry) -> Drawn:
    """Channels last."""
    import mlx.core as mx
    from mlx import nn

    mx.set_default_device(mx.cpu)
    numbers = (one.kernel, one.stride, one.padding, one.dilation, one.extra)
    # The layer of one axis takes no tuples.
    own = [axis[0] if one.rank == 1 else axis for axis in numbers]
    layer = getattr(nn, f"ConvTranspose{one.rank}d")(4, 6, *own, bias=False)
    x = mx.array(one.last())
    return layer, x, lambda: (layer(x), layer.weight)


def draw_tinygrad(one: Geometry) -> Drawn:
    """Any number of axes."""
    from tinygrad import Tensor, nn

    layer = nn.ConvTranspose2d(
        *(4, 6, one.kernel, one.stride, one.padding, one.extra, one.dilation, one.groups, False)
    )
    x = Tensor(one.first())
    return layer, x, lambda: (layer(x), layer.weight)


def draw_mxnet(one: Geometry) -> Drawn:
    """Channels first, two axes at most on a CPU."""
    import mxnet
    from mxnet.gluon import nn

    layer = getattr(nn, f"Conv{one.rank}DTranspose")(
        *(6, one.kernel, one.stride, one.padding, one.extra, one.dilation, one.groups),
        use_bias=False,
        in_channels=4 if one.flag else 0,
    )
    layer.initialize()
    x = mxnet.nd.array(one.first())

    def call() -> tuple[Any, Any]:
        y = layer(x).asnumpy()
        return y, layer.weight.data().asnumpy()

    return layer, x, call


DRAWN: dict[str, Callable[[Geometry], Drawn]] = {
    "torch": draw_torch,
    "keras on tensorflow": draw_keras,
    "keras on torch": draw_keras,
    "keras on jax": draw_keras,
    "tf_keras": draw_tf_keras,
    "flax": draw_flax,
    "equinox": draw_equinox,
    "haiku": draw_haiku,
    "paddle": draw_paddle,
    "mlx": draw_mlx,
    "tinygrad": draw_tinygrad,
    "mxnet": draw_mxnet,
}
MIN_DRAWN = 20
MAX_DRAWN = 200

LAYERS: dict[str, tuple[Callable[[], Iterator[Case]], dict[str, str]]] = {
    "torch": (torch_layers, {}),
    "keras on tensorflow": (keras_layers, {"KERAS_BACKEND": "tensorflow"}),
    "keras on torch": (keras_layers, {"KERAS_BACKEND": "torch"}),
    "keras on jax": (keras_layers, {"KERAS_BACKEND": "jax"}),
    "tf_keras": (tf_keras_layers, {}),
    "flax": (flax_layers, {}),
    "equinox": (equinox_layers, {}),
    "haiku": (lambda: iter(()), {}),
    "paddle": (paddle_layers, {}),
    "mlx": (mlx_layers, {}),
    "tinygrad": (tinygrad_layers, {"DEV": "PYTHON"}),
    "mxnet": (lambda: iter(()), {}),
}


def compare(name: str) -> int:
    """Compare every layer of one framework, and return how many there are."""
    count = 0
    for module, weight, x, given in LAYERS[name][0]():
        compare_values(deconvcli.layer(module, input_shape=x.shape), weight, x, given)
        count += 1
    return count


def compare_values(layer: Any, weight: Any, x: Any, given: Any) -> None:
    """Compare shape, number type and values with what the framework computed."""
    y, expected = deconvcli.run(layer, x, weight), as_array(given, "y")
    assert layer.output_shape == expected.shape, (layer, expected.shape)
    assert y.dtype == expected.dtype, (layer, y.dtype, expected.dtype)
    bound = 0.02 if y.dtype.name == "bfloat16" else 1e-4
    np.testing.assert_allclose(
        y.astype("f8"), expected.astype("f8"), bound, bound, err_msg=str(layer)
    )


def compare_drawn(name: str) -> tuple[int, int]:
    """Compare random layers of one framework; return how many agree, and how many it refuses."""
    dice, agreed, refused = random.Random(name), 0, 0
    for _ in range(MAX_DRAWN):
        if agreed >= MIN_DRAWN:
            break
        one = Geometry.draw(dice)
        try:
            module, x, call = DRAWN[name](one)
        except Exception:  # whatever it refuses before there is a layer object
            continue
        try:
            given, weight = call()
        except Exception as error:
            refused += 1
            try:
                layer = deconvcli.layer(module, input_shape=x.shape)
            except deconvcli.Refused:
                continue
            raise AssertionError(f"{layer} is refused by {name}") from error
        x = x.asnumpy() if hasattr(x, "asnumpy") else x
        try:
            layer = deconvcli.layer(module, input_shape=x.shape)
        except deconvcli.Refused as error:
            # An accident that is known and noted, such as PyTorch's outputs without elements.
            if any(found.differs for found in error.findings):
                continue
            raise
        compare_values(layer, weight, x, given)
        agreed += 1
    assert agreed >= MIN_DRAWN, (name, agreed, refused)
    return agreed, refused


def main() -> None:
    """Compare all that is installed, or only the framework that is named."""
    if sys.argv[1:]:
        agreed, refused = compare_drawn(sys.argv[1])
        print(
            f"{sys.argv[1]}: {compare(sys.argv[1])} layers and {agreed} random ones as they compute"
            f" themselves, {refused} refused by both"
        )
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
