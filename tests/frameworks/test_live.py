"""Layer objects, here made-up ones under the frameworks' own names: no framework is needed."""

from __future__ import annotations

from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import numpy as np
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
GLUON = {
    "_kwargs": {
        "kernel": (4, 4),
        "stride": (2, 2),
        "dilate": (1, 1),
        "pad": (1, 1),
        "num_filter": 32,
        "num_group": 1,
        "no_bias": False,
        "layout": "NCHW",
        "adj": (0, 0),
    },
    "weight": array(0, 32, 4, 4),  # until the first call
}
FIRST, LAST = (1, 64, 5, 5), (1, 5, 5, 64)
KERAS3 = "keras.src.layers.convolutional.conv2d_transpose.Conv2DTranspose"

SCRIPTED = make_class("torch.jit._script.ScriptModule")
SCRIPT = "torch.jit._script.RecursiveScriptModule"
COMPILED = {"original_name": "ConvTranspose2d"}


def constant(value: Any) -> Any:
    """A value in a graph of TorchScript: a list is a node that joins its numbers."""
    joined = [constant(one) for one in value] if isinstance(value, list) else []
    return SimpleNamespace(
        toIValue=lambda: None if joined else value,
        node=lambda: SimpleNamespace(inputs=lambda: iter(joined)),
        type=lambda: SimpleNamespace(
            str=lambda: "NoneType" if value is None else "Tensor", sizes=lambda: value.shape
        ),
    )


def make_graph(name: str, *inputs: Any) -> Any:
    """A graph with one call."""
    call = SimpleNamespace(inputs=lambda: map(constant, inputs))
    return SimpleNamespace(findNode={name: call}.get)


WEIGHT = array(64, 32, 4, 4)
TRACE = {
    "graph": make_graph(
        *("aten::_convolution", array(*FIRST), WEIGHT, array(32), [2, 2], [1, 1], [1, 1], True),
        *([0, 0], 1, False, False, True, True),
    ),
    "weight": WEIGHT,
}


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
    "mxnet": (make("mxnet.gluon.nn.conv_layers.Conv2DTranspose", **GLUON), FIRST, "mxnet"),
    "scripted": (make(SCRIPT, SCRIPTED, **COMPILED, **TORCH), FIRST, "torch"),
    "traced": (make(SCRIPT, SCRIPTED, **COMPILED, **TRACE), FIRST, "torch"),
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


def test_equinox_takes_no_batch() -> None:
    module = make("equinox.nn._conv.ConvTranspose2d", **EQUINOX)
    shapes: tuple[Any, ...] = (FIRST, (5, 5), None)
    for shape in shapes:
        with pytest.raises(UsageError, match="takes no batch axis"):
            deconvcli.layer(module, input_shape=shape)


# Computed with Equinox 0.13.8 from the weights 1, 2, 3 ... and the inputs 1, 10, 100.
@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "expected"),
    [
        (3, 1, "SAME", [132, 321, 213]),
        (2, 1, "SAME", [102, 21, 210]),
        (2, 1, "SAME_LOWER", [21, 210, 102]),
        (3, 2, "SAME", [103, 2, 31, 20, 310, 200]),
        (5, 2, "SAME", [204, 153, 42, 531, 420, 315]),
        (1, 3, "SAME", [1, 0, 0, 10, 0, 0, 100, 0, 0]),
    ],
)
def test_equinox_is_circular(kernel: int, stride: int, padding: str, expected: list[int]) -> None:
    own = {
        "kernel_size": (kernel,),
        "stride": (stride,),
        "padding": padding,
        "output_padding": (0,),
        "dilation": (1,),
        "groups": 1,
        "padding_mode": "CIRCULAR",
        "weight": array(1, 1, kernel),
    }
    layer = deconvcli.layer(make("equinox.nn._conv.ConvTranspose1d", **own), input_shape=(1, 3))
    x, w = np.array([[1.0, 10, 100]]), np.arange(1.0, kernel + 1)[None, None]
    np.testing.assert_array_equal(deconvcli.run(layer, x, w)[0], expected)


def make_haiku(**more: Any) -> Any:
    """A layer without weights, which belong to a transformed function."""
    own = {
        "num_spatial_dims": 2,
        "output_channels": 32,
        "kernel_shape": (4, 3),
        "output_shape": None,
        "stride": (2, 1),
        "padding": "SAME",
        "channel_index": -1,
    }
    return make("haiku._src.conv.Conv2DTranspose", **{**own, **more})


def test_haiku_takes_its_channels_from_the_input() -> None:
    for shape, index in (((1, 5, 6, 64), -1), ((5, 6, 64), -1), ((64, 5, 6), 1)):
        layer = deconvcli.layer(make_haiku(channel_index=index), input_shape=shape)
        assert layer.weight_shape == (4, 3, 32, 64)
        assert layer.output_sizes == (10, 6)
        assert layer.input_shape == shape
        assert layer.flipped
    with pytest.raises(UsageError, match="takes one batch axis or none"):
        deconvcli.layer(make_haiku(), input_shape=(1, 1, 5, 6, 64))
    with pytest.raises(UsageError, match="becomes another padding for each input") as caught:
        deconvcli.layer(make_haiku(output_shape=(10, 12)), input_shape=(5, 6, 64))
    assert caught.value.help == "make the layer without output_shape."


