"""The parameters of norms and PReLUs, as torch 2.13.0 and Keras 3.15.1 count them.

Measured on a batch of [8, 10, 10]: `sum(p.numel() for p in module.parameters())` and
`layer.count_params()` after `build((None, 10, 10, 8))`.
"""

from __future__ import annotations

import pytest

from deconvcli.checks.checking import CheckedFile, Settings, check_bytes
from deconvcli.common.findings import Severity

TORCH = {
    "nn.BatchNorm2d(8)": 16,
    "nn.BatchNorm2d(num_features=8, momentum=MOMENTUM)": 16,
    "nn.BatchNorm2d(8, affine=False)": 0,
    "nn.BatchNorm2d(8, 1e-3, 0.1, False)": 0,
    "nn.SyncBatchNorm(8)": 16,
    "nn.GroupNorm(4, 8)": 16,
    "nn.GroupNorm(4, 8, affine=False)": 0,
    "nn.LayerNorm([8, 10, 10])": 1600,
    "nn.LayerNorm([8, 10, 10], bias=False)": 800,
    "nn.LayerNorm(10)": 20,
    "nn.LayerNorm((10, 10))": 200,
    "nn.LayerNorm([8, 10, 10], elementwise_affine=False)": 0,
    "nn.InstanceNorm2d(8)": 0,
    "nn.InstanceNorm2d(8, affine=True)": 16,
    "nn.InstanceNorm2d(9)": 0,
    "nn.RMSNorm(10)": 10,
    "nn.RMSNorm([8, 10, 10])": 800,
    "nn.RMSNorm(10, elementwise_affine=False)": 0,
    "nn.PReLU()": 1,
    "nn.PReLU(8)": 8,
    "nn.PReLU(num_parameters=8, init=0.1)": 8,
    "nn.LeakyReLU(0.1)": 0,
    "batch_norm": 16,
    "{op: batch_norm, affine: false}": 0,
    "{op: group_norm, groups: 2}": 16,
    "instance_norm": 0,
    "{op: instance_norm, affine: true}": 16,
    "layer_norm": 16,
    "{op: layer_norm, normalized_shape: [8, 10, 10]}": 1600,
    "rms_norm": 8,
    "prelu": 1,
    "{op: prelu, num_parameters: 8}": 8,
    "{op: activation, kind: prelu}": 1,
    "relu": 0,
}
KERAS = {
    "BatchNormalization()": 32,
    "BatchNormalization(center=False)": 24,
    "BatchNormalization(scale=False)": 24,
    "BatchNormalization(-1, 0.9, 1e-3, False, False)": 16,
    "GroupNormalization(4)": 16,
    "GroupNormalization(groups=-1)": 16,
    "GroupNormalization(4, center=False)": 8,
    "LayerNormalization()": 16,
    "LayerNormalization(axis=[1, 2, 3])": 1600,
    "LayerNormalization(axis=(1, 2))": 200,
    "BatchNormalization(axis=-1)": 32,
    "BatchNormalization(axis=3)": 32,
    "BatchNormalization(axis=[3])": 32,
    "{op: batch_norm, axis: 1, data_format: channels_first}": 32,
    "{op: batch_norm, axis: 1, data_format: channels_last}": 40,
    "{op: batch_norm, data_format: channels_first}": 40,
    "{op: layer_norm, axis: [1, 2], data_format: channels_first}": 160,
    "{op: prelu, shared_axes: [2, 3], data_format: channels_first}": 8,
    "LayerNormalization(scale=False)": 8,
    "RMSNormalization()": 8,
    "PReLU()": 800,
    "PReLU(shared_axes=[1, 2])": 8,
    "PReLU(shared_axes=[1, 2, 3])": 1,
    "LeakyReLU(0.1)": 0,
    "batch_norm": 32,
    "{op: batch_norm, scale: false}": 24,
    "layer_norm": 16,
    "{op: layer_norm, axis: [1, 2, 3]}": 1600,
    "rms_norm": 8,
    "prelu": 800,
    "{op: prelu, shared_axes: [1, 2]}": 8,
}
# Counted as their own framework does, in a network of another one.
ELSEWHERE = {
    ("keras", "nn.BatchNorm2d(8)"): 16,
    ("torch", "BatchNormalization()"): 32,
    ("keras@jax", "batch_norm"): 32,
    ("keras2", "prelu"): 800,
    ("flax", "nn.BatchNorm(use_running_average=True, use_scale=False)"): 8,
    ("flax", "nn.InstanceNorm()"): 16,
    ("flax", "batch_norm"): 16,
    ("paddle", "prelu"): 1,
    # Measured with Paddle 3.4.0: sum(p.size for p in layer.parameters()), as its summary counts.
    ("paddle", "nn.BatchNorm2D(8)"): 32,
    ("paddle", "nn.BatchNorm2D(8, weight_attr=False)"): 24,
    ("torch", "nn.SyncBatchNorm(8)"): 16,
    ("paddle", "batch_norm"): 32,
    ("torch", "paddle.nn.BatchNorm2D(8)"): 32,
    ("paddle", "nn.InstanceNorm2D(8)"): 16,
    ("paddle", "nn.InstanceNorm2D(8, weight_attr=False, bias_attr=False)"): 0,
    ("paddle", "nn.GroupNorm(4, 8)"): 16,
    ("mlx", "nn.BatchNorm(8)"): 16,
    ("mlx", "nn.InstanceNorm(8)"): 0,
    ("mlx", "nn.InstanceNorm(8, affine=True)"): 16,
    ("mxnet", "nn.BatchNorm(scale=False)"): 8,
    ("mxnet", "nn.BatchNorm(axis=1)"): 16,
    ("torch", "nn.LazyBatchNorm2d()"): 16,
    ("torch", "nn.LazyBatchNorm2d(affine=False)"): 0,
    ("torch", "nn.LazyInstanceNorm2d(affine=True)"): 16,
    ("torch", "nn.AlphaDropout()"): 0,
}


