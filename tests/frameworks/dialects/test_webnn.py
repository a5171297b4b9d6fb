"""WebNN: the method's steps in the draft c515210, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import NotExpressible
from deconvcli.frameworks.dialects import take
from tests.cli.commandline import deconv
from tests.frameworks.dialects.documented import agree, impulse, refuses, shape

X = (1, 4, 5, 6)
W = (4, 2, 3, 3)


@pytest.mark.parametrize(
    ("parameters", "output"),
    [
        ({}, (7, 8)),
        ({"strides": [2, 3]}, (11, 18)),
        ({"dilations": [2, 1]}, (9, 8)),
        # (inputSize - 1)*stride + effectiveFilterSize - beginning - ending + outputPadding
        ({"strides": [2, 2], "padding": [1, 0, 2, 1]}, (10, 10)),
        ({"strides": [2, 2], "outputPadding": [1, 0]}, (12, 13)),
        ({"strides": [2, 2], "outputSizes": [12, 13]}, (12, 13)),
        # With outputSizes, outputPadding is not looked at, however large.
        ({"strides": [2, 2], "outputSizes": [11, 14], "outputPadding": [9, 9]}, (11, 14)),
    ],
)
def test_the_size(parameters: dict[str, Any], output: tuple[int, int]) -> None:
    assert shape("webnn", X, weight_shape=W, **parameters) == (1, 2, *output)


def test_padding_is_begin_and_end_of_each_axis() -> None:
    reading = deconvcli.layer("webnn", input_shape=X, weight_shape=W, padding=[1, 2, 0, 1])
    assert reading.crop == ((1, 2), (0, 1))
    assert impulse("webnn", [1, 2, 3], padding=[0, 0, 1, 0]) == [1, 2, 3, 0]


@pytest.mark.parametrize(
    ("layout", "weight"), [("iohw", (4, 2, 3, 5)), ("hwoi", (3, 5, 2, 4)), ("ohwi", (2, 3, 5, 4))]
)
def test_the_filter_layouts(layout: str, weight: tuple[int, ...]) -> None:
    output = shape("webnn", X, weight_shape=weight, filterLayout=layout, groups=2)
    assert output == (1, 4, 7, 10)


def test_the_filter_layouts_hold_the_same_values() -> None:
    for layout, axes in (("hwoi", (2, 3, 1, 0)), ("ohwi", (1, 2, 3, 0))):
        words = {"strides": [2, 1], "groups": 2}
        agree(
            ("webnn", {**words, "filterLayout": layout}),
            ("webnn", words),
            lambda weight, axes=axes: np.ascontiguousarray(weight.transpose(axes)),
        )


def test_the_input_layout() -> None:
    assert shape("webnn", (1, 5, 6, 4), weight_shape=W, inputLayout="nhwc") == (1, 7, 8, 2)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"padding": [1, 1]}, "padding is [1, 1]"),
        ({"padding": [1, 1, -1, 0]}, "padding -1 is negative"),
        ({"strides": [0, 1]}, "strides 0 is not positive"),
        ({"dilations": [1, 0]}, "dilations 0 is not positive"),
        ({"outputPadding": [1, 0]}, "outputPadding 1 is not smaller than strides 1"),
        # Unlike ONNX and PyTorch, whatever the dilation is.
        ({"outputPadding": [1, 0], "dilations": [2, 2]}, "not smaller than strides 1"),
        ({"strides": [2, 2], "outputSizes": [13, 13]}, "outside 11 to 12"),
        ({"strides": [2, 2], "outputSizes": [11, 12]}, "outside 13 to 14"),
        ({"groups": 0}, "groups 0 is not positive"),
        ({"inputLayout": "chwn"}, "inputLayout is 'chwn'"),
        ({"filterLayout": "oihw"}, "filterLayout is 'oihw'"),
        ({"padding": [3, 4, 0, 0]}, "the output would have size 0"),
    ],
)
def test_a_type_error(parameters: dict[str, Any], reason: str) -> None:
    refuses(reason, "webnn", X, weight_shape=W, **parameters)


def test_other_channels_or_ranks_are_refused() -> None:
    refuses("has 3 channels", "webnn", (1, 3, 5, 6), weight_shape=W)
    refuses("takes 2 spatial axes", "webnn", (1, 4, 5), weight_shape=(4, 2, 3))
    refuses("takes an input of 4 axes", "webnn", (4, 5, 6), weight_shape=W)
    refuses("shape is not known", "webnn", X)


def test_what_it_can_say() -> None:
    torch = deconvcli.layer(
        "torch", input_shape=X, weight_shape=W, stride=2, padding=1, output_padding=1
    )
    said = deconvcli.convert(torch, "webnn").spelling.arguments
    assert (said["padding"], said["outputPadding"]) == ([1, 0, 1, 0], [0, 0])
    line = deconvcli.layer("torch", input_shape=(1, 4, 5), weight_shape=(4, 2, 3))
    with pytest.raises(NotExpressible, match="1 spatial axis"):
        take("webnn")[0].spell(line.layer, line.sizes)


@pytest.mark.parametrize(
    ("call", "output"),
    [
        ("builder.convTranspose2d(x, w)", (1, 2, 7, 8)),
        ("builder.convTranspose2d(x, w, {})", (1, 2, 7, 8)),
        ("builder.convTranspose2d(x, w, {strides: [2, 2]})", (1, 2, 11, 13)),
        ("const y = builder.convTranspose2d(x, w, {strides: [2, 1], groups: 1});", (1, 2, 11, 8)),
        ("let y = mlBuilder.convTranspose2d(x, w, {'outputSizes': [8, 9]});", None),
        ("var y = b.convTranspose2d(x, w, {padding: [1, 0, 1, 1], label: 'up'})", (1, 2, 6, 6)),
        ("y = builder.convTranspose2d(x, w, {\n  strides: [2, 2],\n  bias,\n});", None),
        ("builder.convTranspose2d(x, w, options)", None),
        ("builder.convTranspose2d(x, w, {stride: [2, 2]})", None),
    ],
)
def test_a_pasted_call(call: str, output: tuple[int, ...] | None) -> None:
    if output is None:
        with pytest.raises(deconvcli.DeconvError):
            deconvcli.paste(call, X, weight_shape=W)
    else:
        found = deconvcli.paste(call, X, weight_shape=W)
        assert (found.spelling.dialect, found.output_shape) == ("webnn", output)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        # PyTorch's kernel 3, stride 2, padding 1, output_padding 1 is not built; Keras' same is.
        ({"strides": [2, 2], "padding": [1, 1, 1, 1], "outputPadding": [1, 1]}, "builds padding 0"),
        ({"strides": [2, 2], "padding": [0, 1, 0, 1]}, ""),
        ({"strides": [2, 2]}, ""),
        ({"padding": [1, 1, 1, 1]}, ""),
        ({"padding": [1, 1, 0, 0]}, "builds padding 0"),
        ({"dilations": [1, 2]}, "no layer with groups or dilations"),
        ({"groups": 2}, "no layer with groups or dilations"),
    ],
)
def test_what_chromium_builds_on_the_cpu(words: dict[str, Any], reason: str) -> None:
    output = shape("webnn", X, weight_shape=W, **words)
    if reason:
        refuses(reason, "webnn@litert", X, weight_shape=W, **words)
    else:
        assert shape("webnn@litert", X, weight_shape=W, **words) == output


def test_a_size_that_is_open_says_which_padding_is_built() -> None:
    line = "shape --in Nx6 -k 3 -s 2 -D webnn@litert"
    assert "webnn-litert" not in deconv(line).out
    assert "warning[webnn-litert]" in deconv(f"{line} --padding 0:1,0:1").out
