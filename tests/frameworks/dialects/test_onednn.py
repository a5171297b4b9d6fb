"""oneDNN: its example, the shapes of its benchmark driver, and the checks of its source.

Source: oneDNN 3.8.0 (515bfba): examples/primitives/deconvolution.cpp,
tests/benchdnn/inputs/deconv, src/common/deconvolution.cpp.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import deconvcli
from tests.cli.commandline import deconv, saved
from tests.frameworks.dialects.documented import agree, impulse, refuses, shape


def test_its_example() -> None:
    words = {"strides": [4, 4], "padding_l": [1, 1], "padding_r": [1, 1]}
    dst = [3, 64, 49, 49]  # (13 - 1)*4 - 1 - 1 + 3
    x, weight = (3, 32, 13, 13), (64, 32, 3, 3)
    assert shape("onednn", x, weight_shape=weight, dst_dims=dst, **words) == tuple(dst)


@pytest.mark.parametrize(
    ("n", "out", "kernel", "stride", "left", "dilate"),
    [
        (55, 227, 11, 4, 0, 0),  # alexnet:deconv1
        (27, 27, 5, 1, 2, 0),  # alexnet:deconv2
        (112, 224, 7, 2, 3, 0),  # googlenet_v1:conv1/7x7_s2
        (512, 1030, 7, 2, 0, 0),  # masknet_p1:deconv1
        (28, 56, 1, 2, 0, 0),  # resnet_50:res3a_branch1, where right is negative
        (52, 225, 11, 4, 0, 1),  # alexnet:dilated_deconv1
        (9, 13, 3, 1, 1, 2),  # alexnet:dilated_deconv4
        (109, 224, 7, 2, 3, 1),  # conv1/7x7_s2, dilated
    ],
)
def test_shapes_of_its_benchmarks(
    n: int, out: int, kernel: int, stride: int, left: int, dilate: int
) -> None:
    # The driver computes the other side, as opp_pad does.
    right = (n - 1) * stride - out + (kernel - 1) * (dilate + 1) + 1 - left
    words: Any = {
        "strides": [stride],
        "dilates": [dilate],
        "padding_l": [left],
        "padding_r": [right],
    }
    reading = deconvcli.layer(
        "onednn", input_shape=(1, 1, n), weight_shape=(1, 1, kernel), dst_dims=[1, 1, out], **words
    )
    assert (reading.output_sizes, reading.crop) == ((out,), ((left, right),))


def test_dilates_count_from_zero() -> None:
    assert impulse("onednn", [1, 2], dst_dims=[1, 4]) == [0, 1, 2, 0]
    assert impulse("onednn", [1, 2], dilates=[0, 1], dst_dims=[1, 5]) == [0, 1, 0, 2, 0]
    done = deconv("shape --in 5 -k 3 -d 2 -D onednn --output-size 9 --format json")
    assert '"dilates": [\n      1\n    ]' in done.out


def accepted(n: int, out: int, **words: Any) -> bool:
    """Whether dst of this size is taken for a kernel of 4."""
    try:
        shape("onednn", (1, 1, n), weight_shape=(1, 1, 4), dst_dims=[out], **words)
    except deconvcli.DeconvError:
        return False
    return True


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize(("left", "right"), [(0, 0), (1, 0), (1, 2), (0, -1), (0, -2)])
def test_sizes_are_those_that_map_back(n: int, stride: int, left: int, right: int) -> None:
    def maps_back(out: int) -> bool:
        rest = out - 4 + left + right
        towards_zero = int(rest / stride)
        return right + stride > 0 and towards_zero + 1 == n

    words = {"strides": [stride], "padding_l": [left], "padding_r": [right]}
    for out in range(1, 30):
        assert accepted(n, out, **words) == maps_back(out)


def test_a_size_that_truncation_lets_through_is_noted() -> None:
    reading = deconvcli.layer(
        "onednn", input_shape=(1, 1, 1), weight_shape=(1, 1, 4), strides=[3], dst_dims=[3]
    )
    assert "onednn-truncation" in {finding.code for finding in reading.findings}
    assert reading.crop == ((0, 1),)


def test_weights_have_outputs_first_and_groups_before_them() -> None:
    def grouped(weight: Any) -> Any:
        return np.ascontiguousarray(weight.reshape(2, 2, *weight.shape[1:]).swapaxes(1, 2))

    torch = ("torch", {"groups": 2, "stride": 2})
    agree(("onednn", {"groups": 2, "strides": [2, 2], "dst_dims": [6, 11]}), torch, grouped)
    plain = ("onednn", {"strides": [2, 2], "dst_dims": [6, 11]})
    agree(plain, ("torch", {"stride": 2}), lambda w: np.ascontiguousarray(w.swapaxes(0, 1)))


def test_groups_of_one_may_have_their_axis() -> None:
    words = {"weight_shape": (1, 4, 3, 2, 2), "groups": 1, "dst_dims": [1, 4, 6, 6]}
    assert shape("onednn", (1, 3, 5, 5), **words) == (1, 4, 6, 6)


def test_padding_r_is_padding_l_unless_given() -> None:
    reading = deconvcli.layer(
        "onednn", input_shape=(1, 1, 5), weight_shape=(1, 1, 3), padding_l=[1], dst_dims=[5]
    )
    assert reading.crop == ((1, 1),)


X, W = (2, 3, 5, 5), (4, 3, 2, 2)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({}, "dst_dims has no default"),
        ({"dst_dims": [2, 4, 7, 6]}, "a forward layer maps it back to 5 only if it is 6"),
        ({"dst_dims": [3, 4, 6, 6]}, "dst_dims has batch 3, the input 2"),
        ({"dst_dims": [2, 5, 6, 6]}, "out_channels is 5"),
        ({"dst_dims": [6, 6], "strides": [0, 1]}, "strides 0 is not positive"),
        ({"dst_dims": [6, 6], "dilates": [-1, 0]}, "dilates -1 is negative"),
        ({"dst_dims": [6, 6], "padding_l": [-1, 0]}, "padding_l -1 is negative"),
        ({"dst_dims": [6, 6], "padding_r": [-1, 0]}, "padding_r -1 is less than 0"),
    ],
)
def test_refusals(words: dict[str, Any], reason: str) -> None:
    refuses(reason, "onednn", X, weight_shape=W, **words)


def test_groups_must_be_those_of_the_weights() -> None:
    words = {"weight_shape": (3, 4, 1, 2, 2), "groups": 2, "dst_dims": [6, 6]}
    refuses("groups is 2, the weights' first axis is 3", "onednn", X, **words)


def test_on_the_command_line() -> None:
    line = "shape -q -D onednn --in 5x5 -k 3 -s 2 -p 1 -g 2 --output-size"
    assert deconv(line, "9").out == "9x9\n"
    assert deconv(line, "10x9").out == "10x9\n"


def test_grouped_weights_from_a_file(tmp_path: Path) -> None:
    weights = saved(tmp_path / "w.npy", np.ones((2, 3, 2, 3, 3), "float32"))
    line = "run -q -D onednn --in 5x5 -s 2 -p 1 -g 2 --output-size 10 --weights"
    assert deconv(line, weights).out == "10x10\n"


def test_a_layer_is_said_with_what_it_appends_in_its_size() -> None:
    torch = deconvcli.layer(
        "torch", input_shape=(1, 4, 5), kernel_size=3, stride=2, output_padding=1, groups=2
    )
    said = deconvcli.convert(torch, "onednn")
    assert said.spelling.arguments["dst_dims"] == [1, 2, 12]
    assert said.weight_shape == (2, 1, 2, 3)


@pytest.mark.parametrize(
    ("weight", "words", "found"),
    [
        ((3, 2, 1, 1), {}, True),
        ((1, 3, 2, 1, 1), {"groups": 1}, True),
        ((2, 3, 1, 1, 1), {"groups": 2}, False),
        ((1, 2, 1, 1), {}, False),
        ((3, 2, 1, 2), {"dst_dims": [1, 3, 4, 5]}, False),
    ],
)
def test_kernels_of_one_tap_have_their_channels_exchanged(
    weight: tuple[int, ...], words: dict[str, Any], found: bool
) -> None:
    out = weight[0] * weight[1] if "groups" in words else weight[0]
    words = {"dst_dims": [1, out, 4, 4], **words}
    reading = deconvcli.layer("onednn", input_shape=(1, 2, 4, 4), weight_shape=weight, **words)
    assert ("onednn-1x1-weights" in [one.code for one in reading.findings]) == found
