"""MXNet: the cases of tests/python/unittest/test_operator.py (test_deconvolution) and the source.

Source: Apache MXNet at b84609d.
"""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import NotExpressible, Refused
from deconvcli.frameworks.dialects import take
from tests.cli.commandline import deconv
from tests.frameworks.dialects.documented import refuses, shape


@pytest.mark.parametrize("rank", [1, 2])
def test_its_own_test_of_target_shape(rank: int) -> None:
    words = {"kernel": [3] * rank, "stride": [2] * rank, "num_filter": 5}
    x = (2, 3, *[4] * rank)
    # pad and adj are not looked at where target_shape is given, unless oneDNN computes the layer.
    ignored = {"target_shape": [8] * rank, "pad": [99] * rank, "adj": [101] * rank}
    assert shape("mxnet@native", x, **words, **ignored) == (2, 5, *[8] * rank)
    refuses("the pad that is given, 99", "mxnet", x, **words, **ignored)
    assert shape("mxnet", x, **words, pad=[1] * rank, adj=[1] * rank) == (2, 5, *[8] * rank)


@pytest.mark.parametrize(
    ("target", "crop"),
    # total = 9 - target; pad = (total + 1) / 2, adj = total % 2
    [(9, (0, 0)), (8, (1, 0)), (7, (1, 1)), (6, (2, 1)), (5, (2, 2))],
)
def test_target_shape_crops_the_larger_half_first(target: int, crop: tuple[int, int]) -> None:
    reading = deconvcli.layer(
        "mxnet@native", input_shape=(1, 1, 4), kernel=[3], stride=[2], target_shape=[target]
    )
    assert (reading.output_sizes, reading.crop) == ((target,), (crop,))


@pytest.mark.parametrize(
    ("target", "pad", "needed"),
    [(9, 0, 0), (9, 1, 0), (8, 0, 1), (8, 1, 1), (8, 2, 1), (7, 1, 1), (6, 1, 2), (6, 2, 2)],
)
def test_onednn_takes_a_target_shape_with_its_pad_only(target: int, pad: int, needed: int) -> None:
    words: Any = {"kernel": [3], "stride": [2], "target_shape": [target], "pad": [pad]}
    if pad == needed:
        assert shape("mxnet", (1, 1, 4), **words) == (1, 1, target)
        return
    with pytest.raises(Refused) as refused:
        deconvcli.layer("mxnet", input_shape=(1, 1, 4), **words)
    assert f"give pad {needed} with it" in refused.value.help


def test_onednn_crops_the_pad_that_is_given() -> None:
    # nd.Deconvolution of (2, 1, 9), measured with and without oneDNN.
    words: Any = {"kernel": [5], "stride": [3], "pad": [2], "target_shape": [27], "num_filter": 1}
    crops = {}
    for name in ("mxnet", "mxnet@native"):
        reading = deconvcli.layer(name, input_shape=(2, 1, 9), **words)
        crops[name] = (reading.crop, [finding.code for finding in reading.findings])
    assert crops == {
        "mxnet": (((2, 0),), ["mxnet-target-shape"]),
        "mxnet@native": (((1, 1),), []),
    }


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"stride": [2, 1], "dilate": [2, 1]}, True),
        ({"stride": [2, 1], "dilate": [1, 2]}, False),
        ({"stride": [1, 1], "dilate": [2, 2]}, False),
    ],
)
def test_without_onednn_a_dilated_stride_is_garbage(words: dict[str, Any], found: bool) -> None:
    words = {"kernel": [3, 3], "num_filter": 1, **words}
    reading = deconvcli.layer("mxnet@native", input_shape=(1, 1, 5, 5), **words)
    codes = [finding.code for finding in reading.findings if finding.differs]
    assert codes == ["mxnet-native-dilation"] * found
    assert deconvcli.layer("mxnet", input_shape=(1, 1, 5, 5), **words).findings == ()


def test_what_no_kernel_of_mxnet_computes() -> None:
    refuses("the batch is empty", "mxnet", (0, 1, 4), kernel=[3])
    words = {"kernel": [2, 2, 2], "num_filter": 1}
    assert shape("mxnet", (1, 1, 3, 3, 3), **words) == (1, 1, 4, 4, 4)
    refuses("three spatial axes with oneDNN alone", "mxnet@native", (1, 1, 3, 3, 3), **words)


def test_a_target_shape_of_zeros_is_none() -> None:
    assert shape("mxnet", (1, 1, 4), kernel=[3], stride=[2], target_shape=[0]) == (1, 1, 9)


def test_dilation() -> None:
    # stride*(n - 1) + 1 + (kernel - 1)*dilate - 2*pad + adj
    words = {"kernel": [3, 2], "dilate": [2, 3], "stride": [2, 2], "pad": [1, 0], "adj": [0, 1]}
    assert shape("mxnet", (1, 1, 5, 5), **words) == (1, 1, 8 + 5 - 2, 8 + 4 + 1)


