"""The forms in which people hold a layer: each is read as the layer that it is, or explained."""

from __future__ import annotations

from typing import Any

import pytest

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.pasted.understand import understand
from deconvcli.frameworks.request import LayerRequest, Understood

PLAIN = ("torch", 8, 4, (4, 4), (2, 2), ((1, 1), (1, 1)))
"""nn.ConvTranspose2d(8, 4, 4, 2, 1)"""

KERAS_CONFIG = """{
  "module": "keras.layers", "class_name": "Conv2DTranspose", "registered_name": null,
  "config": {"name": "up", "trainable": true, "dtype": {"module": "keras", "class_name":
    "DTypePolicy", "config": {"name": "float32"}}, "filters": 4, "kernel_size": [4, 4],
    "strides": [2, 2], "padding": "same", "data_format": "channels_last", "dilation_rate": [1, 1],
    "groups": 1, "activation": "linear", "use_bias": true, "kernel_initializer": {"module":
    "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": null}}},
  "build_config": {"input_shape": [null, 5, 5, 8]}}"""
PARAMETRIZED = """ParametrizedConvTranspose2d(
  8, 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1)
  (parametrizations): ModuleDict(
    (weight): ParametrizationList(
      (0): _WeightNorm()
    )
  )
)"""
LINEN = """ConvTranspose(
    # attributes
    features = 4
    kernel_size = (4, 4)
    strides = (2, 2)
    padding = 'SAME'
    kernel_init = init
)"""
CAFFE = """layer {
  name: "up" type: "Deconvolution" bottom: "a" top: "b"  # doubles the size
  param { lr_mult: 0 }
  convolution_param {
    num_output: 4 kernel_size: 4 stride: 2 pad: 1 bias_term: false
    weight_filler { type: 'bilinear' }
  }
}"""
NODE = """input: "X" input: "W" output: "Y" name: "up" op_type: "ConvTranspose"
attribute { name: "kernel_shape" ints: 4 ints: 4 type: INTS }
attribute { name: "strides" ints: 2 ints: 2 type: INTS }
attribute { name: "pads" ints: 1 ints: 1 ints: 1 ints: 1 type: INTS }
attribute { name: "group" i: 1 type: INT }"""
ATTRIBUTES = "kernel_shape = [4, 4], pads = [1, 1, 1, 1], strides = [2, 2]"

NNX = """ConvTranspose( # Param: 516 (2.1 KB)
  kernel_size=(4, 4),
  in_features=8,
  out_features=4,
  strides=2,
  padding='SAME',
  use_bias=True,
  param_dtype=float32,
  transpose_kernel=False,
  promote_dtype=<function promote_dtype at 0x7f188ec151c0>,
  kernel_shape=(4, 4, 8, 4),
  kernel=Param( # 512 (2.0 KB)
    value=Array(shape=(4, 4, 8, 4), dtype=dtype('float32'))
  ),
  bias=Param( # 4 (16 B)
    value=Array(shape=(4,), dtype=dtype('float32'))
  )
)"""
PANEL = """NODE PROPERTIES
type
ConvTranspose
module
ai.onnx v11
name

ATTRIBUTES
dilations
+
1, 1
kernel_shape
type: int64[]
4, 4
pads
1, 1, 1, 1
strides
2, 2
INPUTS
X
name: input
W
name: up.weight"""

TORCH = [
    "weight_norm(nn.ConvTranspose2d(8, 4, 4, 2, 1))",
    "spectral_norm(ConvTranspose2d(8, 4, 4, 2, 1), n_power_iterations=2)",
    "nn.utils.parametrizations.weight_norm(torch.nn.ConvTranspose2d(8, 4, 4, 2, 1), dim=1)",
    "nn.Sequential(nn.ConvTranspose2d(8, 4, 4, 2, 1))",
    "nn.Sequential(nn.ConvTranspose2d(8, 4, 4, 2, 1), nn.BatchNorm2d(4), nn.ReLU(True))",
    "self.up = nn.ConvTranspose2d(8, 4, 4, 2, 1)",
    "self.up: nn.Module = nn.ConvTranspose2d(8, 4, 4, 2, 1)",
    "self.ups.append(weight_norm(nn.ConvTranspose2d(8, 4, 4, 2, 1)))",
    "layers += [nn.ConvTranspose2d(8, 4, 4, 2, 1), nn.Tanh()]",
    "x = F.relu(nn.ConvTranspose2d(8, 4, 4, 2, 1)(x))",
    "return nn.ConvTranspose2d(8, 4, 4, 2, 1)",
    "self.up = nn.ConvTranspose2d(8, 4, 4, 2, 1).to(device).eval()",
    "torch.nn.modules.conv.ConvTranspose2d(8, 4, 4, 2, 1)",
    "nn.ConvTranspose2d(8, 4, 4, 2, 1),  # 5x5 -> 10x10",
    "if up:\n    self.up = nn.ConvTranspose2d(8, 4, 4, 2, 1)",
    "    k = 4\n    self.up = nn.ConvTranspose2d(8, 4, k, k // 2, 1)",
    "'up': nn.ConvTranspose2d(8, 4, 4, 2, 1),",
    ">>> nn.ConvTranspose2d(8, 4, 4, 2, 1)",
    "WNConvTranspose2d(8, 4, 4, 2, 1)",
    "modules.SNConvTranspose2d(8, 4, 4, 2, 1)",
    "NormConvTranspose2d(8, 4, 4, 2, 1, causal=False, norm='weight_norm')",
    '"nn.ConvTranspose2d(8, 4, 4, 2, 1)"',
    "`nn.ConvTranspose2d(8, 4, 4, 2, 1)`",
    "```python\nself.up = nn.ConvTranspose2d(8, 4, 4, 2, 1)\n```",
    "```\n    nn.ConvTranspose2d(8, 4, 4, 2, 1),\n```",
    "nn.ConvTranspose2d(8, 4, 4, 2, 1)))",
    "ConvTranspose2d(8, 4, kernel_size=(4, 4), stride=2, padding=(1, 1)),\n)",
    "(decoder.up.0): ConvTranspose2d(8, 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))",
    "decoder.up.0 ConvTranspose2d(8, 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))",
    "up.0.conv: ConvTranspose2d(8, 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))",
    "(up): ConvTranspose2d(8, 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))",
    "(0): ConvTranspose2d(8, 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1), bias=False)",
    PARAMETRIZED,
    "{'in_channels': 8, 'out_channels': 4, 'kernel_size': [4, 4], 'stride': 2, 'padding': 1}",
    "flow.nn.ConvTranspose2d(8, 4, 4, 2, 1)",
    # As MLX prints it.
    "ConvTranspose2d(8, 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1), bias=True)",
    "in_channels: 8\nout_channels: 4\nkernel_size: 4\nstride: 2\npadding: 1",
    "type\tConvTranspose2d\nin_channels\t8\nout_channels\t4\nkernel_size\t4\nstride\t2\npadding\t1",
    "'in_channels': 8, 'out_channels': 4, 'kernel_size': (4, 4), 'stride': 2, 'padding': 1",
]


def _read(text: str, **variables: Any) -> Understood:
    return LayerRequest(text, input_size=(5, 5), variables=variables).understand()


def _summarize(understood: Understood) -> tuple[Any, ...]:
    layer = understood.reading.layer
    strides = tuple(axis.stride for axis in layer.axes)
    channels = layer.in_channels, layer.out_channels
    return (understood.reading.spelling.name, *channels, layer.kernel, strides, layer_crop(layer))


def layer_crop(layer: Any) -> tuple[tuple[int, int], ...]:
    """Return (begin, end) for each axis."""
    return tuple((axis.crop_begin, axis.crop_end) for axis in layer.axes)


@pytest.mark.parametrize("text", TORCH)
def test_a_layer_is_found_in_whatever_surrounds_it(text: str) -> None:
    assert _summarize(_read(text)) == PLAIN


