"""Pasted calls: which keys their arguments are, and words that another framework has."""

from __future__ import annotations

from typing import Any

import pytest

from deconvcli.common.errors import UsageError
from deconvcli.networks.pasted.calls import read_pasted_layer


@pytest.mark.parametrize(
    ("text", "operation", "parameters"),
    [
        ("UpSampling2D(size=2)", "upsample", {"scale": 2}),
        ("UpSampling2D((2, 3), data_format='channels_last')", "upsample", {"scale": [2, 3]}),
        ("nn.Upsample(size=64)", "upsample", {"size": 64}),
        (
            "nn.Upsample(scale_factor=2, mode='nearest')",
            "upsample",
            {"scale_factor": 2, "mode": "nearest"},
        ),
        ("MaxPooling2D(pool_size=2)", "max_pool", {"pool_size": 2}),
        ("layers.MaxPooling1D()", "max_pool", {"pool_size": 2}),
        ("layers.MaxPool2D(strides=1)", "max_pool", {"pool_size": 2, "strides": 1}),
        ("gluon.nn.AvgPool2D()", "avg_pool", {"pool_size": 2}),
        ("nn.Dense(features=5)", "dense", {"features": 5}),
        ("paddle.nn.AdaptiveAvgPool2D((3, 2))", "adaptive_pool", {"output_size": [3, 2]}),
        ("gluon.nn.GlobalAvgPool2D()", "global_pool", {"keepdims": True}),
        ("eqx.nn.Linear(8, 4, key=key)", "dense", {"in_features": 8, "out_features": 4}),
        ("MaxPooling2D()", "max_pool", {"pool_size": 2}),
        ("AveragePooling3D(strides=1)", "avg_pool", {"pool_size": 2, "strides": 1}),
        ("UpSampling3D()", "upsample", {"scale": 2}),
        ("nn.Upsample(scale_factor=2.0)", "upsample", {"scale_factor": 2}),
        ("ZeroPadding2D()", "pad", {"padding": 1}),
        ("nn.ReflectionPad2d((1, 2, 3, 4))", "pad", {"padding": [[3, 4], [1, 2]]}),
        ("nn.CircularPad3d((1, 2, 3, 4, 5, 6))", "pad", {"padding": [[5, 6], [3, 4], [1, 2]]}),
        ("nn.ZeroPad2d(3)", "pad", {"padding": 3}),
        ("Reshape((7, 5, 64))", "reshape", {"target_shape": [64, 7, 5]}),
        ("nn.Unflatten(1, (64, 7, 5))", "reshape", {"dim": 1, "unflattened_size": [64, 7, 5]}),
        ("nn.AdaptiveAvgPool2d((1, 1))", "adaptive_pool", {"output_size": [1, 1]}),
        ("nn.LazyConv2d(8, 3)", "conv", {"in_channels": None, "out_channels": 8, "kernel_size": 3}),
        (
            "LazyConv2d(0, 8, kernel_size=(3, 3))",
            "conv",
            {"in_channels": None, "out_channels": 8, "kernel_size": [3, 3]},
        ),
        ("nn.LazyLinear(8)", "dense", {"in_features": None, "out_features": 8}),
        (
            "LazyLinear(in_features=0, out_features=8, bias=True)",
            "dense",
            {"out_features": 8, "bias": True},
        ),
        ("nn.LazyConvTranspose2d(8, 4)", "conv_transpose", {"out_channels": 8, "kernel": 4}),
        (
            "LazyConvTranspose2d(0, 8, kernel_size=4)",
            "conv_transpose",
            {"out_channels": 8, "kernel": 4},
        ),
        ("Conv2D(8, 3, kernel_initializer='he_normal')", "conv", {"filters": 8, "kernel_size": 3}),
        ("nn.Conv2d(3, 8, 3)", "conv", {"in_channels": 3, "out_channels": 8, "kernel_size": 3}),
        ("nn.ReLU(inplace=True)", "activation", {}),
        (
            "nn.BatchNorm2d(channels, momentum=MOMENTUM)",
            "norm",
            {"kind": "batch", "moving_statistics": False},
        ),
        (
            "nn.InstanceNorm2d(64)",
            "norm",
            {"kind": "instance", "affine": False, "num_features": 64},
        ),
        ("nn.GroupNorm(8, width)", "norm", {"kind": "group", "num_groups": 8}),
        (
            "GroupNormalization(scale=False, gamma_initializer=zeros)",
            "norm",
            {"kind": "group", "groups": 32, "scale": False},
        ),
        (
            "nn.PReLU(64, init=0.1)",
            "activation",
            {"kind": "prelu", "num_parameters": 64, "init": 0.1},
        ),
        ("layers.SpatialDropout2D(0.2)", "dropout", {}),
        ("Cropping1D((0, 8))", "crop", {"cropping": [0, 8]}),
        ("Cropping2D(cropping=((1, 2), (3, 4)))", "crop", {"cropping": [[1, 2], [3, 4]]}),
        ("layers.Cropping3D(2)", "crop", {"cropping": 2}),
        ("ZeroPadding1D((3, 1))", "pad", {"padding": [3, 1]}),
        ("ZeroPadding2D(((1, 0), (0, 0)))", "pad", {"padding": [[1, 0], [0, 0]]}),
        ("nn.ReflectionPad1d((1, 2))", "pad", {"padding": [1, 2]}),
        ("nn.ConstantPad1d(1, 0.5)", "pad", {"padding": 1, "mode": 0.5}),
    ],
)
def test_the_keys_of_a_call(text: str, operation: str, parameters: dict[str, Any]) -> None:
    read = read_pasted_layer(text, "torch")
    assert read.operation == operation
    assert read.parameters == parameters


