"""cuDNN: the forward layer's size formula in its API reference, and which filters it flips."""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import NotExpressible
from deconvcli.frameworks.dialects import take
from tests.cli.commandline import deconv
from tests.frameworks.dialects.documented import impulse, refuses, shape

DY = (2, 4, 5, 5)
W = (4, 3, 3, 3)


def accepted(dy: int, dx: int, **words: Any) -> bool:
    """Whether dx of this size is taken for a filter of 3."""
    try:
        shape("cudnn", (1, 1, dy, 1), weight_shape=(1, 1, 3, 1), dxDesc=[1, 1, dx, 1], **words)
    except deconvcli.DeconvError:
        return False
    return True


@pytest.mark.parametrize("dy", [1, 2, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("pad", [0, 1])
@pytest.mark.parametrize("dilation", [1, 2])
def test_dx_is_what_the_forward_formula_maps_to_dy(
    dy: int, stride: int, pad: int, dilation: int
) -> None:
    extent = (3 - 1) * dilation + 1
    words = {"padA": [pad, 0], "filterStrideA": [stride, 1], "dilationA": [dilation, 1]}
    for dx in range(1, 30):
        # A filter larger than the padded dx is refused by the forward layer.
        fits = dx + 2 * pad >= extent
        assert accepted(dy, dx, **words) == (fits and 1 + (dx + 2 * pad - extent) // stride == dy)


def test_the_crop_is_the_pad_at_the_start() -> None:
    words: Any = {"padA": [1, 1], "filterStrideA": [2, 2], "dxDesc": [2, 3, 9, 10]}
    reading = deconvcli.layer("cudnn", input_shape=DY, weight_shape=W, **words)
    assert (reading.output_shape, reading.crop) == ((2, 3, 9, 10), ((1, 1), (1, 0)))


def test_k_counts_the_channels_of_dy() -> None:
    words = {"weight_shape": (4, 3, 3, 3), "groupCount": 2, "dxDesc": [2, 6, 7, 7]}
    assert shape("cudnn", DY, **words) == (2, 6, 7, 7)


def test_convolution_flips_and_cross_correlation_does_not() -> None:
    words = {"dxDesc": [1, 5]}
    assert impulse("cudnn", [1, 2, 3], **words) == [0, 1, 2, 3, 0]
    assert impulse("cudnn", [1, 2, 3], **words, mode="CUDNN_CROSS_CORRELATION") == [0, 1, 2, 3, 0]
    assert impulse("cudnn", [1, 2, 3], **words, mode="CUDNN_CONVOLUTION") == [0, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({}, "dxDesc has no default"),
        ({"dxDesc": [2, 3, 8, 7]}, "maps it back to 5 only if it is 7"),
        ({"dxDesc": [1, 3, 7, 7]}, "dxDesc has batch 1, the input 2"),
        ({"dxDesc": [2, 4, 7, 7]}, "out_channels is 4"),
        ({"dxDesc": [7, 7], "padA": [-1, 0]}, "padA -1 is negative"),
        ({"dxDesc": [7, 7], "filterStrideA": [0, 1]}, "filterStrideA 0 is not positive"),
        ({"dxDesc": [7, 7], "dilationA": [0, 1]}, "dilationA 0 is not positive"),
        ({"dxDesc": [7, 7], "mode": "CONVOLUTION"}, "mode is 'CONVOLUTION'"),
        ({"dxDesc": [7, 7], "groupCount": 3}, "4 input channels cannot be split into 3"),
    ],
)
def test_refusals(words: dict[str, Any], reason: str) -> None:
    refuses(reason, "cudnn", DY, weight_shape=W, **words)


def test_one_axis_is_refused() -> None:
    words = {"weight_shape": (1, 1, 3), "dxDesc": [7]}
    refuses("takes 2 or 3 spatial axes", "cudnn", (1, 1, 5), **words)


def test_what_it_can_say() -> None:
    torch = deconvcli.layer(
        "torch", input_shape=DY, weight_shape=W, stride=2, padding=1, output_padding=1
    )
    said = deconvcli.convert(torch, "cudnn").spelling.arguments
    assert (said["padA"], said["dxDesc"]) == ([1, 1], [2, 3, 10, 10])
    odd = deconvcli.layer("onnx", input_shape=DY, weight_shape=W, pads=[0, 0, 1, 1])
    with pytest.raises(NotExpressible, match="cuDNN crops padA at the start"):
        take("cudnn")[0].spell(odd.layer, odd.sizes)


def test_on_the_command_line() -> None:
    done = deconv("shape -D cudnn --in 5x5 -k 3 -s 2 -p 1 --output-size 10 -q")
    assert done.out == "10x10\n"