# Each row: the text, the dialect, the reason for it, and the layer's output for 5x5.
OTHERS = [
    (KERAS_CONFIG, "keras", "the pasted configuration is Keras 3's", (10, 10)),
    ("{'filters': 4, 'kernel_size': (4, 4), 'strides': (2, 2), 'padding': 'valid', 'name': 'a'}",
     "keras", "the pasted configuration is Keras 3's", (12, 12)),
    ("{'class_name': 'Custom>Conv2DTranspose', 'config': {'filters': 4, 'kernel_size': 3}}",
     "keras", "the pasted configuration is Keras 3's", (7, 7)),
    ("layers.Conv2DTranspose.from_config({'filters': 4, 'kernel_size': (4, 4), 'strides': 2})",
     "keras", "the pasted configuration is Keras 3's", (12, 12)),
    ("x = Conv2DTranspose.from_config(config={'filters': 4, 'kernel_size': 3})(x)",
     "keras", "the pasted configuration is Keras 3's", (7, 7)),
    ("model.add(layers.deserialize({'class_name': 'Conv2DTranspose', 'config': {'filters': 4,"
     " 'kernel_size': 4, 'padding': 'same', 'strides': 2}}))",
     "keras", "the pasted configuration is Keras 3's", (10, 10)),
    ("config = {'filters': 4, 'kernel_size': 3}\nlayer = Conv2DTranspose.from_config(config)",
     "keras", "the pasted configuration is Keras 3's", (7, 7)),
    ("tf_keras.layers.Conv2DTranspose.from_config(dict(filters=4, kernel_size=3, strides=2))",
     "keras2", "the pasted configuration is Keras 2's", (11, 11)),
    ("keras.saving.deserialize_keras_object({'module': 'keras.layers', 'class_name':"
     " 'Conv2DTranspose', 'config': {'filters': 4, 'kernel_size': [2, 2], 'strides': [2, 2]}})",
     "keras", "the pasted configuration is Keras 3's", (10, 10)),
    ("layer_from_config({'class_name': 'Conv2DTranspose', 'config': {'filters': 4,"
     " 'kernel_size': 1}})", "keras", "the pasted configuration is Keras 3's", (5, 5)),
    ("Conv2DTranspose(**{'filters': 4, 'kernel_size': 4, 'strides': 2})", "keras",
     "the pasted call is Keras 3's", (12, 12)),
    ("kw = dict(strides=2, padding='same')\nx = Conv2DTranspose(4, 3, **kw)(x)", "keras",
     "the pasted call is Keras 3's", (10, 10)),
    ("model.add(layers.Conv2DTranspose(4, 4, strides=2, padding='same'))", "keras",
     "the pasted call is Keras 3's", (10, 10)),
    ("x = Conv2DTranspose(4, 4, strides=2)(x)", "keras", "the pasted call is Keras 3's", (12, 12)),
    ("keras.Sequential([keras.Input((5, 5, 3)), tfl.Conv2DTranspose(4, 3)])", "keras",
     "the pasted call is Keras 3's", (7, 7)),
    ("nnx.ConvTranspose(8, 4, (4, 4), strides=(2, 2), rngs=rngs)", "flax",
     "the pasted call is Flax's", (10, 10)),
    (LINEN, "flax", "the pasted call is Flax's", (10, 10)),
    ("Conv2DTranspose(8, 4, kernel_size=[4, 4], stride=[2, 2], padding=1, data_format=NCHW)",
     "paddle", "the pasted call is PaddlePaddle's", (10, 10)),
    ("Conv2DTranspose(8 -> 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))", "mxnet",
     "the pasted call is Apache MXNet's", (10, 10)),
    ("helper.make_node('ConvTranspose', ['X', 'W'], ['Y'], kernel_shape=[4, 4], strides=[2, 2])",
     "onnx", "the pasted node is ONNX ConvTranspose's", (12, 12)),
    ("onnx.helper.make_node(op_type='ConvTranspose', inputs=['X', 'W'], outputs=['Y'],"
     " name='up', kernel_shape=[4, 4], auto_pad='SAME_UPPER', strides=[2, 2])",
     "onnx", "the pasted node is ONNX ConvTranspose's", (10, 10)),
    ("g.op('ConvTranspose', x, kernel_shape_i=[4, 4], strides_i=[2, 2], auto_pad_s='SAME_UPPER')",
     "onnx", "the pasted node is ONNX ConvTranspose's", (10, 10)),
    ("attrs = {'strides': [2, 2], 'kernel_shape': [4, 4]}\n"
     "node = helper.make_node('ConvTranspose', ['x', 'w'], ['y'], name='up', **attrs)", "onnx",
     "the pasted node is ONNX ConvTranspose's", (12, 12)),
    ("%5 : Float(1, 4, 10, 10) = onnx::ConvTranspose[kernel_shape=[4, 4], onnx_name='/up'](%x, %w)",
     "onnx", "the pasted node is ONNX ConvTranspose's", (8, 8)),
    ("caffe.layers.Deconvolution(bottom, num_output=4, kernel_size=4, stride=2)", "caffe",
     "the pasted call is Caffe's", (12, 12)),
    ("gs.Node(op='ConvTranspose', attrs={'kernel_shape': [4, 4], 'strides': [2, 2]})", "onnx",
     "the pasted node is ONNX ConvTranspose's", (12, 12)),
    # As nnx prints it, and list(node.attribute), and MessageToJson(node).
    (NNX, "flax", "the pasted call is Flax's", (10, 10)),
    ('[name: "kernel_shape"\nints: 4\nints: 4\n, name: "strides"\nints: 2\nints: 2\n]', "onnx",
     "the pasted node is ONNX ConvTranspose's", (12, 12)),
    ('{"opType": "ConvTranspose", "attribute": [{"name": "auto_pad", "s": "U0FNRV9VUFBFUg=="},'
     '{"name": "kernel_shape", "ints": ["4", "4"]}, {"name": "strides", "ints": ["2", "2"]},'
     '{"name": "group", "i": "1"}]}', "onnx", "the pasted node is ONNX ConvTranspose's", (10, 10)),
    ("{'auto_pad': b'SAME_LOWER', 'kernel_shape': [4, 4], 'strides': [2, 2]}", "onnx",
     "the pasted node is ONNX ConvTranspose's", (10, 10)),
    (f"%y = ConvTranspose[{ATTRIBUTES}](%x, %w)", "onnx",
     "the pasted node is ONNX ConvTranspose's", (10, 10)),
    (f"%5 : Float(1, 4, 10, 10) = onnx::ConvTranspose[group=1, {ATTRIBUTES}](%x, %w)", "onnx",
     "the pasted node is ONNX ConvTranspose's", (10, 10)),
    (f"y = ConvTranspose <{ATTRIBUTES.replace(' =', ': ints =')}> (x, w)", "onnx",
     "the pasted node is ONNX ConvTranspose's", (10, 10)),
    (NODE, "onnx", "the pasted node is ONNX ConvTranspose's", (10, 10)),
    (f"node {{ {NODE} }}", "onnx", "the pasted node is ONNX ConvTranspose's", (10, 10)),
    ("{'kernel_shape': [4, 4], 'strides': [2, 2]}", "onnx",
     "the pasted node is ONNX ConvTranspose's", (12, 12)),
    (CAFFE, "caffe", "the pasted layer is Caffe's", (10, 10)),
    ("convolution_param { num_output: 4 kernel_size: [4, 4] stride: 2 }", "caffe",
     "the pasted layer is Caffe's", (12, 12)),
    ("n.up = L.Deconvolution(n.score, convolution_param=dict(num_output=4, kernel_size=4,"
     " stride=2))", "caffe", "the pasted call is Caffe's", (12, 12)),
]  # fmt: skip