@pytest.mark.parametrize(
    ("text", "word", "own", "framework"),
    [
        ("nn.Conv2d(filters=3, in_channels=3, kernel_size=3)", "filters", "out_channels", "torch"),
        ("nn.Conv2d(3, 8, kernel=3)", "kernel", "kernel_size", "torch"),
        ("Conv2D(out_channels=8, kernel_size=3)", "out_channels", "filters", "keras"),
        ("nn.ConvTranspose2d(3, 4, 4, strides=2)", "strides", "stride", "torch"),
        ("Conv2DTranspose(4, 3, stride=2)", "stride", "strides", "keras"),
        ("UpSampling2D(scale_factor=2)", "scale_factor", "size", "keras"),
    ],
)
def test_a_call_has_its_own_parameters(text: str, word: str, own: str, framework: str) -> None:
    with pytest.raises(UsageError, match=f"has no argument '{word}'") as caught:
        read_pasted_layer(text, "torch")
    assert caught.value.help == f"write {own}, as {framework} does."


@pytest.mark.parametrize(
    ("text", "dialect", "parameters"),
    [
        ("nn.Conv2D(3, 8, 3)", "torch", {"in_channels": 3, "out_channels": 8, "kernel_size": 3}),
        ("nn.Conv2D(3, 8, 3)", "paddle", {"in_channels": 3, "out_channels": 8, "kernel_size": 3}),
        ("nn.Conv2D(3, 8, 3)", "mxnet", {"out_channels": 3, "kernel_size": 8, "strides": 3}),
        (
            "nn.Conv2D(8, 3, strides=2)",
            "torch",
            {"out_channels": 8, "kernel_size": 3, "strides": 2},
        ),
        ("Conv2D(3, 8, 3)", "keras", {"filters": 3, "kernel_size": 8, "strides": 3}),
        ("Conv2D(3, 8, 3)", "keras2", {"filters": 3, "kernel_size": 8, "strides": 3}),
        ("Conv2D(3, 8, 3)", "keras@jax", {"filters": 3, "kernel_size": 8, "strides": 3}),
        ("Conv2D(3, 8, 3)", "paddle", {"in_channels": 3, "out_channels": 8, "kernel_size": 3}),
        (
            "Conv2D(3, 8, 3, padding=1)",
            "torch",
            {"in_channels": 3, "out_channels": 8, "kernel_size": 3, "padding": 1},
        ),
        (
            "Conv2D(8, 3, 2, 'same')",
            "torch",
            {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same"},
        ),
        ("layers.Conv2D(3, 8, 3)", "torch", {"filters": 3, "kernel_size": 8, "strides": 3}),
        ("Conv2D(8, 3)", "torch", {"filters": 8, "kernel_size": 3}),
        (
            "nn.Conv3D(3, 8, 3, stride=2, bias_attr=False)",
            "torch",
            {"in_channels": 3, "out_channels": 8, "kernel_size": 3, "stride": 2, "bias": False},
        ),
        (
            "nn.Conv1D(3, 8, 3, bias_attr=attr)",
            "paddle",
            {"in_channels": 3, "out_channels": 8, "kernel_size": 3},
        ),
        ("nn.MaxPool2D(2, 2, 1)", "paddle", {"kernel_size": 2, "stride": 2, "padding": 1}),
        ("MaxPool2D(2, 2, 'same')", "torch", {"pool_size": 2, "strides": 2, "padding": "same"}),
        ("MaxPool2D(2, 2, 1)", "torch", {"kernel_size": 2, "stride": 2, "padding": 1}),
        ("nn.AvgPool2D(3, stride=2)", "torch", {"kernel_size": 3, "stride": 2}),
        ("nn.AvgPool1D(pool_size=3)", "torch", {"pool_size": 3}),
        (
            "mx.gluon.nn.Conv2D(8, 3, 1, 1)",
            "torch",
            {"out_channels": 8, "kernel_size": 3, "strides": 1, "padding": 1},
        ),
        ("gluon.nn.MaxPool2D(3, 2, 1)", "paddle", {"pool_size": 3, "strides": 2, "padding": 1}),
        (
            "paddle.nn.Conv2D(8, 3, 3, 1)",
            "mxnet",
            {"in_channels": 8, "out_channels": 3, "kernel_size": 3, "stride": 1},
        ),
        (
            "nn.Conv(8, (3, 3), 2)",
            "flax",
            {"features": 8, "kernel_size": [3, 3], "strides": 2, "padding": "same"},
        ),
        (
            "nn.Conv(features=8, kernel_size=(3, 3), kernel_dilation=2, padding='VALID')",
            "torch",
            {"features": 8, "kernel_size": [3, 3], "dilation": 2, "padding": "VALID"},
        ),
        (
            "nnx.Conv(3, 8, (3, 3), rngs=rngs)",
            "flax",
            {"in_channels": 3, "out_channels": 8, "kernel_size": [3, 3], "padding": "same"},
        ),
        (
            "nnx.Conv(3, 8, 3, feature_group_count=3, rngs=nnx.Rngs(0))",
            "torch",
            {
                "in_channels": 3,
                "out_channels": 8,
                "kernel_size": 3,
                "groups": 3,
                "padding": "same",
            },
        ),
        (
            "nn.InstanceNorm(4)",
            "mlx",
            {"num_features": 4, "kind": "instance", "affine": False},
        ),
        (
            "nn.BatchNorm(axis=1)",
            "mxnet",
            {"axis": 1, "kind": "batch", "data_format": "channels_first"},
        ),
    ],
)
def test_arguments_and_dialect_decide_about_a_shared_name(
    text: str, dialect: str, parameters: dict[str, Any]
) -> None:
    assert read_pasted_layer(text, dialect).parameters == parameters


@pytest.mark.parametrize(
    "text", ["Conv2D(3, 8, 3)", "Conv1D(3, 8, 3)", "Conv3D(3, 8, 3, name='a')"]
)
def test_a_name_that_nothing_decides_about_is_asked_back(text: str) -> None:
    with pytest.raises(
        UsageError, match=r"may be keras's \(filters, kernel_size, strides\)"
    ) as error:
        read_pasted_layer(text, "torch")
    assert "paddle's (in_channels, out_channels, kernel_size)" in error.value.message
    assert "set the dialect" in error.value.help


@pytest.mark.parametrize(
    ("text", "network", "layer"),
    [
        ("layers.Conv2D(8, 3, strides=2, padding='same')", "torch", "keras"),
        ("layers.Conv2D(8, 3)", "keras2", ""),
        ("layers.MaxPooling2D(2, padding='same')", "mlx", "keras"),
        ("paddle.nn.Conv2D(8, 3, 3)", "keras", "paddle"),
        ("nn.Conv(8, (3, 3))", "torch", "flax"),
        ("nn.Conv(8, (3, 3))", "flax", ""),
        ("gluon.nn.MaxPool2D(3)", "torch", "mxnet"),
        ("nn.Conv2d(3, 8, 3, padding=1)", "keras", "torch"),
        ("nn.MaxPool2d(3, 2, 1)", "flax", "torch"),
        # Others have torch's names, and pad in their own way.
        ("nn.Conv2d(3, 8, 3, padding=1)", "mlx", ""),
        ("nn.Conv2d(3, 8, 3, padding=1)", "onnx", ""),
        ("nn.Linear(3, 8)", "keras", ""),
    ],
)
def test_a_forward_layer_of_another_framework_keeps_its_dialect(
    text: str, network: str, layer: str
) -> None:
    assert read_pasted_layer(text, network).dialect == layer


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("hk.Conv2D(8, 3)", "Haiku"),
        ("haiku.Linear(4)", "Haiku"),
        ("hk.BatchNorm(True, True, 0.9)", "Haiku"),
        ("snt.Conv2D(8, 3)", "Sonnet"),
        ("mindspore.nn.Dense(3, 8)", "MindSpore"),
        ("chainer.links.Linear(3, 8)", "Chainer"),
    ],
)
def test_a_name_in_the_module_of_another_framework_is_not_ours(text: str, title: str) -> None:
    with pytest.raises(UsageError, match=f"is a layer of {title}, which is not read here"):
        read_pasted_layer(text, "torch")