@pytest.mark.parametrize(
    ("layout", "x", "weight", "output"),
    [
        (None, (1, 4, 5, 6), (4, 3, 2, 3), (1, 6, 6, 8)),
        ("NCHW", (1, 4, 5, 6), (4, 3, 2, 3), (1, 6, 6, 8)),
        ("NHWC", (1, 5, 6, 4), (4, 2, 3, 3), (1, 6, 8, 6)),
        ("NDHWC", (1, 5, 6, 7, 4), (4, 2, 3, 1, 3), (1, 6, 8, 7, 6)),
    ],
)
def test_the_layouts(layout: str | None, x: Any, weight: Any, output: Any) -> None:
    reading = deconvcli.layer(
        "mxnet", input_shape=x, weight_shape=weight, layout=layout, num_group=2
    )
    assert reading.output_shape == output
    codes = {finding.code for finding in reading.findings}
    assert ("mxnet-gpu-only" in codes) == (layout in ("NHWC", "NDHWC"))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"adj": [2, 0]}, "adj 2 is not smaller than stride 2"),
        ({"adj": [-1, 0]}, "adj -1 is negative"),
        ({"pad": [-1, 0]}, "pad -1 is negative"),
        ({"pad": [1]}, "pad is [1]"),
        ({"stride": [2, 0]}, "stride 0 is not positive"),
        ({"dilate": [0, 1]}, "dilate 0 is not positive"),
        ({"target_shape": [10, 9]}, "target_shape 10 is larger than the full size 9"),
        ({"target_shape": [6, 6], "stride": [1, 1]}, "adj 1 is not smaller than stride 1"),
        ({"layout": "NWC"}, "layout is 'NWC'"),
        ({"num_group": 2}, "3 input channels cannot be split into 2"),
    ],
)
def test_refusals(words: dict[str, Any], reason: str) -> None:
    words = {"stride": [2, 2], **words}
    n = 5 if words["stride"] == [1, 1] else 4
    refuses(reason, "mxnet", (2, 3, n, n), kernel=[3, 3], **words)


def test_dilation_in_three_dimensions_is_refused() -> None:
    words = {"kernel": [2, 2, 2], "dilate": [1, 1, 2]}
    refuses("dilate [1, 1, 2] is not supported", "mxnet", (1, 1, 3, 3, 3), **words)


def test_what_it_cannot_say() -> None:
    same = deconvcli.layer("keras", input_shape=(1, 5, 5, 1), kernel_size=3, strides=2, filters=1)
    assert deconvcli.convert(same, "mxnet").spelling.arguments["adj"] == [0, 0]
    odd = deconvcli.layer("onnx", input_shape=(1, 1, 5), kernel_shape=[3], pads=[0, 1])
    with pytest.raises(NotExpressible, match="crops pad at the start and pad - adj at the end"):
        take("mxnet")[0].spell(odd.layer, odd.sizes)


def test_pasted_operators() -> None:
    call = "mx.sym.Deconvolution(data=x, kernel=(4, 4), stride=(2, 2), pad=(1, 1), num_filter=8)"
    assert deconv("shape -q --in 1x3x5x5", call).out == "1x8x10x10\n"
    call = "mx.npx.deconvolution(x, w, None, (3,), (2,), num_filter=8, no_bias=flag, name='up')"
    assert deconv("shape -q --in 5", call).out == "11\n"


@pytest.mark.parametrize(
    ("size", "call", "output"),
    [
        ("3x5", "gluon.nn.Conv1DTranspose(8, 3, 2)", "8x11"),
        (
            "1x3x5x5",
            "nn.Conv2DTranspose(8, 4, 2, 1, in_channels=0, activation='relu')",
            "1x8x10x10",
        ),
        ("5x5", "mx.gluon.nn.Conv2DTranspose(8, (3, 4), strides=2, output_padding=1)", "12x13"),
        ("5x5x3", "nn.Conv2DTranspose(8, 3, dilation=(2, 1), layout='NHWC')", "9x7x8"),
        ("5", "nn.Conv3DTranspose(channels, 3, groups=2, use_bias=False)", "7x7x7"),
    ],
)
def test_pasted_layers_of_gluon(size: str, call: str, output: str) -> None:
    # (n - 1)*strides - 2*padding + kernel_size + output_padding, as their docstrings have it
    assert deconv("shape -q --in", size, call) == (0, f"{output}\n", "")


def test_gluon_has_a_bias_unless_told_otherwise() -> None:
    words: Any = {"input_shape": (1, 1, 5), "kernel_size": 3, "channels": 2}
    assert deconvcli.layer("mxnet", **words).layer.has_bias
    assert not deconvcli.layer("mxnet", **words, use_bias=False).layer.has_bias
    assert not deconvcli.layer("mxnet", input_shape=(1, 1, 5), kernel=[3]).layer.has_bias
    bias = deconvcli.layer("mxnet", input_shape=(1, 1, 5), kernel=[3], no_bias=False)
    assert bias.layer.has_bias


def test_one_parameter_under_two_names_is_refused() -> None:
    refuses("given twice", "mxnet", (1, 1, 5), kernel=[3], kernel_size=3)
