"""Printed calls: pasted back, they are the same layer."""

from __future__ import annotations

from random import Random
from typing import Any, cast

import pytest
from hypothesis import given

import deconvcli
from deconvcli.common.errors import DeconvError, NotExpressible
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import DIALECTS, take
from deconvcli.frameworks.drivers import FRAMEWORKS
from deconvcli.frameworks.request import LayerRequest
from deconvcli.frameworks.wording import read_roles
from deconvcli.layers.axis import Linear
from deconvcli.layers.counts import Unknown
from deconvcli.layers.layer import Layer, Reading, Sizes
from tests.frameworks.dialects.test_contract import layers

# Their calls are C, C++ and a line of a model's file, which are printed and not read.
UNREAD = ("cudnn", "ncnn", "onednn")
_NUMBERS = ("onednn", "cudnn")
NAMES = [
    f"{name}@{implementation}" if implementation else name
    for name in DIALECTS.names
    if name not in UNREAD
    for implementation in ("", *take(name)[0].implementations)
]


def assert_read_back(reading: Reading) -> None:
    """Paste the call of a reading, and compare the layer, the output and the weights."""
    call = write_call(reading)
    assert "\n" not in call
    found = deconvcli.paste(
        call,
        cast("tuple[int, ...]", reading.input_shape),
        weight_shape=reading.weight_shape,
        dialect=reading.spelling.name,
    )
    # A function has no parameter for the bias: its caller adds it.
    assert found.layer == reading.layer._replace(has_bias=found.layer.has_bias), call
    assert found.output_shape == reading.output_shape, call
    assert found.weight_shape == reading.weight_shape, call
    assert (found.flipped, found.data_layout) == (reading.flipped, reading.data_layout), call
    assert write_call(found) == call


@pytest.mark.parametrize("name", [name for name in DIALECTS.names if name not in UNREAD])
@given(drawn=layers())
def test_a_spelled_layer_comes_back(name: str, drawn: tuple[Layer, Sizes]) -> None:
    layer, sizes = drawn
    dialect = DIALECTS.take(name)
    try:
        spelling = dialect.spell(layer, sizes)
    except NotExpressible:
        return
    assert_read_back(dialect.read(spelling, dialect.sizes_for(layer, sizes)))


@pytest.mark.parametrize("name", [name for name in FRAMEWORKS.names if name not in UNREAD])
def test_random_layers_of_every_entry_point_come_back(name: str) -> None:
    framework, random = FRAMEWORKS.take(name), Random(1)
    for _ in range(300):
        case = framework.draw(random)
        try:
            reading = deconvcli.layer(
                framework.dialect,
                input_shape=case.input_shape,
                weight_shape=case.weight_shape,
                rank=case.rank,
                **case.params,
            )
        except DeconvError:
            continue
        # A pasted layer has one batch axis, and three spatial ones at most.
        if len(reading.sizes.batch) < 2 and len(reading.spatial) < 4:
            assert_read_back(reading)


def draw_roles(random: Random, size: tuple[int, ...]) -> dict[str, Any]:
    """Return random options of a layer with an input of this size, as they are typed."""
    rank = len(size)

    def each(low: int, high: int) -> tuple[int, ...]:
        return tuple(random.randint(low, high) for _ in range(random.choice([1, rank])))

    groups, stride = random.choice([1, 1, 2]), each(1, 3)
    # A size that `same` takes, or any.
    strides = (stride * rank)[:rank]
    wanted = tuple(n * s - random.randint(0, s - 1) for n, s in zip(size, strides, strict=True))
    roles: dict[str, Any] = {
        "kernel": each(1, 5),
        "stride": stride,
        "dilation": each(1, 2),
        "groups": (groups,),
        "in_channels": (groups * random.randint(1, 2),),
        "out_channels": (groups * random.randint(1, 3),),
        "padding": random.choice(
            [each(0, 3), "same", "valid", tuple(zip(each(0, 2) * rank, each(0, 2), strict=False))]
        ),
        "auto_pad": random.choice(["SAME_UPPER", "SAME_LOWER", "VALID"]),
        "output_padding": each(0, 2),
        "output_size": random.choice([each(5, 14), wanted, wanted]),
        "bias": random.choice([True, False]),
        "data_format": random.choice(["channels_first", "NHWC", "NCHW", "nhwc"]),
        "transpose_kernel": True,
    }
    always, share = ("kernel", "in_channels", "out_channels"), random.choice([0.15, 0.4])
    return {
        role: value for role, value in roles.items() if role in always or random.random() < share
    }


