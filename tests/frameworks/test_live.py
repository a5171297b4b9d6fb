"""Layer objects, here made-up ones under the frameworks' own names: no framework is needed."""

from __future__ import annotations

from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialects import DIALECTS, take


def make_class(path: str, *parents: type, **members: Any) -> type:
    """A class of this dotted name."""
    module, _, name = path.rpartition(".")
    return type(name, parents, {"__module__": module, **members})


def make(path: str, *parents: type, **attributes: Any) -> Any:
    """An object of such a class with these attributes."""
    made = make_class(path, *parents)()
    made.__dict__.update(attributes)
    return made


def array(*shape: int) -> Any:
    """Whatever has a shape."""
    return SimpleNamespace(shape=shape)


class Uninitialized:
    """A lazy parameter."""

    @property
    def shape(self) -> tuple[int, ...]:
        """No shape yet."""
        raise RuntimeError("Can't access the shape of an uninitialized parameter")


TORCH = {
    "in_channels": 64,
    "out_channels": 32,
    "kernel_size": (4, 4),
    "stride": (2, 2),
    "padding": (1, 1),
    "output_padding": (0, 0),
    "groups": 1,
    "dilation": (1, 1),
    "padding_mode": "zeros",
    "bias": array(32),
}
CONV = "torch.nn.modules.conv.ConvTranspose2d"
KERAS = {
    "filters": 32,
    "kernel_size": (4, 4),
    "strides": (2, 2),
    "padding": "same",
    "output_padding": None,
    "data_format": "channels_last",
    "dilation_rate": (1, 1),
    "use_bias": True,
}
FLAX = {
    "kernel_size": (4, 4),
    "strides": (2, 2),
    "padding": "SAME",
    "kernel_dilation": None,
    "use_bias": True,
    "transpose_kernel": False,
}
EQUINOX = {
    "kernel_size": (4, 4),
    "stride": (2, 2),
    "padding": ((1, 1), (1, 1)),
    "output_padding": (0, 0),
    "dilation": (1, 1),
    "groups": 1,
    "padding_mode": "ZEROS",
    "weight": array(32, 64, 4, 4),
}
PADDLE = {
    "_in_channels": 64,
    "_out_channels": 32,
    "_kernel_size": [4, 4],
    "_stride": [2, 2],
    "_padding": 1,
    "_dilation": [1, 1],
    "_groups": 1,
    "_data_format": "NCHW",
    "output_padding": 0,
    "weight": SimpleNamespace(shape=[64, 32, 4, 4]),
    "bias": array(32),
}
MLX = {
    "stride": (2, 2),
    "padding": (1, 1),
    "dilation": 1,
    "output_padding": (0, 0),
    "weight": array(32, 4, 4, 64),
    "bias": array(32),
}
TINYGRAD = {
    "groups": 1,
    "stride": 2,
    "dilation": 1,
    "padding": 1,
    "output_padding": 0,
    "kernel_size": (4, 4),
    "weight": array(64, 32, 4, 4),
    "bias": None,
}
FIRST, LAST = (1, 64, 5, 5), (1, 5, 5, 64)
KERAS3 = "keras.src.layers.convolutional.conv2d_transpose.Conv2DTranspose"