def test_gluon_says_only_what_is_not_a_default() -> None:
    layer = deconvcli.layer(LAYERS["mxnet"][0], input_shape=FIRST)
    assert layer.spelling.text == "channels=32, kernel_size=(4, 4), strides=(2, 2), padding=(1, 1)"


@pytest.mark.parametrize(("bias", "given"), [(array(32), True), (None, False)])
def test_a_trace_and_a_frozen_module_have_the_bias_in_their_call(bias: Any, given: bool) -> None:
    call = ([2, 2], [1, 1], [1, 1], True, [0, 0], 1)
    graph = make_graph("aten::_convolution", array(*FIRST), WEIGHT, bias, *call)
    trace = make(SCRIPT, SCRIPTED, **COMPILED, graph=graph)  # frozen too: no weights
    graph = make_graph("aten::conv_transpose2d", array(*FIRST), WEIGHT, bias)
    frozen = {name: value for name, value in TORCH.items() if name != "bias"}
    script = make(SCRIPT, SCRIPTED, **COMPILED, **frozen, graph=graph)
    for module in (trace, script):
        layer = deconvcli.layer(module, input_shape=FIRST)
        assert layer.layer.has_bias is given
        assert layer.weight_shape == (64, 32, 4, 4)


def test_a_compiled_module_is_the_class_that_was_compiled() -> None:
    network = make(SCRIPT, SCRIPTED, original_name="Generator", named_modules=list)
    with pytest.raises(UsageError, match="Generator of torch is not a transposed"):
        deconvcli.layer(network, input_shape=FIRST)
    with pytest.raises(UsageError, match="Conv2d of torch is a forward"):
        deconvcli.layer(make(SCRIPT, SCRIPTED, original_name="Conv2d"), input_shape=FIRST)


UP = LAYERS["torch"][0]


@pytest.mark.parametrize(
    "module",
    [
        make("torch.nn.modules.container.Sequential", children=lambda: iter([UP])),
        make("keras.src.models.sequential.Sequential", layers=[UP]),
        make("mxnet.gluon.nn.basic_layers.HybridSequential", _children={"0": UP}),
        make("torch._dynamo.eval_frame.OptimizedModule", _orig_mod=UP),
        make("torch.nn.parallel.data_parallel.DataParallel", module=UP),
        make("keras.src.layers.SpectralNormalization", layer=UP),
        make("flax.linen.normalization.WeightNorm", layer_instance=UP),
        make("equinox.nn._sequential.Sequential", layers=(make("x.DataParallel", module=UP),)),
    ],
)
def test_a_container_of_one_layer_is_that_layer(module: Any) -> None:
    assert deconvcli.layer(module, input_shape=FIRST) == deconvcli.layer(UP, input_shape=FIRST)


@pytest.mark.parametrize(
    ("network", "found"),
    [
        (make("model.Block", up=UP), "model.up."),
        (make("model.Block", ups={"last": [7, UP]}, _cache=UP), "model.ups['last'][1]."),
        ([UP, UP], "model[0]."),
        (make("model.Net", layers=[make("model.Block", a=1, up=UP)]), "model.layers[0].up."),
        (make("model.Sequential", layers=[7, UP]), "model.layers[1]."),
        (make("x.Wide", a=[[UP], make("x.B", c=LAYERS["mlx"][0])]), "model.a[0][0], model.a[1].c."),
        (
            make("model.Up", make_class("torch.nn.Sequential"), children=lambda: [7], up=UP),
            "el.up.",
        ),
        (make("keras.src.layers.Wrapper", layer=UP), "model.layer."),
    ],
)
def test_a_network_names_its_layers(network: Any, found: str) -> None:
    with pytest.raises(UsageError, match="is a network, not one layer") as caught:
        deconvcli.layer(network, input_shape=FIRST)
    assert caught.value.help.endswith(found)


def test_a_network_is_searched_within_limits() -> None:
    deep: Any = UP
    for _ in range(20):
        deep = [deep]
    endless: Any = make("model.Endless")
    endless.me = endless
    for network in (deep, endless, [object() for _ in range(10**5)]):
        with pytest.raises(UsageError, match="is not a transposed convolution"):
            deconvcli.layer(network, input_shape=FIRST)


def test_a_layer_over_time_is_explained() -> None:
    module = make("keras.src.layers.rnn.time_distributed.TimeDistributed", layer=LAYERS["keras"][0])
    with pytest.raises(UsageError, match="calls its layer once for each step in time") as caught:
        deconvcli.layer(module, input_shape=(1, 3, 5, 5, 64))
    assert "model.layer, with the input shape of one step" in caught.value.help


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
        (NETWORK, "Sequential of torch is a network", "pass a layer: model.up[1]."),
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
def test_odd_attributes_are_read_or_refused(name: str) -> None:
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