@pytest.mark.parametrize("name", NAMES)
def test_random_options_come_back(name: str) -> None:
    random, accepted = Random(2), 0
    for _ in range(1500):
        rank = random.choice([1, 2, 2, 3])
        size = tuple(random.randint(3, 6) for _ in range(rank))
        request = LayerRequest(dialect=name, input_size=size, roles=draw_roles(random, size))
        try:
            reading = request.understand().reading
        except DeconvError:
            continue
        accepted += 1
        assert_read_back(reading)
    assert accepted >= 5


# A layer of 4 to 6 channels, kernel 3, stride 2 and padding 1, in every dialect.
SAME_LAYER = [
    ("torch", "nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1)"),
    ("keras", 'layers.Conv2DTranspose(6, 3, strides=2, padding="same", output_padding=0)'),
    ("keras@jax", 'layers.Conv2DTranspose(6, 3, strides=2, padding="same", output_padding=0)'),
    (
        "keras2",
        'tf_keras.layers.Conv2DTranspose(6, 3, strides=2, padding="same", output_padding=0)',
    ),
    (
        "tensorflow",
        'tf.nn.conv2d_transpose(x, w, output_shape=[1, 11, 11, 6], strides=2, padding="SAME")',
    ),
    (
        "onnx@onnxruntime",
        'helper.make_node("ConvTranspose", ["X", "W", "B"], ["Y"], kernel_shape=[3, 3],'
        " strides=[2, 2], pads=[1, 1, 1, 1])",
    ),
    ("jax", "jax.lax.conv_transpose(x, w, strides=(2, 2), padding=((1, 1), (1, 1)))"),
    (
        "flax",
        "nn.ConvTranspose(features=6, kernel_size=(3, 3), strides=2, padding=((1, 1), (1, 1)))",
    ),
    ("paddle", "paddle.nn.Conv2DTranspose(4, 6, 3, stride=2, padding=1)"),
    ("mlx", "mlx.nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1)"),
    (
        "openvino",
        "opset.convolution_backprop_data(x, w, strides=[2, 2], pads_begin=[1, 1], pads_end=[1, 1])",
    ),
    ("tinygrad", "x.conv_transpose2d(w, bias=b, stride=2, padding=1)"),
    (
        "coreml",
        'mb.conv_transpose(x=x, weight=w, pad_type="custom", pad=[1, 1, 1, 1], strides=[2, 2],'
        " bias=b)",
    ),
    (
        "tflite",
        'TRANSPOSE_CONV(input=x, weights=w, output_shape=[1, 11, 11, 6], padding="SAME",'
        " stride_h=2, stride_w=2, bias=b)",
    ),
    ("webnn", "builder.convTranspose2d(x, w, {strides: [2, 2], padding: [1, 1, 1, 1], bias: b})"),
    (
        "mxnet",
        "mx.sym.Deconvolution(x, w, b, kernel=(3, 3), stride=(2, 2), pad=(1, 1), num_filter=6,"
        " no_bias=False)",
    ),
    (
        "caffe",
        'layer { type: "Deconvolution" convolution_param { num_output: 6 kernel_size: 3 stride: 2'
        " pad: 1 } }",
    ),
    (
        "tensorrt",
        "layer = network.add_deconvolution_nd(x, 6, (3, 3), w, bias=b); layer.stride_nd = (2, 2);"
        " layer.padding_nd = (1, 1)",
    ),
    (
        "onednn",
        "deconvolution_forward::primitive_desc(engine, prop_kind::forward_inference,"
        " algorithm::deconvolution_direct, src_md, weights_md, bias_md,"
        " memory::desc({1, 6, 11, 11}, memory::data_type::f32, memory::format_tag::any),"
        " memory::dims{2, 2}, memory::dims{0, 0}, memory::dims{1, 1}, memory::dims{1, 1})",
    ),
    (
        "cudnn",
        "const int padA[] = {1, 1}, filterStrideA[] = {2, 2}, dilationA[] = {1, 1}, dimA[] ="
        " {1, 6, 11, 11}; cudnnSetConvolutionNdDescriptor(convDesc, 2, padA, filterStrideA,"
        " dilationA, CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT); cudnnSetTensorNdDescriptorEx("
        "dxDesc, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, 4, dimA)",
    ),
    ("ncnn", "Deconvolution deconv 1 1 x y 0=6 1=3 3=2 4=1 5=1 6=216"),
    ("tfjs", 'tf.conv2dTranspose(x, w, [1, 11, 11, 6], 2, "same")'),
]


