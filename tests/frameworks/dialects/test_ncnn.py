"""ncnn: its keys, and sizes that were measured with the release that the dialect cites.

Source: the rows of tests/conformance/ncnn.jsonl.xz; the names of the keys are those of load_param.
"""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import Refused
from tests.cli.commandline import deconv
from tests.frameworks.dialects.documented import shape


def read(kernel: tuple[int, ...], x: tuple[int, ...], **words: Any) -> deconvcli.Reading:
    """Read a layer with one channel in and one out."""
    return deconvcli.layer(
        "ncnn", input_shape=(1, 1, *x), weight_shape=(1, 1, *kernel), num_output=1, **words
    )


def codes(reading: deconvcli.Reading) -> set[str]:
    """Return the codes of its findings."""
    return {finding.code for finding in reading.findings}


def test_output_pad_appends_without_a_limit() -> None:
    words = {"kernel_h": 2, "kernel_w": 4, "stride_w": 5, "dilation_w": 2, "pad_top": 0}
    appended = {"output_pad_right": 4, "output_pad_bottom": 3}
    reading = read((2, 4), (7, 2), pad_left=5, pad_right=5, **words, **appended)
    assert reading.output_sizes == (36, 6)
    assert reading.crop == ((0, -3), (5, 1))


@pytest.mark.parametrize(("pad", "crop"), [(-233, ((1, 2), (3, 4))), (-234, ((2, 1), (4, 3)))])
def test_same_splits_the_excess_over_the_output_size(pad: int, crop: Any) -> None:
    words = {"stride_h": 3, "stride_w": 2, "dilation_w": 4, "output_h": 21, "output_w": 6}
    reading = read((3, 3), (6, 3), pad_left=pad, **words)
    assert (reading.output_sizes, reading.crop) == ((21, 6), crop)


def test_same_without_an_output_size_crops_nothing_and_says_so() -> None:
    reading = read((3, 3), (5, 7), stride_w=2, dilation_w=2, pad_left=-233)
    assert reading.output_sizes == (13, 17)
    assert "ncnn-same-size" in codes(reading)
    assert "ncnn-same-size" not in codes(read((2,), (5,), stride_w=2, pad_left=-233))


def test_one_pad_of_same_is_enough_and_upper_comes_first() -> None:
    upper = read((4,), (5,), stride_w=1, pad_left=-234, pad_right=-233, output_w=5)
    assert upper.crop == ((1, 2),)


def test_an_output_size_beside_pads_is_ignored_and_named() -> None:
    reading = read((2,), (1,), dilation_w=2, pad_left=1, pad_right=0, output_w=3)
    assert reading.output_sizes == (2,)
    assert "ncnn-output-size-ignored" in codes(reading)
    same = read((2,), (1,), dilation_w=2, pad_left=1, pad_right=0, output_w=2)
    assert "ncnn-output-size-ignored" not in codes(same)


def test_axes_without_a_number_have_that_of_the_width() -> None:
    words = {"kernel_w": 3, "stride_w": 2, "pad_left": 1, "num_output": 3}
    assert shape("ncnn", (2, 4, 5, 6), **words) == (2, 3, 9, 11)
    assert shape("ncnn", (2, 4, 5, 6), rank=3, **words) == (3, 7, 9, 11)
    reading = deconvcli.layer(
        "ncnn", input_shape=(2, 5, 6), rank=2, kernel_w=3, stride_w=2, pad_left=1, pad_right=0
    )
    assert reading.crop == ((1, 1), (1, 0))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"output_w": 9}, "without a pad of -233 or -234"),
        ({"pad_left": -233, "output_w": 12}, "larger than the 11"),
        ({"pad_left": -1}, "a pad is -1"),
        ({"pad_left": "same_upperr"}, "pad_left is 'same_upperr'"),
        ({"pad_left": -233, "pad_right": 1}, "another is above 0"),
        ({"pad_left": 6}, "the output would have size -1"),
        ({"output_pad_right": -1}, "output_pad -1 is negative"),
        ({"stride_w": 0}, "stride 0 is not positive"),
        ({"kernel_h": 3}, "kernel_h is for more axes than the 1"),
    ],
)
def test_refusals(words: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason) as error:
        read((3,), (5,), **{"stride_w": 2, **words})
    assert error.value.help


def test_a_layer_is_printed_as_a_line_of_a_model() -> None:
    torch = deconvcli.layer(
        "torch", input_shape=(1, 4, 5, 6, 7), kernel_size=(2, 3, 4), stride=2, groups=2
    )
    found = deconvcli.convert(torch, "ncnn")
    assert found.spelling.arguments["kernel_d"] == 2
    call = "nn.ConvTranspose3d(4, 6, (2, 3, 4), stride=2, groups=2)"
    line = deconv("convert --to ncnn --in 5x6x7", call).out
    assert "DeconvolutionDepthWise3D deconv 1 1 x y 0=6 1=4 3=2 5=1 6=288 7=2 11=3 21=2" in line


def test_on_the_command_line() -> None:
    line = "shape -q -D ncnn --in 5x5 -k 3 -s 2 --padding"
    assert deconv(line, "valid").out == "11x11\n"
    assert deconv(f"{line} same_upper --output-size 10").out == "10x10\n"
    assert deconv("shape -q -D ncnn --in HxW -k 4 -s 2 -p 1").out == "2Hx2W\n"
    assert deconv(f"{line} 1:0 --output-padding 3").out == "13x13\n"