PANELS = [
    (PANEL, "onnx", "the pasted node is ONNX ConvTranspose's", (10, 10)),
    (PANEL.replace("pe\nC", "pe: C").replace("pads\n", "pads\t"), "onnx",
     "the pasted node is ONNX ConvTranspose's", (10, 10)),
    ("type: ConvTranspose auto_pad: SAME_UPPER kernel_shape: 4, 4 strides: 2, 2", "onnx",
     "the pasted node is ONNX ConvTranspose's", (10, 10)),
    ("kernel_shape: 4, 4, pads: 1, 1, 1, 1, strides: 2, 2", "onnx",
     "the pasted node is ONNX ConvTranspose's", (10, 10)),
    ("up.kernel_shape = [4, 4]\nup.strides = [2, 2]", "onnx",
     "the pasted node is ONNX ConvTranspose's", (12, 12)),
    ("type  Conv2DTranspose\nfilters  4\nkernel_size  4, 4\nstrides  2, 2\npadding  same", "keras",
     "the pasted configuration is Keras 3's", (10, 10)),
    ('"filters": 4,\n"kernel_size": [4, 4],\n"strides": [2, 2],\n"use_bias": true,', "keras",
     "the pasted configuration is Keras 3's", (12, 12)),
    ("type: Deconvolution\nnum_output: 4\nkernel_size: 4\nstride: 2\npad: 1", "caffe",
     "the pasted layer is Caffe's", (10, 10)),
    ("name: 'a' type: 'Deconvolution' convolution_param { num_output: 4 kernel_size: 4 stride: 2 }",
     "caffe", "the pasted layer is Caffe's", (12, 12)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "has_bias"),
    [
        ("op.ConvTranspose(x, w, b, kernel_shape=[3, 3])", True),
        ("op.ConvTranspose(x, w, kernel_shape=[3, 3])", False),
        ("op.ConvTranspose(x, w, None, kernel_shape=[3, 3])", False),
        ("helper.make_node('ConvTranspose', ['x', 'w', 'b'], ['y'], kernel_shape=[3, 3])", True),
        ("helper.make_node('ConvTranspose', ['x', 'w', ''], ['y'], kernel_shape=[3, 3])", False),
        ("helper.make_node('ConvTranspose', inputs=['x', 'w'], kernel_shape=[3, 3])", False),
        ("helper.make_node('ConvTranspose', inputs=['x', 'w', 'b'], kernel_shape=[3, 3])", True),
        ("gs.Node(op='ConvTranspose', inputs=[x, w, b], attrs={'kernel_shape': [3, 3]})", True),
        ("%y = ConvTranspose[kernel_shape = [3, 3]](%x, %w, %b)", True),
        ("%y = ConvTranspose[kernel_shape = [3, 3]](%x, %w)", False),
        ("y = ConvTranspose <kernel_shape: ints = [3, 3]> (x, w, b)", True),
        (NODE, False),
        (NODE.replace(' output: "Y"', ' input: "B" output: "Y"'), True),
    ],
)
def test_the_third_input_of_a_node_is_its_bias(text: str, has_bias: bool) -> None:
    assert _read(text).reading.layer.has_bias is has_bias


@pytest.mark.parametrize(("text", "dialect", "why", "output"), [*OTHERS, *PANELS])
def test_printed_and_stored_forms(
    text: str, dialect: str, why: str, output: tuple[int, ...]
) -> None:
    size = (5, 5, 8) if "build_config" in text else (5, 5)
    understood = LayerRequest(text, input_size=size).understand()
    assert understood.reading.spelling.name == dialect
    assert understood.why == why
    assert understood.reading.output_sizes == output


def test_a_panel_may_have_one_axis() -> None:
    text = "type: ConvTranspose\nkernel_shape: 4\npads: 1, 1\nstrides: 2\ngroup: 1"
    understood = LayerRequest(text, input_size=(5,)).understand()
    assert understood.reading.spelling.arguments["kernel_shape"] == [4]
    assert understood.reading.output_sizes == (10,)


@pytest.mark.parametrize(
    "text",
    [
        "LazyConvTranspose2d(0, 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))",
        "c: 'f32[1, 4, 10, 10]' = torch.ops.aten.conv_transpose2d.input(x, w, b, [2, 2], [1, 1])",
        "conv = torch.ops.aten.conv_transpose2d.default(x, w, None, [2, 2], [1, 1]);  x = None",
    ],
)
def test_what_torch_prints(text: str) -> None:
    roles = {} if text.startswith("Lazy") else {"kernel": (4,)}
    understood = LayerRequest(text, input_size=(5, 5), roles=roles).understand()
    assert understood.reading.spelling.name == "torch"
    assert understood.reading.output_sizes == (10, 10)


def test_the_shape_in_a_configuration_is_the_input() -> None:
    understood = LayerRequest(KERAS_CONFIG).understand()
    assert understood.shown_output == (10, 10, 4)
    assert understood.input_text == "5x5x8 (batch_shape of the call)"


