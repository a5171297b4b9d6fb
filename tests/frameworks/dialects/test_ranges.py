"""Sizes of 0 and beyond 64 bits, WebNN's dimensions and groups, and MXNet's lists of one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import Refused
from deconvcli.frameworks.dialects import take

Shape = tuple[int, ...]
Words = dict[str, Any]
HALF = 2**62


@pytest.mark.parametrize(
    ("name", "given", "weight", "words"),
    [
        ("torch", (1, 1, HALF), (1, 1, 3), {"stride": 4}),
        ("torch", (1, 1, 2, 2), (1, 1, 3, 3), {"dilation": [1, HALF]}),
        ("keras", (1, HALF, 1), (3, 1, 1), {"strides": 2}),
        ("onnx", (1, 1, HALF), (1, 1, 3), {"strides": [2]}),
        ("paddle", (1, 1, HALF), (1, 1, 3), {"stride": 2}),
        ("flax", (HALF, 1), (3, 1, 1), {"strides": [3]}),
        ("tinygrad", (1, 1, HALF), (1, 1, 3), {"stride": 2}),
    ],
)
def test_no_answer_is_beyond_64_bits(name: str, given: Shape, weight: Shape, words: Words) -> None:
    with pytest.raises(Refused, match="the largest size is 9223372036854775807") as refused:
        deconvcli.layer(name, input_shape=given, weight_shape=weight, **words)
    assert refused.value.code == "too-large"


def test_the_largest_size_of_64_bits_is_an_answer() -> None:
    reading = deconvcli.layer("torch", input_shape=(1, 1, 2**63 - 1), weight_shape=(1, 1, 1))
    assert reading.output_sizes == (2**63 - 1,)


@pytest.mark.parametrize(
    ("given", "weight", "words", "message"),
    [
        ((1, 1, 1, 2**31), (1, 1, 2, 2), {}, "the input has 2147483648 elements"),
        ((1, 1, 46341, 46341), (1, 1, 2, 2), {}, "the input has 2147488281 elements"),
        ((1, 1, 1, 1), (1, 1, 1, 2**31), {}, "the filter has 2147483648 elements"),
        ((0, 1, 4, 4), (1, 1, 2, 2), {}, "the input has a size of 0"),
        ((1, 1, 4, 0), (1, 1, 2, 2), {}, "the input has a size of 0"),
        ((1, 1, 1, 2**30), (1, 1, 2, 2), {"strides": [1, 4]}, "the largest size is 2147483647"),
    ],
)
def test_webnn_has_dimensions_of_32_bits(
    given: Shape, weight: Shape, words: Words, message: str
) -> None:
    with pytest.raises(Refused, match=message):
        deconvcli.layer("webnn", input_shape=given, weight_shape=weight, **words)


@pytest.mark.parametrize(
    ("into", "out", "groups", "layout"),
    [(3, 2, 2, "iohw"), (5, 1, 3, "iohw"), (1, 1, 2, "iohw"), (7, 2, 4, "ohwi"), (3, 1, 2, "hwoi")],
)
def test_webnn_does_not_compare_groups_with_the_input_channels(
    into: int, out: int, groups: int, layout: str
) -> None:
    weight = {"iohw": (into, out, 2, 2), "ohwi": (out, 2, 2, into), "hwoi": (2, 2, out, into)}
    words: Words = {"groups": groups, "filterLayout": layout}
    shape = (1, into, 4, 4)
    reading = deconvcli.layer("webnn", input_shape=shape, weight_shape=weight[layout], **words)
    assert reading.output_shape == (1, out * groups, 5, 5)
    assert [finding.code for finding in reading.findings] == ["webnn-groups"]
    with pytest.raises(Refused, match="the groups do not divide the input channels"):
        deconvcli.run(reading, np.ones(shape), np.ones(weight[layout]))


def test_chromium_is_named_where_it_refuses_padding() -> None:
    words: Words = {"strides": [4, 4], "outputPadding": [2, 2]}
    shapes: Words = {"input_shape": (1, 1, 1, 1), "weight_shape": (1, 1, 3, 3)}
    with pytest.raises(Refused, match="leaves -1 before outputPadding") as refused:
        deconvcli.layer("webnn", padding=[2, 2, 2, 2], **words, **shapes)
    assert refused.value.code == "webnn-chromium-padding"
    reading = deconvcli.layer("webnn", padding=[2, 1, 1, 2], **words, **shapes)
    assert reading.output_sizes == (2, 2)


@pytest.mark.parametrize(
    ("words", "out"),
    [
        ({"kernel": [3], "stride": 2}, 11),
        ({"kernel": 3, "stride": 2}, 11),
        ({"kernel": [3], "stride": 2, "pad": 1, "adj": 1}, 10),
        ({"kernel": 3, "dilate": 2}, 9),
        ({"kernel": [4], "stride": 2, "pad": 1, "target_shape": 10}, 10),
    ],
)
def test_mxnet_reads_a_number_as_a_list_of_one(words: Words, out: int) -> None:
    reading = deconvcli.layer("mxnet", input_shape=(1, 1, 5), num_filter=1, **words)
    assert reading.output_sizes == (out,)


@pytest.mark.parametrize("words", [{"kernel": 3}, {"kernel": [3, 3], "stride": 2}])
def test_a_list_of_one_is_no_layer_of_two_axes(words: Words) -> None:
    with pytest.raises(Refused, match=r"kernel of one axis|give a list of 2"):
        deconvcli.layer("mxnet", input_shape=(1, 1, 5, 5), weight_shape=(1, 1, 3, 3), **words)


@pytest.mark.parametrize("name", ["onnx", "onnx@onnxruntime"])
@pytest.mark.parametrize("size", [[1, 1, 10], [7, 9, 10]])
def test_onnx_runtime_takes_a_whole_output_shape_of_an_unknown_input(
    name: str, size: list[int]
) -> None:
    with pytest.raises(Refused, match="the spatial sizes alone") as refused:
        deconvcli.layer(name, input_shape=(1, 1, 5), weight_shape=(1, 1, 3), output_shape=size)
    [finding] = refused.value.findings
    assert "model gives the input no number of axes" in finding.message


# By the frameworks' own answers to some 1,500 random layers with sizes of 0.
@pytest.mark.parametrize(
    "name",
    [
        *("jax", "flax", "keras@jax", "keras", "keras2", "mlx", "openvino", "paddle", "tinygrad"),
        *("coreml", "onnx", "onnx@onnxruntime", "onnx@reference", "tensorflow"),
    ],
)
@pytest.mark.parametrize("empty", ["input channels", "output channels"])
def test_a_layer_without_channels_is_refused_with_what_others_make_of_it(
    name: str, empty: str
) -> None:
    dialect = take(name)[0]
    into, out = (0, 2) if empty == "input channels" else (2, 0)
    words: Words = {"padding": "VALID", "strides": [1]} if name in ("jax", "tensorflow") else {}
    words |= {"output_shape": [1, 7, out]} if name == "tensorflow" else {}
    shape: Any = dialect.data_layout(words, 1).shape({"N": (1,), "C": (into,)}, (5,))
    letters = {letter: (size,) for letter, size in zip("GIO", (1, into, out), strict=True)}
    weight: Any = dialect.weight_layout(words, 1).shape(letters, (3,))
    with pytest.raises(Refused, match=f"0 {empty}") as refused:
        deconvcli.layer(name, input_shape=shape, weight_shape=weight, **words)
    [finding] = refused.value.findings
    assert "of 0" in finding.message
    assert finding.differs


@pytest.mark.parametrize("name", ["mlx", "openvino", "paddle", "tinygrad", "coreml", "jax", "flax"])
@pytest.mark.parametrize(("size", "kernel"), [(0, 3), (5, 0)])
def test_an_empty_axis_is_refused_with_what_others_make_of_it(
    name: str, size: int, kernel: int
) -> None:
    dialect = take(name)[0]
    words: Words = {"padding": "VALID", "strides": [1]} if name == "jax" else {}
    letters = dict.fromkeys("NCGIO", (1,))
    shape: Any = dialect.data_layout(words, 1).shape(letters, (size,))
    weight: Any = dialect.weight_layout(words, 1).shape(letters, (kernel,))
    with pytest.raises(Refused, match=r"size 0|0 is not positive") as refused:
        deconvcli.layer(name, input_shape=shape, weight_shape=weight, **words)
    assert [finding.differs for finding in refused.value.findings] == [True]


@pytest.mark.parametrize("name", ["torch", "tflite", "caffe"])
def test_others_refuse_a_layer_without_channels(name: str) -> None:
    dialect = take(name)[0]
    rank = 1 if name == "torch" else 2
    shape: Any = dialect.data_layout({}, rank).shape({"N": (1,), "C": (0,)}, (5,) * rank)
    weight: Any = dialect.weight_layout({}, rank).shape(
        {"G": (1,), "I": (0,), "O": (2,)}, (3,) * rank
    )
    words: Words = {"output_shape": [1, 7, 7, 2], "padding": "VALID"} if name == "tflite" else {}
    with pytest.raises(Refused, match="0 input channels") as refused:
        deconvcli.layer(name, input_shape=shape, weight_shape=weight, **words)
    assert not any(finding.differs for finding in refused.value.findings)
