"""Caffe: the cases of src/caffe/test/test_deconvolution_layer.cpp, and base_conv_layer.cpp.

Source: BVLC Caffe at 9b89154.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import NotExpressible
from deconvcli.frameworks.dialects import take
from tests.frameworks.dialects.documented import refuses, shape

BLOB = (2, 3, 6, 4)


def test_its_own_test_of_the_shape() -> None:
    assert shape("caffe", BLOB, kernel_size=3, stride=2, num_output=4) == (2, 4, 13, 9)
    grouped = shape("caffe", BLOB, kernel_size=3, stride=2, num_output=3, group=3)
    assert grouped == (2, 3, 13, 9)


def test_its_own_test_of_the_values() -> None:
    reading = deconvcli.layer("caffe", input_shape=BLOB, kernel_size=3, stride=2, num_output=4)
    assert reading.layer.has_bias
    got = deconvcli.run(reading, np.ones(BLOB), np.ones(reading.weight_shape), np.full(4, 0.1))
    inner = [[i % 2 == 0 and 0 < i < size - 1 for i in range(size)] for size in (13, 9)]
    height, width = (np.array(where) for where in inner)
    both, one = np.logical_and.outer(height, width), np.logical_xor.outer(height, width)
    expected = np.broadcast_to(3.1 + 9 * both + 3 * one, got.shape)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-9)


def test_its_own_test_of_groups_and_sides() -> None:
    words: dict[str, Any] = {
        "num_output": 18,
        "bias_term": False,
        "group": 6,
        "kernel_h": 11,
        "kernel_w": 13,
    }
    reading = deconvcli.layer("caffe", input_shape=(15, 12, 22, 26), **words)
    assert reading.output_shape == (15, 18, 32, 38)
    # conv_out_channels is the input's, conv_in_channels the output's of a group.
    assert reading.weight_shape == (12, 3, 11, 13)
    assert not reading.layer.has_bias


@pytest.mark.parametrize(
    ("words", "output"),
    [
        # stride*(n - 1) + dilation*(kernel - 1) + 1 - 2*pad
        ({"kernel_size": 4, "stride": 2, "pad": 1}, (12, 8)),
        ({"kernel_size": [4, 2], "stride": [2], "dilation": 3}, (20, 10)),
        ({"kernel_size": 3, "pad_h": 1}, (6, 6)),
        ({"kernel_size": 3, "stride_h": 2, "stride_w": 1}, (13, 6)),
        ({"kernel_size": 64, "stride": 32, "pad": 16}, (192, 128)),
    ],
)
def test_the_size(words: dict[str, Any], output: tuple[int, int]) -> None:
    assert shape("caffe", BLOB, num_output=2, **words) == (2, 2, *output)


def test_three_dimensions_and_an_axis() -> None:
    assert shape("caffe", (2, 3, 2, 3, 2), kernel_size=2, stride=2, pad=1) == (2, 1, 2, 4, 2)
    words = {"weight_shape": (3, 1, 2, 2), "axis": -3}
    assert shape("caffe", BLOB, **words) == (2, 1, 7, 5)
    refuses("axis 1 is not the channels", "caffe", (3, 6, 4), weight_shape=(3, 1, 2, 2))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"kernel_size": 0}, "kernel_size 0 is not positive"),
        ({"kernel_h": 3}, "kernel_size 0 is not positive"),
        ({"kernel_size": 3, "stride": 0}, "stride 0 is not positive"),
        ({"kernel_size": 3, "stride_h": 2}, "stride 0 is not positive"),
        ({"kernel_size": 3, "kernel_h": 3, "kernel_w": 3}, "in place of kernel_size"),
        ({"kernel_size": 3, "pad": 1, "pad_h": 1}, "in place of pad"),
        ({"kernel_size": 3, "pad": -1}, "pad -1 is negative"),
        ({"kernel_size": 3, "pad": 4}, "would have size 0"),
        ({"kernel_size": 3, "group": 2}, "3 input channels cannot be split into 2"),
        ({"kernel_size": 3, "group": 3, "num_output": 4}, "4 output channels cannot be split"),
    ],
)
def test_refusals(words: dict[str, Any], reason: str) -> None:
    refuses(reason, "caffe", BLOB, **words)


def test_a_dilation_of_zero_is_not_checked() -> None:
    reading = deconvcli.layer("caffe", input_shape=(1, 1, 4), kernel_size=3, dilation=0)
    assert reading.output_sizes == (4,)
    assert "dilation-zero" in {finding.code for finding in reading.findings}


def test_what_it_can_say() -> None:
    symmetric = deconvcli.layer("torch", input_shape=BLOB, kernel_size=4, stride=2, padding=1)
    said = deconvcli.convert(symmetric, "caffe").spelling.arguments
    assert (said["pad"], said["stride"], said["bias_term"]) == ([1, 1], [2, 2], True)
    longer = deconvcli.layer("torch", input_shape=BLOB, kernel_size=3, stride=2, output_padding=1)
    with pytest.raises(NotExpressible, match="crops both ends alike"):
        take("caffe")[0].spell(longer.layer, longer.sizes)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"kernel_size": 3, "pad": 1}, []),
        ({"kernel_size": 3, "dilation": 2}, ["caffe-opencv-dilation"]),
        ({"kernel_size": 1, "pad": [0, 1]}, ["caffe-opencv-pad"]),
    ],
)
def test_what_opencv_computes_otherwise_is_a_finding(
    words: dict[str, Any], found: list[str]
) -> None:
    reading = deconvcli.layer("caffe", input_shape=(1, 1, 5, 5), num_output=1, **words)
    assert [finding.code for finding in reading.findings if finding.differs] == found