# Sizes and the order of the taps compared with Equinox 0.13.8 and dm-haiku 0.0.17, and sizes with
# dm-sonnet 2.0.2 and paddle.static.
BORROWED = [
    ("hk.Conv2DTranspose(4, 4, stride=2)", "flax", "Haiku's; Flax has the same layer", (10, 10)),
    ("hk.Conv2DTranspose(4, (3, 4), 2, padding='VALID')", "flax",
     "Haiku's; Flax has the same layer", (11, 12)),
    ("hk.ConvNDTranspose(2, 4, 4, 2)", "flax", "Haiku's; Flax has the same layer", (10, 10)),
    ("Conv2DTranspose(output_channels=4, kernel_shape=4, stride=2)", "flax",
     "Haiku's; Flax has the same layer", (10, 10)),
    ("snt.Conv2DTranspose(4, 4, stride=2)", "keras2",
     "Sonnet's; Keras 2 has the same layer", (10, 10)),
    # The largest size that a forward layer maps back, where Keras 2 and Haiku take the smallest.
    ("snt.Conv2DTranspose(output_channels=4, kernel_shape=4, stride=[1, 2], padding='VALID')(x)",
     "keras2", "Sonnet's; Keras 2 has the same layer", (8, 13)),
    ("sonnet.Conv2DTranspose(4, [2, 3], stride=3, padding='VALID', with_bias=False)", "keras2",
     "Sonnet's; Keras 2 has the same layer", (16, 17)),
    ("fluid.layers.conv2d_transpose(input=x, num_filters=4, filter_size=4, padding=1, stride=2)",
     "paddle", "PaddlePaddle 1's; PaddlePaddle has the same layer", (10, 10)),
    ("fluid.layers.conv2d_transpose(x, C, None, 2 * 3 - 1, 1, 3, groups=C, bias_attr=False)",
     "paddle", "PaddlePaddle 1's; PaddlePaddle has the same layer", (15, 15)),
    ("paddle.static.nn.conv2d_transpose(x, 4, [11, 10], 4, 1, 2)",
     "paddle", "PaddlePaddle 1's; PaddlePaddle has the same layer", (11, 10)),
    ("fluid.dygraph.Conv2DTranspose(8, 4, 3, output_size=None, padding=1, stride=2)",
     "paddle", "PaddlePaddle 1's; PaddlePaddle has the same layer", (9, 9)),
    ("Conv2DTranspose(num_channels=8, num_filters=4, filter_size=4, stride=2)",
     "paddle", "PaddlePaddle 1's; PaddlePaddle has the same layer", (12, 12)),
    ("eqx.nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1, key=key)", "torch",
     "Equinox's; PyTorch has the same layer, with the taps reversed", (10, 10)),
    # The fifth argument is the output_padding.
    ("eqx.nn.ConvTranspose2d(8, 4, 4, 2, 1, key=key)", "torch",
     "Equinox's; PyTorch has the same layer, with the taps reversed", (13, 13)),
    ("eqx.nn.ConvTranspose(2, 8, 4, 4, 2, 1, key=key)", "torch",
     "Equinox's; PyTorch has the same layer, with the taps reversed", (10, 10)),
    ("eqx.nn.ConvTranspose2d(8, 4, 3, 3, 1, 1, 2, key=key)", "torch",
     "Equinox's; PyTorch has the same layer, with the taps reversed", (16, 16)),
    ("nn.ConvTranspose2d(8, 4, 4, 2, padding=1, use_bias=False, key=key)", "torch",
     "Equinox's; PyTorch has the same layer, with the taps reversed", (10, 10)),
    ("nn.Conv2dTranspose(8, 4, 4, 2, pad_mode='pad', padding=1)", "torch",
     "MindSpore's; PyTorch has the same layer", (10, 10)),
    ("nn.Conv2dTranspose(8, 4, 4, 2, 'pad', 1, 1)", "torch",
     "MindSpore's; PyTorch has the same layer", (11, 11)),
    # Sizes and values compared with MindSpore 2.10.0.
    ("nn.Conv2dTranspose(8, 4, 4, 2)", "keras", "MindSpore's; Keras 3 has the same layer",
     (10, 10)),
    ("nn.Conv2dTranspose(8, 4, kernel_size=3, stride=2, pad_mode='same', has_bias=True)", "keras",
     "MindSpore's; Keras 3 has the same layer", (10, 10)),
    ("ms.nn.Conv2dTranspose(8, 4, (2, 3), (3, 2), 'valid')", "keras",
     "MindSpore's; Keras 3 has the same layer", (15, 11)),
    ("mindspore.nn.Conv2dTranspose(8, 4, 3, dilation=2)", "keras",
     "MindSpore's; Keras 3 has the same layer", (5, 5)),
    ("nn.Conv2dTranspose(8, 4, 4, 2, 'pad', (0, 0, 1, 1))", "torch",
     "MindSpore's; PyTorch has the same layer", (12, 10)),
    ("eqx.nn.ConvTranspose2d(8, 4, 3, 2, padding='SAME', key=key)", "keras",
     "Equinox's; Keras 3 has the same layer, with the taps reversed", (10, 10)),
    ("eqx.nn.ConvTranspose(2, 8, 4, 2, 3, padding='valid', key=key)", "torch",
     "Equinox's; PyTorch has the same layer, with the taps reversed", (14, 14)),
    ("eqx.nn.ConvTranspose2d(8, 4, 4, 2, padding=((1, 1), (0, 0)), key=key)", "torch",
     "Equinox's; PyTorch has the same layer, with the taps reversed", (10, 12)),
    ("Deconvolution2D(4, kernel_size=(4, 4), strides=(2, 2), padding='same')", "keras2",
     "Keras 2's; Keras 2 has the same layer", (10, 10)),
    # The module is called by a name of the program, and the arguments fit one framework.
    ("layers.conv2d_transpose(x, 4, 4, strides=2, padding='same')", "keras2",
     "TensorFlow 1's; Keras 2 has the same layer", (10, 10)),
    ("conv2d_transpose(x, filters=4, kernel_size=4, strides=2)", "keras2",
     "TensorFlow 1's; Keras 2 has the same layer", (12, 12)),
    ("tcl.conv2d_transpose(x, 4, 4, stride=2, scope='up')", "keras2",
     "TF-Slim's; Keras 2 has the same layer", (10, 10)),
    ("layers.conv2d_transpose(x, num_outputs=4, kernel_size=4, stride=2)", "keras2",
     "TF-Slim's; Keras 2 has the same layer", (10, 10)),
    ("keras.layers.Deconv2D(4, 4, strides=2)", "keras2", "Keras 2's; Keras 2 has the same layer",
     (12, 12)),
    ("tf.layers.conv2d_transpose(x, 4, 4, 2, 'same', name='up')", "keras2",
     "TensorFlow 1's; Keras 2 has the same layer", (10, 10)),
    ("tf.compat.v1.layers.Conv2DTranspose(4, [4, 4], (2, 2))", "keras2",
     "TensorFlow 1's; Keras 2 has the same layer", (12, 12)),
    ("slim.conv2d_transpose(x, 4, [4, 4], 2, scope='up')", "keras2",
     "TF-Slim's; Keras 2 has the same layer", (10, 10)),
    ("tf.contrib.layers.convolution2d_transpose(x, 4, 4, stride=2, padding='VALID')", "keras2",
     "TF-Slim's; Keras 2 has the same layer", (12, 12)),
    ("K.conv2d_transpose(x, tf.zeros((4, 4, 2, 3)), (1, 12, 12, 2), strides=2)", "tensorflow",
     "Keras 2 (backend)'s; TensorFlow has the same function, whose default is SAME", (12, 12)),
    ("tf.keras.backend.conv2d_transpose(x, kernel=tf.zeros((4, 4, 2, 3)),"
     " output_shape=(1, 10, 10, 2), strides=(2, 2), padding='same')", "tensorflow",
     "Keras 2 (backend)'s; TensorFlow has the same function, whose default is SAME", (10, 10)),
    ("Deconvolution2D(4, 4, 4, output_shape=(None, 10, 10, 4), subsample=(2, 2),"
     " border_mode='same')", "keras2",
     "Keras 1's; Keras 2 has the same layer where output_shape agrees with the other parameters",
     (10, 10)),
    ("L.Deconvolution2D(8, 4, 4, stride=2, pad=1)", "torch",
     "Chainer's; PyTorch has the same layer", (10, 10)),
    ("L.Deconvolution2D(8, 4, 4, 2, 1, outsize=(11, 11), nobias=True)", "torch",
     "Chainer's; PyTorch has the same layer", (11, 11)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "dialect", "why", "output"), BORROWED)
def test_a_framework_without_a_dialect_is_read_as_one_that_computes_the_same(
    text: str, dialect: str, why: str, output: tuple[int, ...]
) -> None:
    understood = _read(text)
    assert understood.reading.spelling.name == dialect
    assert understood.why == f"the pasted call is {why}"
    assert understood.reading.output_sizes == output