# Every one of them is k4 s2 p1 from 64 to 32 channels.
LAYERS = {
    "torch": (make(CONV, **TORCH, weight=array(64, 32, 4, 4)), FIRST, "torch"),
    "lazy": (
        make(
            "torch.nn.modules.conv.LazyConvTranspose2d",
            **{**TORCH, "in_channels": 0, "weight": Uninitialized()},
        ),
        FIRST,
        "torch",
    ),
    "parametrised": (
        make("torch.nn.utils.parametrize.ParametrizedConvTranspose2d", **TORCH),
        FIRST,
        "torch",
    ),
    "quantised": (
        make(
            "torch.ao.nn.quantized.modules.conv.ConvTranspose2d",
            **{**TORCH, "bias": lambda: array(32), "weight": lambda: array(64, 32, 4, 4)},
        ),
        FIRST,
        "torch",
    ),
    "a child": (make("model.Up", make_class(CONV), **TORCH), FIRST, "torch"),
    "keras": (make(KERAS3, **KERAS, kernel=array(4, 4, 32, 64)), LAST, "keras"),
    "an unbuilt layer": (make(KERAS3, **KERAS, kernel=None), LAST, "keras"),
    "a config": (make(KERAS3, get_config=lambda: KERAS), LAST, "keras"),
    "keras on jax": (
        make(KERAS3, make_class("keras.src.backend.jax.layer.JaxLayer"), **KERAS),
        LAST,
        "keras@jax",
    ),
    "tf_keras": (
        make("tf_keras.src.layers.convolutional.conv2d_transpose.Conv2DTranspose", **KERAS),
        LAST,
        "keras2",
    ),
    "keras 2.13": (
        make(KERAS3, make_class("keras.src.layers.convolutional.conv2d.Conv2D"), **KERAS),
        LAST,
        "keras2",
    ),
    "linen": (make("flax.linen.linear.ConvTranspose", **FLAX, features=32), LAST, "flax"),
    "a bound module": (
        make(
            "flax.linen.linear.ConvTranspose",
            **FLAX,
            features=32,
            scope="a scope",
            variables={"params": {"kernel": array(4, 4, 64, 32)}},
        ),
        LAST,
        "flax",
    ),
    "nnx": (
        make(
            "flax.nnx.nn.linear.ConvTranspose",
            **FLAX,
            in_features=64,
            out_features=32,
            kernel=array(4, 4, 64, 32),
        ),
        LAST,
        "flax",
    ),
    "paddle": (make("paddle.nn.layer.conv.Conv2DTranspose", **PADDLE), FIRST, "paddle"),
    "mlx": (make("mlx.nn.layers.convolution_transpose.ConvTranspose2d", **MLX), LAST, "mlx"),
    "tinygrad": (make("tinygrad.nn.ConvTranspose2d", **TINYGRAD), FIRST, "tinygrad"),
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_object_brings_its_parameters(name: str) -> None:
    module, shape, dialect = LAYERS[name]
    layer = deconvcli.layer(module, input_shape=shape)
    assert layer.spelling.name == dialect
    assert layer.output_sizes == (10, 10)
    assert (layer.layer.in_channels, layer.layer.out_channels) == (64, 32)
    assert layer.crop == ((1, 1), (1, 1))


def test_defaults_are_not_repeated() -> None:
    layer = deconvcli.layer(LAYERS["torch"][0], input_shape=FIRST)
    assert layer.spelling.text == (
        "in_channels=64, out_channels=32, kernel_size=4, stride=2, padding=1"
    )
    assert layer.layer.has_bias


def test_weights_count_where_somebody_changed_them() -> None:
    pruned = make(CONV, **TORCH, weight=array(64, 20, 4, 4))
    layer = deconvcli.layer(pruned, input_shape=FIRST)
    assert layer.weight_shape == (64, 20, 4, 4)
    assert layer.output_shape == (1, 20, 10, 10)


def test_a_computed_weight_is_not_read() -> None:
    def read(module: object) -> None:
        raise AssertionError("a step of the power iteration")

    parametrized = make_class(
        "torch.nn.utils.parametrize.ParametrizedConvTranspose2d", weight=property(read)
    )()
    parametrized.__dict__.update(TORCH)
    assert deconvcli.layer(parametrized, input_shape=FIRST).weight_shape == (64, 32, 4, 4)


def test_no_bias_is_seen() -> None:
    module = make(CONV, **{**TORCH, "bias": None})
    assert not deconvcli.layer(module, input_shape=FIRST).layer.has_bias


def test_what_comes_with_a_call_is_added() -> None:
    layer = deconvcli.layer(LAYERS["torch"][0], input_shape=FIRST, output_size=[11, 11])
    assert layer.output_shape == (1, 32, 11, 11)


@pytest.mark.parametrize(
    ("padding", "extra", "crop"),
    [
        (((1, 0), (0, 2)), 1, ((1, -1), (0, 1))),
        ("VALID", 0, ((0, 0), (0, 0))),
        ("SAME", 0, ((1, 1), (1, 1))),
        ("SAME_LOWER", 1, ((2, 1), (2, 1))),
    ],
)
def test_equinox_is_a_call_of_jax(padding: Any, extra: int, crop: Any) -> None:
    own = {**EQUINOX, "padding": padding, "output_padding": (extra, extra)}
    module = make("equinox.nn._conv.ConvTranspose2d", **own)
    layer = deconvcli.layer(module, input_shape=(64, 5, 5))
    assert layer.spelling.name == "jax"
    assert layer.crop == crop
    assert layer.flipped
    assert layer.input_shape == (64, 5, 5)
    assert layer.output_shape == (32, *layer.output_sizes)


def test_equinox_takes_no_batch_and_nothing_circular() -> None:
    module = make("equinox.nn._conv.ConvTranspose2d", **EQUINOX)
    with pytest.raises(UsageError, match="takes no batch axis"):
        deconvcli.layer(module, input_shape=FIRST)
    module.padding_mode = "CIRCULAR"
    with pytest.raises(UsageError, match="only 'ZEROS' is read"):
        deconvcli.layer(module, input_shape=(64, 5, 5))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"stride": 3}, "stride=3 was given, the layer object has stride=2"),
        ({"rank": 1}, "rank is 1, the layer object's is 2"),
        ({"weight_shape": (64, 32, 3, 3)}, "weight_shape is .*, the layer object's is"),
    ],
)
def test_nothing_is_given_twice(more: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        deconvcli.layer(LAYERS["torch"][0], input_shape=FIRST, **more)
    assert "leave" in caught.value.help


NETWORK = make(
    "torch.nn.modules.container.Sequential",
    named_modules=lambda: [("", None), ("up.1", LAYERS["torch"][0]), ("down", 7)],
)


@pytest.mark.parametrize(
    ("module", "message", "help"),
    [
        (make("torch.nn.modules.conv.Conv2d"), "Conv2d of torch is a forward", "ConvTranspose2d"),
        (make("torch.nn.modules.conv.LazyConv1d"), "is a forward", "ConvTranspose1d"),
        (make("keras.src.layers.Conv3D"), "is a forward", "Conv3DTranspose"),
        (make("flax.linen.linear.Conv"), "Conv of flax is a forward", "ConvTranspose."),
        (make("model.Down", make_class("paddle.nn.Conv2D")), "is a forward", "Conv2DTranspose"),
        (NETWORK, "Sequential of torch is a network", "pass one of its layers: model.up[1]."),
        (
            make("keras.src.models.Sequential", layers=[7, LAYERS["keras"][0]]),
            "is a network",
            "model.layers[1]",
        ),
        (make_class(CONV), "ConvTranspose2d is a class", "deconvcli.paste('ConvTranspose2d"),
        (make("torch.nn.modules.linear.Linear"), "is not a transposed convolution", "one layer"),
        (7, "int is not a transposed convolution", "one layer"),
        (None, "NoneType is not a transposed convolution", "one layer"),
        (make(CONV), "cannot be read as one: AttributeError: .*in_channels", "give the parameters"),
    ],
)
def test_other_objects_are_refused_with_advice(module: object, message: str, help: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        deconvcli.layer(module, input_shape=FIRST)
    assert help in caught.value.help


@pytest.mark.parametrize("make_shape", [tuple, list, iter, dict.fromkeys])
def test_a_shape_is_anything_that_lists_sizes(make_shape: Any) -> None:
    shape = make_shape((1, 64, 5, 6))
    layer = deconvcli.layer("torch", input_shape=shape, kernel_size=4)
    assert layer.input_shape == (1, 64, 5, 6)


@pytest.mark.parametrize("name", DIALECTS.names)
def test_classes_have_names_that_are_patterns(name: str) -> None:
    for known in take(name)[0].live:
        assert known.package
        assert "Transpose" in known.name


ODD: tuple[Any, ...] = (
    None,
    0,
    -1,
    3,
    10**30,
    "SAME",
    "",
    True,
    1.5,
    (),
    (1, 2),
    ((1, 1), (2,)),
    {},
    object(),
)


@pytest.mark.parametrize("name", LAYERS)
def test_odd_attributes_are_refused(name: str) -> None:
    module, shape, _ = LAYERS[name]
    for attribute in vars(module):
        for odd in (*ODD, array(), array(2, 0), Uninitialized(), lambda: None):
            other = type(module)()
            other.__dict__.update(vars(module), **{attribute: odd})
            with suppress(deconvcli.DeconvError):  # and nothing else
                deconvcli.layer(other, input_shape=shape)


class TestPaste:
    """`deconvcli.paste`."""

    CALL = "self.up = nn.ConvTranspose2d(64, 32, 4, 2, 1)"

    @pytest.mark.parametrize(
        ("shape", "output"),
        [
            ((1, 64, 5, 5), (1, 32, 10, 10)),
            ((64, 5, 5), (32, 10, 10)),
            ((5, 5), (1, 32, 10, 10)),
            ((5,), (1, 32, 10, 10)),
        ],
    )
    def test_the_input_shape_has_any_leading_axes(self, shape: Any, output: Any) -> None:
        assert deconvcli.paste(self.CALL, input_shape=shape).output_shape == output

    def test_it_equals_the_layer(self) -> None:
        pasted = deconvcli.paste("Conv2DTranspose(8, 3, strides=2)", (2, 5, 5, 3))
        layer = deconvcli.layer(
            "keras", input_shape=(2, 5, 5, 3), filters=8, kernel_size=3, strides=2
        )
        assert pasted == layer

    def test_the_call_may_have_the_shapes(self) -> None:
        call = "F.conv_transpose2d(torch.zeros(1, 64, 5, 5), torch.zeros(64, 32, 4, 4), stride=2)"
        assert deconvcli.paste(call).output_shape == (1, 32, 12, 12)

    def test_weights_are_given_beside_the_call(self) -> None:
        call = "F.conv_transpose2d(x, w, stride=2, padding=1)"
        layer = deconvcli.paste(call, input_shape=FIRST, weight_shape=(64, 32, 4, 4))
        assert layer.output_shape == (1, 32, 10, 10)

    def test_a_dialect_can_be_named(self) -> None:
        call = "Conv2DTranspose(8, 3, strides=2)"
        layer = deconvcli.paste(call, input_shape=(1, 5, 5, 3), dialect="keras@jax")
        assert layer.spelling.name == "keras@jax"

    @pytest.mark.parametrize(
        ("text", "shape", "message"),
        [
            (CALL, None, "input size is not known"),
            (CALL, (), "input_shape is"),
            (CALL, (5, -5), "input_shape is"),
            (CALL, 5, "input_shape is 5"),
            ("print(1)", (5, 5), "is not a transposed convolution"),
            ("no call", (5, 5), "is not a pasted call"),
        ],
    )
    def test_what_is_missing_is_said(self, text: str, shape: Any, message: str) -> None:
        with pytest.raises(UsageError, match=message):
            deconvcli.paste(text, input_shape=shape)