# Layers that change the shape, with the shape that they give from [8, 10, 10]. Measured with
# Flax 0.12.8 (the sum of `init(...)["params"]`) and with torch and Keras.
SHAPES = {
    ("torch", "nn.Conv2d(8, 4, 3, bias=False)"): ("[4, 8, 8]", 288),
    ("torch", "nn.Conv2d(8, 4, 3, groups=4)"): ("[4, 8, 8]", 76),
    ("torch", "nn.LazyConv2d(4, 3)"): ("[4, 8, 8]", 292),
    ("torch", "nn.ConvTranspose2d(8, 4, (2, 3), groups=2)"): ("[4, 11, 12]", 100),
    ("torch", "nn.Linear(8, 5, bias=False)"): ("[5, 10, 10]", 40),
    ("torch", "nn.LazyLinear(5)"): ("[5, 10, 10]", 45),
    ("torch", "nn.AdaptiveAvgPool2d((3, 2))"): ("[8, 3, 2]", 0),
    ("torch", "nn.AdaptiveMaxPool2d(1)"): ("[8, 1, 1]", 0),
    ("keras", "layers.Conv2D(4, 3, 2, 'same', use_bias=False)"): ("[4, 5, 5]", 288),
    ("keras", "layers.Conv2D(4, 3, groups=2)"): ("[4, 8, 8]", 148),
    ("keras", "layers.Dense(5)"): ("[5, 10, 10]", 45),
    ("keras", "layers.MaxPooling2D()"): ("[8, 5, 5]", 0),
    ("keras", "layers.UpSampling2D()"): ("[8, 20, 20]", 0),
    ("keras", "layers.ZeroPadding2D()"): ("[8, 12, 12]", 0),
    ("keras", "layers.GlobalAveragePooling2D()"): ("[8]", 0),
    ("keras", "layers.GlobalMaxPooling2D(keepdims=True)"): ("[8, 1, 1]", 0),
    ("keras", "layers.DepthwiseConv2D(3, 2, 'same')"): ("[8, 5, 5]", 80),
    ("keras", "layers.DepthwiseConv2D((3, 5), depth_multiplier=2)"): ("[16, 8, 6]", 256),
    ("keras", "layers.DepthwiseConv2D(3, use_bias=False, dilation_rate=2)"): ("[8, 6, 6]", 72),
    ("keras", "layers.SeparableConv2D(10, 3)"): ("[10, 8, 8]", 162),
    ("keras", "layers.SeparableConv2D(10, (3, 5), depth_multiplier=2)"): ("[10, 8, 6]", 410),
    ("torch", "SeparableConv2D(10, 3, 2, 'same')"): ("[10, 5, 5]", 162),
    ("torch", "nn.GLU(dim=1)"): ("[4, 10, 10]", 0),
    ("torch", "nn.GLU()"): ("[8, 10, 5]", 0),
    ("torch", "nn.MaxUnpool2d(3, 2, 1)"): ("[8, 19, 19]", 0),
    ("flax", "nn.Conv(4, (3, 3))"): ("[4, 10, 10]", 292),
    ("torch", "nn.Conv(4, (3, 3), strides=2, use_bias=False)"): ("[4, 5, 5]", 288),
    ("flax", "nn.Conv(features=4, kernel_size=(3, 3), feature_group_count=2)"): (
        "[4, 10, 10]",
        148,
    ),
    ("flax", "nn.Conv(4, (3, 3), padding='VALID')"): ("[4, 8, 8]", 292),
    ("flax", "nn.Dense(features=5)"): ("[5, 10, 10]", 45),
    ("torch", "layers.Conv2D(4, 3, 2, padding='same')"): ("[4, 5, 5]", 292),
    ("keras", "nn.Conv2d(8, 4, 3, padding=1)"): ("[4, 10, 10]", 292),
}