@pytest.mark.parametrize(
    ("text", "message", "help"),
    [
        ("nn.Conv2dTranspose(8, 4, 4, 2, mode)", "pad_mode of MindSpore is mode", "or 'pad'"),
        ("nn.Conv2dTranspose(8, 4, 4, group=2)", "'same' and groups is not read", "numbers"),
        ("nn.Conv2dTranspose(8, 4, 3, 2, dilation=2)", "dilation and stride is not", "numbers"),
        ("nn.Conv2dTranspose(8, 4, 4, 2, 'pad', (0, 1, 1, 2))", "begin and end differ", "1:2,0:1"),
        ("eqx.nn.ConvTranspose2d(8, 4, 4, padding=((1, 2), (1, 1)), key=k)", "Equinox's layer crops"
         " begin and end differ", "1:2,0:1"),
        ("eqx.nn.ConvTranspose2d(8, 4, 4, padding='SAME_LOWER')", "'SAME_LOWER' of Equ", "numbers"),
        ("eqx.nn.ConvTranspose2d(8, 4, 4, padding='SAME', padding_mode='CIRCULAR')", "'CIRCULAR' of"
         " Equinox", "numbers"),
        ("eqx.nn.ConvTranspose2d(8, 4, 4, padding='SAME', output_padding=1)", "output_padding is",
         "leave one"),
        ("torch.nn.Conv2dTranspose(3, 8, 4)", "not a transposed", "mean torch.nn.ConvTranspose2d?"),
        ("torch.nn.ConvTranspose(3, 8, 4)", "not a transposed", "mean torch.nn.ConvTranspose2d?"),
        ("keras.layers.ConvTranspose2D(8, 4)", "not a transp", "mean keras.layers.Conv2DTranspose"),
        ("tf.nn.conv_transpose2d(x, w)", "not a transposed", "did you mean tf.nn.conv2d_transpose"),
        ("paddle.nn.ConvTranspose2d(8, 4, 3)", "not a transp", "mean paddle.nn.Conv2DTranspose?"),
        ("layers.conv2d_transpose(x, 8, 4, 2)", "fits PaddlePaddle 1 and TensorFlow 1 and TF-Slim",
         "write fluid.layers.conv2d_transpose or tf.layers.conv2d_transpose or slim."),
        ("nn.Upsample(scale_factor=2)", "enlarges its input without a transposed", "deconv check"),
        ("F.interpolate(x, scale_factor=2)", "enlarges its input without", "a network that"),
        ("tf.image.resize(x, (8, 8))", "enlarges its input without a transposed", "deconv check"),
        ("nn.PixelShuffle(2)", "enlarges its input without a transposed", "a network that"),
        ("nn.MaxUnpool2d(2)", "not a transposed", "paste one such as nn.ConvTranspose2d(...), Con"),
        ("PF.deconvolution(x, 8, (4, 4))", "weight is 8, and PF.deconv", "function with its tens"),
        ("tf.nn.conv2d_transpose(x, 64, [1, 8, 8, 4], 2)", "filters is 64", "the call of a layer"),
        ("hk.Conv2DTranspose(4, 4, output_shape=9)", "output_shape of Haiku", "leave it out"),
        ("hk.Conv2DTranspose(4, 4, data_format='NCHW')", "'NCHW' is not read", "channels last"),
        ("hk.Conv2DTranspose(4, 4, strides=2)", "Haiku has no parameter 'strides'", "stride, out"),
        ("eqx.nn.ConvTranspose1d(" + "1, " * 20 + ")", "takes 12 positional", "in order: in_chan"),
        ("eqx.nn.ConvTranspose(n, 8, 4, 4)", "num_spatial_dims is n", "write 1, 2 or 3"),
        ("hk.ConvNDTranspose(4, 8, 4)", "num_spatial_dims is 4", "write 1, 2 or 3"),
        ("hk.Conv2DTranspose(4, 4, kernel_shape=3)", "both by position and by name", "in the"),
        ("snt.Conv2DTranspose(8, 4, [9, 9], 2)", "output_shape of Sonnet", "tf.nn.conv2d_tr"),
        ("fluid.layers.conv2d_transpose(x, 8, [9, 9])", "filter_size is missing", "into the call"),
        ("Conv2dTranspose(8, 4, 3, padding=1)", "only with pad_mode='pad'", "nn.ConvTransposeNd"),
        ("CausalConvTranspose1d(8, 4, 4)", "class of its project", "subtract what it cuts off"),
        ("nn.Sequential(nn.ConvTranspose2d(8, 4, 4), nn.Conv2d(4, 3, 3))",
         r"network: nn.Conv2d\(...\) changes", "layer alone: nn.ConvTranspose2d(8, 4, 4); deconv"),
        ("F.pad(F.conv_transpose2d(x, w), (0, 1))", r"F.pad\(...\) changes", "alone"),
        ("Conv2D(3, 3)(Conv2DTranspose(4, 3)(x))", r"Conv2D\(...\) changes", "alone"),
        ("nn.ConvTranspose2d(8, 4, 4)\nnn.ConvTranspose2d(4, 2, 4)", "there are 2",
         "layer alone: nn.ConvTranspose2d(8, 4, 4), nn.ConvTranspose2d(4, 2, 4); deconv shape"),
        ("(a): ConvTranspose2d(8, 4, 2)\n(b): ConvTranspose2d(4, 2, 2)", "there are 2", "one"),
        ("conv2d_transpose (Conv2DTranspose) (None, 16, 16, 64) 36928", "row of one",
         "paste the code"),
        ("│ up (Conv2DTranspose)   │ (None, 16, 16, 64)  │ 36,928 │", "row of one", "paste"),
        ("ConvTranspose2d-5    [-1, 64, 32, 32]   32,768", "row of one", "print(model)"),
        ("├─ConvTranspose2d: 1-1     [1, 32, 8, 8]  32,800", "row of one", "get_config()"),
        ("<Conv2DTranspose name=up, built=False>", "without its parameters", "get_config()"),
        ("<keras.layers.Conv2DTranspose object at 0x7f>", "without its parameters", "paste"),
        ("x = self.up(x)", "'self.up' is a layer that was created elsewhere", "self.up = nn."),
        ("self.deconv1(x)", "'self.deconv1' is a layer that", "paste the code that creates it"),
        ("nn.ConvTranspose2d(8, 4, ...)", "cut short by ...", "all of its arguments"),
        ("Sequential(\n  (0): ConvTranspose2d(8, 4, kernel_size=(4, 4))\n  (1): ReLU()\n)",
         "a whole network", "alone: (0): ConvTranspose2d(8, 4, kernel_size=(4, 4)); deconv shape"),
        ("{'class_name': 'Sequential', 'config': {'name': 'a', 'layers': []}}", "a whole network",
         "one of the layers"),
        ("Model: \"sequential\"\n┏━━━━━━━┳━━━━━━┓\n┃ Layer (type) ┃", "this is a summary", "paste"),
        ("│ (Conv2DTranspose)   │                     │          │", "this is a summary", "paste"),
        ("=" * 60 + "\nLayer (type:depth-idx)  Output\n", "this is a summary", "print(model)"),
        ("shot.png", "'shot.png' is an image", "paste the code"),
        ("ConvTranspose((4, 4), 64 => 32, stride = 2)", "Flux", "nn.ConvTranspose2d"),
        ("transposedConv2dLayer(4, 32, 'Stride', 2)", "MATLAB", "nn.ConvTranspose2d"),
        ("transposedConv2dLayer([4 4], 32, Stride=2)", "MATLAB", "nn.ConvTranspose2d"),
        ("m:add(SpatialFullConvolution(8, 4, 4, 4, 2, 2, 1, 1))", "Torch 7", "(padH, padW)"),
        ("nn.VolumetricFullConvolution(8, 4, 4, 4, 4)", "Torch 7", "nn.ConvTranspose2d(in, out"),
        ("nn_conv_transpose2d(16, 33, c(3, 5), bias = TRUE)", "torch for R", "True for TRUE"),
        ("nn::conv_transpose2d(vs, 8, 4, 4, cfg)", "Rust", "nn.ConvTranspose2d"),
        ("conv_2d_transpose(net, 3, 4, [8, 8], 2)", "TFLearn", "padding='same'"),
        ("TransposedConv2DLayer(l, 8, 3, stride=2, crop=1)", "Lasagne", "padding=crop"),
        ("tlx.nn.ConvTranspose2d(out_channels=8, kernel_size=3)", "TensorLayer", "its backend"),
        ("relay.nn.conv2d_transpose(x, w, channels=4, strides=(2, 2))", "TVM", "in, channels"),
        ("layers.conv2dTranspose({filters: 4})", "TensorFlow.js", "'same'"),
        ("{'upsample_rates': [8, 5], 'upsample_kernel_sizes': [16, 10]}", "a vocoder", "k=16,u=8"),
        ("upsample_scales: [8, 8, 2, 2]\nstacks: {n: 3}", "a vocoder", "deconv check"),
        ("C.convolution_transpose(w, x, strides=(2, 2))", "CNTK", "what it crops"),
        ("Deconvolution  up  1 1 a b 0=64 1=4 3=2 4=1", "ncnn", "-s 3="),
        ("RuntimeError: Given transposed=1, weight of size [8, 4, 3, 3], expected"
         " input[1, 6, 5, 5] to have 8 channels, but got 6 channels instead",
         "takes 8 channels, and the input has 6", r"nn.ConvTranspose2d(6, 4, (3, 3), ...)"),
        ("Given transposed=True, weight of size [8, 4, 2], expected input[1, 6, 5] to have"
         " 8 channels, but got 6 channels instead", "takes 8", "nn.ConvTranspose1d(6, 4, (2), ..."),
        ("RuntimeError: output padding must be smaller (got 1)", "an error message", "its input"),
        ("Traceback (most recent call last):\n  File 'a.py'", "an error message", "creates"),
        ("tf.errors.InvalidArgumentError: actual = 3, computed = 4", "an error message", "creates"),
        ("ValueError: Received: input_shape=[(None, 8, 8, 8), (None, 9, 9, 8)]", "an error", "in"),
        ("deconv2d(h0, [1, 8, 8, 64])", "a function of its program", "that it makes"),
        ("self.up_conv_block(x, 8)", "created elsewhere", "self.up_conv_block = nn."),
        ("upconv_bn_relu(x, 8)", "a function of its program", "paste the transposed"),
        ("nn.ConvTranspos2d(8, 4, 4)", "not a transposed", "did you mean nn.ConvTranspose2d?"),
        ("foo.ConvTransposd2d(8, 4, 4)", "not a transposed", "did you mean ConvTranspose2d?"),
        ("layers.Conv2DTransposed(8, 4)", "not a transposed", "mean layers.Conv2DTranspose?"),
        ("paddle.nn.Conv2DTransposed(8, 4)", "not a transp", "mean paddle.nn.Conv2DTranspose?"),
        ("Conv2DTransposed(8, 4)", "not a transposed", "did you mean Conv2DTranspose?"),
        ("tf.nn.conv2d_transpos(x, w, 4)", "not a transposed", "tf.nn.conv2d_transpose?"),
        ("nn.convTranspose2D(8, 4, 4)", "not a transposed", "did you mean nn.ConvTranspose"),
        ("nn.Conv2d(8, 4, 4)", "a forward convolution",
         "is nn.ConvTranspose2d; a network with both is read whole, pasted here or in a file"),
        ("layers.Conv2D(8, 3)", "a forward convolution", "is layers.Conv2DTranspose;"),
        ("tf.nn.conv2d(x, w, 2, 'SAME')", "a forward", "is tf.nn.conv2d_transpose;"),
        ("F.conv1d(x, w)", "a forward convolution", "is F.conv_transpose1d;"),
        ("nn.Conv(features=3, kernel_size=(3, 3))", "a forward", "is nn.ConvTranspose;"),
        ("SeparableConv2D(8, 3)", "a forward convolution", "is Conv2DTranspose;"),
        ("y = Conv <strides: ints = [2, 2]> (x, w)", "'Conv' is a forward", "is ConvTranspose;"),
        ("{'class_name': 'Conv2D', 'config': {}}", "a forward convolution", "is Conv2DTranspose"),
        ("layer { type: 'Convolution' }", "0 layers of type", "paste one such layer"),
        ("layer { type: 'Deconvolution'", "'}' is missing", "paste"),
        ("layer { type: }", "where a value should be", "paste"),
        ("layer { 3: 4 }", "where a field's name should be", "paste"),
        ("layer { a: " + "[" + "{ a: " * 30, "nested too deeply", "paste"),
        ("layer { a: " + "9" * 40 + " }", "too long", "paste"),
        ("layer { type: 'Deconvolution' } }", "'}' where a field's name", "paste"),
        ("op_type: 'ConvTranspose'\nattribute { ints: 3 }", "without a name", "paste"),
        ("op_type: 'Conv'\nattribute { name: 'group' i: 3 }", "0 nodes ConvTranspose", "one such"),
        ("{'a': 3}", "no class_name", "keras.layers.serialize"),
        ("Conv2DTranspose.from_config(config)", "configuration config is only", "get_config()"),
        ("Conv2DTranspose.from_config()", "class_name and config are not", "paste one call"),
        ("layers.deserialize({'class_name': 'Dense', 'config': {}})", "'Dense' is not", "paste"),
        ("Conv2D.from_config({'filters': 4})", "a forward convolution", "is Conv2DTranspose;"),
        ("keras.layers.deserialize(json.loads(text))", "json.loads.text. is only", "get_config()"),
        ("Sequential.from_config({'layers': []})", "a whole network", "one of the layers"),
        ("nn.ConvTranspose2d(8, 4, 4, **kwargs)", "values in ..kwargs are", "into the call"),
        ("type: Conv\nkernel_shape: 4, 4", "a forward convolution", "is ConvTranspose;"),
        ("type: Conv2D\nkernel_size: 4", "a forward convolution", "is Conv2DTranspose;"),
        ("type: ConvTranspose\nkernel_shape: 4, 4\npad: 1", "no parameter 'pad'", "'pads'"),
        ("type: Relu\nname: relu_3", "no single call", "paste one call"),
        ("group: 1\nauto_pad: " + "SAME" * 20, "the value SAMESAME.* is too long", "paste one"),
        ("{3: 4}", "no mapping of names", "paste one call"),
        ("{'class_name': 3, 'config': {}}", "class_name and config", "paste"),
        ("y = ConvTranspose[a = [1]](x)\nz = ConvTranspose[a = [1]](y)", "more than one", "one"),
    ],
)  # fmt: skip
def test_what_is_no_layer_gets_a_sentence_that_helps(text: str, message: str, help: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        LayerRequest(text, input_size=(5,) if "1d" in text else (5, 5)).understand()
    assert help in error.value.help


APPLIED = [
    ("x = torch.randn(2, 8, 5, 6)\nup = nn.ConvTranspose2d(8, 4, 4, 2, 1)\ny = up(x)",
     (2, 4, 10, 12)),
    ("up = nn.ConvTranspose2d(8, 4, 4, 2, 1)\nup(torch.zeros(2, 8, 5, 6))", (2, 4, 10, 12)),
    ("nn.ConvTranspose2d(8, 4, 4, 2, 1)(torch.zeros((2, 8, 5, 6)))", (2, 4, 10, 12)),
    ("x = torch.rand(2, 8, 5, 6).cuda()\nx = x.to('cuda')\nx.requires_grad = True\n"
     "deconv = nn.ConvTranspose2d(8, 4, 4, 2, 1).cuda()\ndeconv = deconv.half()\n"
     "for i in range(9):\n    y = deconv(x)\n    print(y.shape)", (2, 4, 10, 12)),
    ("x = Variable(torch.randn(2, 8, 5), requires_grad=True)\n"
     "net = nn.Sequential(nn.ConvTranspose1d(8, 4, 4, 2, 1), nn.ReLU())\nnet(x)", (2, 4, 10)),
    ("n, c = 2, 8\nx = np.ones([n, 5, 6, c]).astype('f')\n"
     "y = Conv2DTranspose(4, 4, strides=2, padding='same')(x)", (2, 10, 12, 4)),
    ("shapes = [(2, 8, 4), (2, 8, 5)]\nx = torch.zeros(shapes[1])\n"
     "assert nn.ConvTranspose1d(8, 4, 4, 2, 1)(x).shape == (2, 4, 10)", (2, 4, 10)),
    ("x = torch.ones(2, 8, 5, 6)\nskip = torch.ones(2, 4, 11, 10)\n"
     "up = nn.ConvTranspose2d(8, 4, 3, 2, 1)\nup(x, output_size=(10, 11))", (2, 4, 10, 11)),
    ("x = torch.ones(2, 8, 5, 6)\nskip = torch.ones(2, 4, 10, 12)\n"
     "up = nn.ConvTranspose2d(8, 4, 3, 2, 1)\nup(x, output_size=skip.size())", (2, 4, 10, 12)),
    ("x = torch.ones(2, 8, 5, 6)\nskip = torch.ones(2, 4, 10, 12)\n"
     "nn.ConvTranspose2d(8, 4, 3, 2, 1)(x, output_size=skip.shape[-2:])", (2, 4, 10, 12)),
    ("up = nn.ConvTranspose2d(8, 4, 3, 2, 1)\ny = up(torch.ones(2, 8, 5, 6), [10, 12])",
     (2, 4, 10, 12)),
    ("x = tf.random.normal(shape=[2, 5, 8])\nup = Conv1DTranspose(4, 4, 2, 'same')\nprint(up(x))",
     (2, 10, 4)),
    ("k = 4\nx = torch.ones(2, 8, 5)\nup = nn.ConvTranspose1d(8, 4, k, 2, 1)\nk = 9\nup(x)",
     (2, 4, 10)),
    ("k = 9\nk = 4\nx = torch.ones(2, 8, 5)\nnn.ConvTranspose1d(8, 4, k, 2, 1)(x)", (2, 4, 10)),
    ("shape = (2, 8, 5)\nnn.ConvTranspose1d(8, 4, 4, 2, 1)(torch.rand(*shape))", (2, 4, 10)),
    ("x = Input(shape=(5, 6, 8))\ny = Conv2DTranspose(4, 4, 2, 'same')(x)", (10, 12, 4)),
    ("x = keras.Input((5, 8), name='x')\ny = Conv1DTranspose(4, 4, 2, 'same')(x)", (10, 4)),
    ("x = tf.placeholder(tf.float32, shape=[None, 5, 6, 8])\n"
     "y = tf.layers.conv2d_transpose(x, 4, 4, 2, 'same')", (10, 12, 4)),
    (">>> x = torch.randn(2, 8, 5, 6)\n>>> m = nn.ConvTranspose2d(\n...     8, 4, 4, 2, 1)\n"
     ">>> m(x).size()\ntorch.Size([2, 4, 10, 12])", (2, 4, 10, 12)),
    ("In [1]: x = torch.randn(2, 8, 5, 6)\n\nIn [2]: nn.ConvTranspose2d(8, 4, 4, 2, 1)(x).shape\n"
     "Out[2]: torch.Size([2, 4, 10, 12])", (2, 4, 10, 12)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "output"), APPLIED)
def test_a_layer_that_is_applied_has_the_shape_of_its_input(
    text: str, output: tuple[int, ...]
) -> None:
    assert LayerRequest(text).understand().shown_output == output


@pytest.mark.parametrize(
    "text",
    [
        "x = torch.ones(8, 5)\nx = x.unsqueeze(0)\nnn.ConvTranspose1d(8, 4, 4, 2)(x)",
        "up = nn.ConvTranspose1d(8, 4, 4, 2)\nother(torch.ones(2, 8, 5))",
        "x = torch.ones(2, 8, n)\nnn.ConvTranspose1d(8, 4, 4, 2)(x)",
        "nn.ConvTranspose1d(8, 4, 4, 2)(*inputs)",
        "x = Input((None, None, 8))\ny = Conv2DTranspose(4, 4, 2, 'same')(x)",
        "nn.ConvTranspose1d(8, 4, 4, 2)()",
    ],
)
def test_an_input_of_unknown_shape_is_asked_for(text: str) -> None:
    with pytest.raises(UsageError, match="the input size is not known"):
        LayerRequest(text).understand()


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("tf.nn.conv2d_transpose(x, tf.zeros([3, 3, 4, 8]), [None, 10, 10, 4], 2)", (10, 10, 4)),
        ("tf.nn.conv3d_transpose(x, w, (None, 10, 10, 10, 4), 2)", (10, 10, 10, 4)),
        ("tf.nn.conv1d_transpose(x, w, [n, 10, 4], 2)", (10, 4)),
    ],
)
def test_an_open_batch_of_an_output_shape(text: str, output: tuple[int, ...]) -> None:
    size = (5,) * (len(output) - 1)
    roles = {"kernel": (3,)} if "w," in text else {}
    request = LayerRequest(text, input_size=(*size, 8), roles=roles)
    assert request.understand().shown_output == output