def test_every_dialect_has_a_call_here() -> None:
    assert {name.partition("@")[0] for name, _ in SAME_LAYER} == set(DIALECTS.names)


@pytest.mark.parametrize(("name", "call"), SAME_LAYER)
def test_one_layer_in_every_dialect(name: str, call: str) -> None:
    torch = deconvcli.layer(
        "torch",
        input_shape=(1, 4, 6, 6),
        in_channels=4,
        out_channels=6,
        kernel_size=3,
        stride=2,
        padding=1,
    )
    assert write_call(deconvcli.convert(torch, name)) == call


@pytest.mark.parametrize(
    ("text", "call"),
    [
        # As it was pasted, without what is a default or has no effect on the layer.
        ("nn.ConvTranspose2d(4, 6, 3, 1, 0, dtype=torch.half)", "nn.ConvTranspose2d(4, 6, 3)"),
        (
            "torch.nn.ConvTranspose1d(4, 6, (3,), bias=False)",
            "nn.ConvTranspose1d(4, 6, 3, bias=False)",
        ),
        ("nn.ConvTranspose2d(4, 6, (3, 5), 2)", "nn.ConvTranspose2d(4, 6, (3, 5), stride=2)"),
        (
            "nn.ConvTranspose2d(4, 6, 4, 2, 1)(x, output_size=(1, 6, 13, 12))",
            "nn.ConvTranspose2d(4, 6, 4, stride=2, padding=1)(x, output_size=[13, 12])",
        ),
        (
            "F.conv_transpose2d(y, torch.zeros(4, 6, 3, 3), bias, 2, groups=1)",
            "F.conv_transpose2d(x, w, bias=b, stride=2)",
        ),
        (
            "Conv2DTranspose(6, (3, 3), activation='relu', padding='valid', use_bias=False)",
            "layers.Conv2DTranspose(6, 3, use_bias=False)",
        ),
        (
            "keras.ops.conv_transpose(y, keras.ops.zeros((3, 3, 6, 4)), 2, 'same')",
            'ops.conv_transpose(x, w, strides=2, padding="same")',
        ),
        (
            "nnx.ConvTranspose(4, 6, (3, 3), 2, padding='VALID', rngs=nnx.Rngs(0))",
            "nnx.ConvTranspose(in_features=4, out_features=6, kernel_size=(3, 3), strides=2,"
            ' padding="VALID", rngs=rngs)',
        ),
        (
            "nn.ConvTranspose(6, (3, 3), (2, 2), 'CIRCULAR', kernel_dilation=(1, 1))",
            'nn.ConvTranspose(features=6, kernel_size=(3, 3), strides=2, padding="CIRCULAR")',
        ),
        (
            "mx.gluon.nn.Conv2DTranspose(6, 3, 2, 1, 1, in_channels=4)",
            "mx.gluon.nn.Conv2DTranspose(6, 3, strides=2, padding=1, output_padding=1,"
            " in_channels=4)",
        ),
        (
            "tf.nn.conv2d_transpose(y, tf.zeros([3, 3, 6, 4]), [1, 12, 11, 6], [1, 2, 2, 1],"
            " data_format='NHWC')",
            "tf.nn.conv2d_transpose(x, w, output_shape=[1, 12, 11, 6], strides=[1, 2, 2, 1],"
            ' data_format="NHWC")',
        ),
        (
            "helper.make_node('ConvTranspose', ['a', 'b', 'c'], ['d'], kernel_shape=[3, 3])",
            'helper.make_node("ConvTranspose", ["X", "W", "B"], ["Y"], kernel_shape=[3, 3])',
        ),
        (
            "paddle.nn.functional.conv2d_transpose(y, paddle.zeros([4, 6, 3, 3]), bias=c)",
            "F.conv2d_transpose(x, w, bias=b)",
        ),
        (
            "layer { type: 'Deconvolution' convolution_param { num_output: 6 kernel_h: 3"
            " kernel_w: 5 bias_term: false } }",
            'layer { type: "Deconvolution" convolution_param { num_output: 6 kernel_h: 3'
            " kernel_w: 5 bias_term: false } }",
        ),
        (
            "network.add_deconvolution_nd(y, 6, (3, 3), np.zeros((4, 6, 3, 3)), c)",
            "layer = network.add_deconvolution_nd(x, 6, (3, 3), w, bias=b)",
        ),
    ],
)
def test_a_pasted_layer_in_the_form_of_its_call(text: str, call: str) -> None:
    rank = 1 if "1d" in text else 2
    understood = LayerRequest(text, input_size=(6,) * rank).understand()
    assert write_call(understood.reading) == call