def check(layer: str, dialect: str = "torch", size: str = "10x10") -> CheckedFile:
    text = (
        f"dialect: {dialect}\nnetworks:\n  net:\n    input: {{channels: 8, size: {size}}}\n"
        f"    layers:\n      - {layer}\n"
    )
    return check_bytes("a.yaml", text.encode(), "yaml", Settings(tables=True))


@pytest.mark.parametrize(
    ("dialect", "layer", "parameters"),
    [
        *(("torch", layer, count) for layer, count in TORCH.items()),
        *(("keras", layer, count) for layer, count in KERAS.items()),
        *((dialect, layer, count) for (dialect, layer), count in ELSEWHERE.items()),
    ],
)
def test_parameters_are_counted_as_the_framework_does(
    dialect: str, layer: str, parameters: int
) -> None:
    checked = check(layer, dialect)
    assert checked.findings == ()
    [row] = checked.networks[0].rows
    assert (row.shape, row.parameters) == ("[8, 10, 10]", parameters)


@pytest.mark.parametrize(("dialect", "layer"), SHAPES)
def test_shapes_and_parameters_are_those_of_the_layers_own_framework(
    dialect: str, layer: str
) -> None:
    checked = check(layer, dialect)
    assert [finding for finding in checked.findings if finding.severity is Severity.ERROR] == []
    [row] = checked.networks[0].rows
    assert (row.shape, row.parameters) == SHAPES[dialect, layer]


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("nn.BatchNorm2d(9)", "the input has 8 channels, the layer takes 9"),
        ("nn.GroupNorm(4, 12)", "the input has 8 channels, the layer takes 12"),
        ("nn.GroupNorm(3, 8)", "8 input channels cannot be split into 3 equal groups"),
        ("nn.InstanceNorm2d(9, affine=True)", "the input has 8 channels, the layer takes 9"),
        ("nn.PReLU(9)", "the input has 8 channels, the PReLU 9 slopes"),
        ("GroupNormalization()", "8 input channels cannot be split into 32 equal groups"),
        ("nn.LayerNorm([0])", "normalized_shape is [0]"),
        ("LayerNormalization(axis=[1, 4])", "axis is [1, 4], and the input has 3 axes"),
        ("PReLU(shared_axes=[0])", "shared_axes is [0], and the input has 3 axes"),
        ("PReLU(shared_axes=[True])", "shared_axes is [True], and the input has 3 axes"),
        ("{op: norm, kind: bath}", "kind is 'bath'"),
        ("nn.BatchNorm2d(8, affine=trained)", "affine is trained, which has a value only in your"),
    ],
)
def test_what_the_framework_refuses(layer: str, message: str) -> None:
    [finding] = check(layer).findings
    assert message in finding.message


@pytest.mark.parametrize(
    "layer",
    [
        "BatchNormalization(axis=1)",
        "BatchNormalization(1)",
        "BatchNormalization(axis=[1])",
        "BatchNormalization(axis=-3)",
        "LayerNormalization(axis=2)",
        "RMSNormalization(axis=1)",
        "{op: group_norm, groups: 2, axis: 1}",
    ],
)
def test_an_axis_of_an_unknown_order_leaves_the_count_unknown(layer: str) -> None:
    # Keras counts 4 times the height, or the channels: its norms have no data_format.
    checked = check(layer, "keras", "6x10")
    assert [finding for finding in checked.findings if finding.severity is Severity.ERROR] == []
    [row] = checked.networks[0].rows
    assert (row.shape, row.parameters, row.macs) == ("[8, 6, 10]", None, 0)


@pytest.mark.parametrize(
    ("call", "norm", "parameters"),
    [
        ("Conv2D(8, 1, data_format='channels_first')", "BatchNormalization(axis=1)", 32),
        ("Conv2D(8, 1, 1, 'same', 'channels_first')", "BatchNormalization()", 40),
        ("Conv2D(8, 1, data_format='channels_first')", "LayerNormalization(axis=[1, 2])", 96),
        ("Conv2D(8, 1, data_format='channels_last')", "BatchNormalization(axis=1)", 24),
        ("MaxPooling2D(1, data_format='channels_first')", "PReLU(shared_axes=[2, 3])", 8),
        ("MaxPooling2D(1, data_format='channels_first')", "nn.BatchNorm2d(8)", 16),
        ("MaxPooling2D(1, data_format='channels_first')", "batch_norm", 32),
    ],
)
def test_the_order_of_the_axes_is_that_of_another_call(
    call: str, norm: str, parameters: int
) -> None:
    checked = check(f'"{call}"\n      - "{norm}"', "keras", "6x10")
    assert [finding for finding in checked.findings if finding.severity is Severity.ERROR] == []
    assert checked.networks[0].rows[1].parameters == parameters


def test_an_unknown_size_leaves_the_count_unknown() -> None:
    [row] = check("PReLU()", "keras", "HxW").networks[0].rows
    assert row.parameters is None
    [row] = check("PReLU(shared_axes=[1, 2])", "keras", "HxW").networks[0].rows
    assert row.parameters == 8