def test_a_list_is_no_data_format() -> None:
    weights = "kernel=tf.zeros((4, 4, 2, 3)), output_shape=(1, 8, 8, 2)"
    text = f"K.conv2d_transpose(x, {weights}, data_format=(2, 2))"
    understood = LayerRequest(text, input_size=(5, 5)).understand()
    assert (
        understood.shown_output
        == LayerRequest(f"K.conv2d_transpose(x, {weights})", input_size=(5, 5))
        .understand()
        .shown_output
    )


def test_an_output_size_in_the_program_is_not_left_out() -> None:
    text = "up = nn.ConvTranspose2d(8, 4, 3, 2, 1)\ny = up(x, output_size=skip.size())"
    with pytest.raises(UsageError, match=r"output_size is skip\.size\(\), which has a value only"):
        LayerRequest(text, input_size=(5, 5)).understand()


@pytest.mark.parametrize(
    ("printed", "output", "weights"),
    [
        ("Conv2DTranspose(4 -> 8, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))",
         (4, 10, 12), (8, 4, 4, 4)),
        ("(up): Conv2DTranspose(4 -> 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1),"
         " output_padding=(1, 0), bias=False)", (4, 10, 11), (8, 4, 3, 3)),
        ("Conv2DTranspose(2 -> 8, kernel_size=(4, 4), stride=(2, 2), groups=2,"
         " Activation(relu))", (4, 12, 14), (8, 2, 4, 4)),
        ("Conv2DTranspose(4 -> 0, kernel_size=(4, 4), stride=(2, 2))",
         (4, 12, 14), (8, 4, 4, 4)),
        ("Conv1DTranspose(4 -> 8, kernel_size=(4,), stride=(2,), dilation=(3,))",
         (4, 18), (8, 4, 4)),
    ],
)  # fmt: skip
def test_gluon_prints_the_output_channels_first(
    printed: str, output: tuple[int, ...], weights: tuple[int, ...]
) -> None:
    size = (8, 5) if "1D" in printed else (8, 5, 6)
    understood = LayerRequest(printed, input_size=size).understand()
    assert understood.reading.spelling.name == "mxnet"
    assert understood.shown_output == output
    assert understood.weight_shape == weights