@pytest.mark.parametrize(
    ("text", "known", "shown"),
    [
        (
            "nn.ConvTranspose2d(ngf * 4, ngf * 2, 4)",
            "nn.ConvTranspose2d(in_channels, out_channels, 4)",
            "nn.ConvTranspose2d(ngf * 4, ngf * 2, 4)",
        ),
        (
            "nn.LazyConvTranspose2d(8, 4)",
            "nn.ConvTranspose2d(in_channels, 8, 4)",
            "nn.ConvTranspose2d(in_channels, 8, 4)",
        ),
        (
            "Conv2DTranspose(f, 3)",
            "layers.Conv2DTranspose(filters, 3)",
            "layers.Conv2DTranspose(f, 3)",
        ),
        (
            "mlx.nn.ConvTranspose2d(c, 2 * c, 3)",
            "mlx.nn.ConvTranspose2d(in_channels, out_channels, 3)",
            "mlx.nn.ConvTranspose2d(c, 2 * c, 3)",
        ),
    ],
)
def test_channels_that_nobody_gave_are_variables(text: str, known: str, shown: str) -> None:
    understood = LayerRequest(text, input_size=(6, 6)).understand()
    assert write_call(understood.reading) == known
    assert write_call(understood.shown) == shown
    again = LayerRequest(write_call(understood.shown), input_size=(6, 6)).understand()
    assert write_call(again.shown) == shown


