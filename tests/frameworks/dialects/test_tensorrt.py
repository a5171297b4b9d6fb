"""TensorRT: the formulas of PaddingMode in NvInfer.h of TensorRT 10."""

from __future__ import annotations

from math import floor
from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import NotExpressible
from deconvcli.frameworks.dialects import take
from tests.cli.commandline import deconv
from tests.frameworks.dialects.documented import refuses, shape

X = (1, 8, 5, 5)


def layer(n: int, k: int, s: int, d: int, **words: Any) -> deconvcli.Reading:
    """A square layer of one channel."""
    both: Any = {"kernel_shape": [k, k], "stride_nd": [s, s], "dilation_nd": [d, d]}
    return deconvcli.layer("tensorrt", input_shape=(1, 1, n, n), **both, **words)


@pytest.mark.parametrize("mode", ["SAME_UPPER", "SAME_LOWER"])
@pytest.mark.parametrize("n", [1, 4])
@pytest.mark.parametrize("s", [1, 2, 3])
@pytest.mark.parametrize(("k", "d"), [(1, 1), (2, 1), (3, 1), (4, 1), (2, 3)])
def test_the_formulas_of_same(mode: str, n: int, s: int, k: int, d: int) -> None:
    dk = 1 + d * (k - 1)
    total = max(dk - s, 0)
    half = floor(total / 2)
    begin = half if mode == "SAME_UPPER" else total - half
    reading = layer(n, k, s, d, padding_mode=mode)
    assert reading.output_sizes == (min(n * s, (n - 1) * s + dk),) * 2
    assert reading.crop == ((begin, total - begin),) * 2


@pytest.mark.parametrize("mode", ["EXPLICIT_ROUND_DOWN", "EXPLICIT_ROUND_UP"])
def test_explicit_crops_each_end(mode: str) -> None:
    # O = (I - 1)*S + DK - (B + A)
    reading = layer(5, 4, 2, 1, padding_mode=mode, pre_padding=[1, 0], post_padding=[2, 1])
    assert reading.output_sizes == (12 - 3, 12 - 1)
    assert reading.crop == ((1, 2), (0, 1))


def test_padding_nd_sets_both_ends_and_same_takes_precedence() -> None:
    assert layer(5, 4, 2, 1, padding_nd=[1, 1]).crop == ((1, 1),) * 2
    same = layer(5, 4, 2, 1, padding_nd=[0, 0], padding_mode="SAME_UPPER")
    assert same.crop == ((1, 1),) * 2


def test_weights_are_ckrs_with_the_input_channels_first() -> None:
    reading = deconvcli.layer(
        "tensorrt", input_shape=X, kernel_shape=[3, 3], num_output_maps=6, num_groups=2
    )
    assert reading.weight_shape == (8, 3, 3, 3)
    assert shape("tensorrt", X, weight_shape=(8, 3, 3, 3), num_groups=2) == (1, 6, 7, 7)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"padding_mode": "SAME"}, "padding_mode is 'SAME'"),
        ({"pre_padding": [-1, 0]}, "pre_padding -1 is negative"),
        ({"post_padding": [0, -1]}, "post_padding -1 is negative"),
        ({"padding_nd": [1, 1], "pre_padding": [1, 1]}, "padding_nd is given together"),
        ({"stride_nd": 2}, "stride_nd is 2"),
        ({"stride_nd": [2, 0]}, "stride_nd 0 is not positive"),
        ({"pre_padding": [7, 0]}, "would have size 0"),
        ({"num_groups": 3}, "8 input channels cannot be split into 3"),
    ],
)
def test_refusals(words: dict[str, Any], reason: str) -> None:
    refuses(reason, "tensorrt", X, kernel_shape=[3, 3], num_output_maps=6, **words)


def test_one_axis_is_refused() -> None:
    refuses("takes 2 or 3 spatial axes", "tensorrt", (1, 8, 5), kernel_shape=[3])


def test_what_it_cannot_say() -> None:
    longer = deconvcli.layer("torch", input_shape=X, kernel_size=2, stride=3, output_padding=1)
    with pytest.raises(NotExpressible, match="without output padding"):
        take("tensorrt")[0].spell(longer.layer, longer.sizes)


def test_a_pasted_call() -> None:
    call = (
        "layer = network.add_deconvolution_nd(input=x, num_output_maps=64, kernel_shape=(4, 2),"
        " kernel=w, bias=trt.Weights())"
    )
    assert deconv("shape -q --in 1x32x5x5 -s 2 -p 1", call).out == "1x64x10x8\n"
    assert deconv("shape -q --in 5x5 -p same -s 2", call).out == "10x10\n"
    positional = "self.network.add_deconvolution_nd(x, 64, (4, 2), np.zeros((32, 64, 4, 2)), b)"
    assert deconv("shape -q --in 32x5x5 -p 1:0,0:1", positional).out == "64x7x5\n"


CALL = "network.add_deconvolution_nd(x, 64, (4, 2), w)"


@pytest.mark.parametrize(
    ("attributes", "output"),
    [
        ((), "8x6"),
        (("stride_nd = (2, 3)",), "12x14"),
        (("stride_nd = trt.Dims([2, 3])", "padding_nd = trt.Dims((1, 0))"), "10x14"),
        (("stride_nd = trt.DimsHW(2, 3)", "padding_nd = trt.DimsHW((1, 0))"), "10x14"),
        (("pre_padding = (1, 0)", "post_padding = (0, 1)", "stride_nd = [2] * 2"), "11x9"),
        (("padding_mode = trt.PaddingMode.SAME_UPPER", "stride_nd = (2, 2)"), "10x10"),
        (("padding_mode = tensorrt.PaddingMode.SAME_LOWER", "stride_nd = (2, 3)"), "10x14"),
        (("dilation_nd = (2, 1)", "num_groups = 2"), "11x6"),
        # Another layer's, and what is no parameter of this one.
        (("name = 'up'", "precision = trt.float16", "kernel_size_nd = w.shape"), "8x6"),
        (("stride_nd = (3, 3)", "stride_nd = (2, 2)"), "12x10"),
    ],
)
def test_attributes_are_set_on_the_layer_that_the_call_returns(
    attributes: tuple[str, ...], output: str
) -> None:
    text = "\n".join([f"up = {CALL}", *(f"up.{line}" for line in attributes)])
    assert deconv("shape -q --in 5x5", text).out == f"{output}\n"
    assert deconv("shape -q --in 5x5", text.replace("\n", "; ")).out == f"{output}\n"
    other = "\n".join([f"up = {CALL}", *(f"down.{line}" for line in attributes)])
    assert deconv("shape -q --in 5x5", other).out == "8x6\n"


def test_an_attribute_that_only_the_program_knows_is_asked_for() -> None:
    text = f"up = {CALL}\nup.stride_nd = (s, s)"
    assert (
        "stride_nd is s, which has a value only in your program"
        in deconv("shape --in 5x5", text).err
    )
    assert deconv("shape -q --in 5x5 --set s=2", text).out == "12x10\n"