@pytest.mark.parametrize(
    "text",
    [
        "nn.ConvTranspose2d(8，4，4，stride=2)",  # noqa: RUF001
        "nn.ConvTranspose2d（8, 4, 4, stride=2）",  # noqa: RUF001
        "nn.ConvTranspose2d(8, 4, kernel_size=［4, 4］, stride＝2)",  # noqa: RUF001
        "nn.ConvTranspose2d(8, 4, 4,\u00a0stride=2, padding_mode=‘zeros’)",  # noqa: RUF001
        "nn.ConvTranspose2d(8, 4, 4, stride=2, padding_mode=“zeros”)",
        "nn.ConvTranspose2d(8, 4, ４, stride=2)",  # noqa: RUF001
        "\ufeffnn.ConvTranspose2d(8, 4, 4,\u200b stride=2)",
        "nn.ConvTranspose2d(8, 4, 2×2, stride=4−2)",  # noqa: RUF001
        "nn.ConvTranspose2d(8, 4, 4, stride\u200d=5–3)",  # noqa: RUF001
        "QuantConvTranspose2d(8, 4, 4, stride=2, weight_bit_width=bits, input_quant=q)",
    ],
)
def test_signs_of_other_keyboards_and_wrappers(text: str) -> None:
    assert LayerRequest(text, input_size=(5, 5)).understand().shown_output == (12, 12)


def test_a_printed_layer_follows_its_prompt() -> None:
    text = ">>> model.up\nConvTranspose2d(8, 4, kernel_size=(4, 4), stride=(2, 2))"
    assert LayerRequest(text, input_size=(5, 5)).understand().shown_output == (12, 12)