def test_letters_are_code() -> None:
    roles = {"kernel": (4,), "stride": (2,), "padding": "same"}
    letters = Linear("H"), Linear("W")
    sizes = 2 * letters[0] - 1, 2 * letters[1]
    understood = LayerRequest(
        dialect="tensorflow", input_size=letters, roles={**roles, "output_size": sizes}
    ).understand()
    assert write_call(understood.shown) == (
        "tf.nn.conv2d_transpose(x, w, output_shape=[batch, 2*H - 1, 2*W, out_channels], strides=2,"
        ' padding="SAME")'
    )


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("tensorflow", "output_shape=[batch, 2*N, out_channels]"),
        ("onednn", "memory::desc({batch, out_channels, 2*N}, "),
        ("tflite", "output_shape=[batch, 12, 12, out_channels]"),
        ("cudnn", "dimA[] = {batch, out_channels, 12, 12}"),
        ("coreml", "output_shape=[batch, out_channels, 12, 12]"),
        ("torch", "nn.ConvTranspose2d(in_channels, out_channels, 2, stride=2)(x, output_size=[12"),
        ("webnn", "{strides: [2, 2], outputSizes: [12, 12]}"),
    ],
)
def test_unknown_counts_are_variables_of_the_shape(name: str, shape: str) -> None:
    dialect = take(name)[0]
    size = (Linear("N"),) if "N" in shape else (6, 6)
    roles = {"kernel": 2, "stride": 2}
    wanted = tuple(2 * n for n in size)
    padded = {"padding": "valid"} if dialect.requests_tensor and name not in _NUMBERS else {}
    reading = read_roles(name, {**roles, **padded, "output_size": wanted}, Sizes(size))
    unknown = {role: Unknown(role) for role in ("batch", "in_channels", "out_channels")}
    assert shape in write_call(reading, unknown)
    assert "batch" not in write_call(reading)


def test_groups() -> None:
    torch = deconvcli.layer(
        "torch", input_shape=(1, 4, 6, 6), weight_shape=(4, 2, 3, 3), stride=2, groups=2
    )
    calls = {name: write_call(deconvcli.convert(torch, name)) for name in ("jax", "mlx", "cudnn")}
    assert calls["jax"] == (
        "jax.lax.conv_general_dilated(x, w, window_strides=(1, 1), padding=((2, 2), (2, 2)),"
        ' lhs_dilation=(2, 2), dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=2)'
    )
    assert calls["mlx"] == "mx.conv_transpose2d(x, w, stride=2, groups=2)"
    assert calls["cudnn"].endswith("; cudnnSetConvolutionGroupCount(convDesc, 2)")


def test_a_reversed_kernel_of_cudnn() -> None:
    reading = deconvcli.layer(
        "cudnn",
        input_shape=(1, 4, 6, 6),
        weight_shape=(4, 2, 3, 3),
        mode="CUDNN_CONVOLUTION",
        dxDesc=[8, 8],
    )
    assert "dilationA, CUDNN_CONVOLUTION, CUDNN_DATA_FLOAT)" in write_call(reading)


def test_equal_ends_of_tensorrt_are_one_padding() -> None:
    shapes: dict[str, Any] = {"input_shape": (1, 1, 5, 5), "weight_shape": (1, 1, 3, 3)}
    ends: dict[str, Any] = {"pre_padding": [1, 0], "post_padding": [1, 0]}
    reading = deconvcli.layer("tensorrt", **shapes, **ends)
    assert write_call(reading).endswith("; layer.padding_nd = (1, 0)")
    other = deconvcli.layer("tensorrt", **shapes, **{**ends, "post_padding": [0, 0]})
    assert write_call(other).endswith("; layer.pre_padding = (1, 0)")


def test_zeros_beside_auto_pad_stay() -> None:
    shapes: dict[str, Any] = {"input_shape": (1, 1, 5, 5), "weight_shape": (1, 1, 3, 3)}
    same: dict[str, Any] = {"auto_pad": "SAME_UPPER", "pads": [0, 0, 0, 0]}
    reading = deconvcli.layer("onnx@reference", **shapes, **same)
    assert write_call(reading).endswith('auto_pad="SAME_UPPER", pads=[0, 0, 0, 0])')
    assert_read_back(reading)
    assert "pads" not in write_call(deconvcli.layer("onnx", **shapes, pads=[0, 0, 0, 0]))