@pytest.mark.parametrize(
    ("text", "variables", "output"),
    [
        ("nn.ConvTranspose2d(8, 4, k, s, p)", {"k": 4, "s": 2, "p": 1}, (10, 10)),
        ("nn.ConvTranspose2d(8, 4, k, u, (k - u) // 2)", {"k": 4, "u": 2}, (10, 10)),
        ("nn.ConvTranspose2d(8, 4, cfg.kernel, 2, u % 2)", {"cfg.kernel": 4, "u": 3}, (10, 10)),
        ("nn.ConvTranspose2d(8, 4, k[0], 2 ** i, 1)", {"k[0]": 4, "i": 1}, (10, 10)),
        ("Conv2DTranspose(4, k, s, mode)", {"k": [3, 4], "s": 2, "mode": "same"}, (10, 10)),
        ("nn.ConvTranspose2d(8, 4, 4, 2, output_padding=-n)", {"n": -1}, (13, 13)),
        ("layer(nn.ConvTranspose2d(8, 4, 4, s, bias=b))", {"s": 2, "b": False}, (12, 12)),
    ],
)
def test_variables_get_values(
    text: str, variables: dict[str, Any], output: tuple[int, ...]
) -> None:
    assert _read(text, **variables).reading.output_sizes == output


@pytest.mark.parametrize(
    ("text", "variables", "output", "why"),
    [
        ("def up(a, b, k=4, s=2, p=1):\n    return nn.ConvTranspose2d(a, b, k, s, p)", {}, (10, 10),
         ", with k=4, s=2, p=1 by default"),
        ("def up(a, b, k=4, s=2, p=1):\n    return nn.ConvTranspose2d(a, b, k, s, p)", {"k": 6},
         (12, 12), ", with s=2, p=1 by default"),
        ("class Up(nn.Module):\n  def __init__(self, a, *, k=(4, 4), s=2, act=nn.ReLU, b=None):\n"
         "    p = (k[0] - s) // 2\n    self.up = nn.ConvTranspose2d(a, 8, k, s, p, bias=b)", {},
         (10, 10), ", with k=[4, 4], s=2 by default"),
        ("def up(a, k=4):\n    k = 3\n    return nn.ConvTranspose2d(a, 8, k)", {}, (7, 7), ""),
        ("def up(a, k=4):\n    return nn.ConvTranspose2d(a, 8, 3)", {}, (7, 7), ""),
        ("def g(k=4):\n    pass\ndef up(k=3):\n    return nn.ConvTranspose2d(8, 8, k)", {}, (7, 7),
         ", with k=3 by default"),
    ],
)  # fmt: skip
def test_parameters_of_a_function_have_their_defaults(
    text: str, variables: dict[str, Any], output: tuple[int, ...], why: str
) -> None:
    understood = _read(text, **variables)
    assert understood.reading.output_sizes == output
    assert understood.why == f"the pasted call is PyTorch's{why}"


def test_a_variable_without_a_place_or_a_call_is_refused() -> None:
    with pytest.raises(UsageError, match="the pasted call has no variable q"):
        _read("nn.ConvTranspose2d(8, 4, 4)", q=3)
    with pytest.raises(UsageError, match="no variable K; it has k, s // 2"):
        _read("nn.ConvTranspose2d(8, 4, k, s // 2)", K=3)
    with pytest.raises(UsageError, match="no variable first"):
        _read("nn.ConvTranspose2d(8, 4, 4)", **dict.fromkeys(("first", "b", "c", "d", "e"), 3))
    with pytest.raises(UsageError, match="without a pasted call"):
        LayerRequest(input_size=(5, 5), roles={"kernel": (3,)}, variables={"k": 3}).understand()


def test_an_open_variable_is_refused_with_the_way_to_set_it() -> None:
    with pytest.raises(UsageError, match="kernel_size is k, which") as error:
        understand("nn.ConvTranspose2d(8, 4, k)", None, setter="--set")
    assert error.value.help.endswith("give variables their values with --set k=4.")
    with pytest.raises(UsageError) as error:
        understand("nn.ConvTranspose2d(8, 4, k - 1)", None, setter="--set")
    assert error.value.help.endswith("with --set k=4.")


def test_a_named_dialect_that_computes_something_else_is_refused() -> None:
    text = "hk.Conv2DTranspose(4, 4, stride=2)"
    assert understand(text, "flax").dialect.name == "flax"
    with pytest.raises(UsageError, match="Haiku's, which is read as flax's, not torch's") as error:
        understand(text, "torch")
    assert error.value.help == "leave the dialect out, or name flax."


def test_nothing_is_executed() -> None:
    text = "__import__('os').system('false') or nn.ConvTranspose2d(8, 4, 4, 2, 1)"
    assert _summarize(_read(text)) == PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "k += 2\nnn.ConvTranspose2d(8, 4, k)",
        "if big: k = 6\nnn.ConvTranspose2d(8, 4, k)",
        "while big:\n    k = k * 2\nnn.ConvTranspose2d(8, 4, k)",
        "for k in (3, 5): ups.append(nn.ConvTranspose2d(8, 4, k))",
        "ups = [nn.ConvTranspose2d(8, 4, k) for k in (3, 5)]",
        "make = lambda k: nn.ConvTranspose2d(8, 4, k)",
        "def up(k): return nn.ConvTranspose2d(8, 4, k)",
        "async def up(k):\n    return nn.ConvTranspose2d(8, 4, k)",
        "def up():\n    k = 3\n    for k in (3, 5): ups.append(nn.ConvTranspose2d(8, 4, k))",
        "class Up:\n    def __init__(self, k):\n        self.up = nn.ConvTranspose2d(8, 4, k)",
        "a, k = split(x)\nnn.ConvTranspose2d(8, 4, k)",
        "with read(x) as k: nn.ConvTranspose2d(8, 4, k)",
        "try:\n    k = 5\nexcept E:\n    k = 6\nnn.ConvTranspose2d(8, 4, k)",
        "(k := 6)\nnn.ConvTranspose2d(8, 4, k)",
        "import k\nnn.ConvTranspose2d(8, 4, k)",
        "del k\nnn.ConvTranspose2d(8, 4, k)",
        "def change():\n    global k\n    k = 6\nnn.ConvTranspose2d(8, 4, k)",
        "k = [4, 4]\nk[0] = size\nnn.ConvTranspose2d(8, 4, k)",
    ],
)
def test_a_variable_that_may_have_changed_has_no_value(text: str) -> None:
    with pytest.raises(UsageError, match="kernel_size is k, which has a value only in your"):
        LayerRequest(f"k = 4\n{text}", input_size=(5, 5)).understand()
    request = LayerRequest(f"k = 4\n{text}", input_size=(5, 5), variables={"k": 3})
    assert request.understand().shown_output == (7, 7)


@pytest.mark.parametrize(
    "text",
    [
        "k = s = 3\nnn.ConvTranspose2d(8, 4, k, s)",
        "[a, (k, s)] = [1, (3, 3)]\nnn.ConvTranspose2d(8, 4, k, s)",
        "k = s = 2\nk, s = s + 1, k + 1\nnn.ConvTranspose2d(8, 4, k, s)",
        "k = s = 3\ndef other(k):\n    s = 9\nnn.ConvTranspose2d(8, 4, k, s)",
        "k = s = 3\nlog([k for k in (1, 2)], lambda s: s)\nnn.ConvTranspose2d(8, 4, k, s)",
        "k = s = 3\nk = nn.ConvTranspose2d(8, 4, k, s)\ns = 9",
        "if big:\n    k = s = 3\n    up = nn.ConvTranspose2d(8, 4, k, s)",
        "for s in (9,):\n    k = s = 3\n    ups.append(nn.ConvTranspose2d(8, 4, k, s))",
        "k = 9\ntry:\n    s = 9\nexcept E:\n    k = s = 3\n    nn.ConvTranspose2d(8, 4, k, s)",
        "s = 3\nclass Up:\n    s = 9\n    def make(self, k=3):\n"
        "        return nn.ConvTranspose2d(8, 4, k, s)",
        "k = 9\ndef up(s):\n    k = s = 3\n    return nn.ConvTranspose2d(8, 4, k, s)",
    ],
)
def test_a_variable_has_the_value_of_its_place(text: str) -> None:
    assert LayerRequest(text, input_size=(5, 5)).understand().shown_output == (15, 15)
