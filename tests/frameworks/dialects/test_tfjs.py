"""TensorFlow.js: Keras 2's sizes, and what it computes otherwise; the rows were measured."""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import Refused
from tests.cli.commandline import deconv


def read(name: str = "tfjs", *, x: tuple[int, ...], w: tuple[int, ...], **words: Any) -> Any:
    """Read a layer or a function from its shapes."""
    return deconvcli.layer(name, input_shape=x, weight_shape=w, **words)


def codes(reading: deconvcli.Reading) -> list[str]:
    """Return the codes of its findings."""
    return [finding.code for finding in reading.findings]


@pytest.mark.parametrize(
    ("words", "size", "crop"),
    [
        ({"padding": "valid"}, (11, 11), ((0, 0), (0, 0))),
        ({"padding": "same"}, (10, 10), ((0, 1), (0, 1))),
        ({"padding": "same", "strides": [4, 1]}, (20, 5), ((0, -1), (1, 1))),
    ],
)
def test_a_layer(words: dict[str, Any], size: tuple[int, ...], crop: Any) -> None:
    reading = read(x=(1, 5, 5, 2), w=(3, 3, 4, 2), **{"strides": 2, **words})
    assert (reading.output_sizes, reading.crop, codes(reading)) == (size, crop, [])


def test_a_dilation_is_dropped_and_named() -> None:
    words: Any = {"kernelSize": 3, "filters": 4, "padding": "valid"}
    reading = read(x=(1, 5, 5, 2), w=(3, 3, 4, 2), dilationRate=2, **words)
    assert (reading.output_sizes, codes(reading)) == ((7, 7), ["tfjs-dilation"])


@pytest.mark.parametrize(
    ("kernel", "stride", "crop", "found"),
    [(1, 2, (-1, 0), ["tfjs-3d-same"]), (2, 2, (0, 0), []), (3, 2, (0, 1), [])],
)
def test_three_axes_shift_a_kernel_shorter_than_the_stride(
    kernel: int, stride: int, crop: Any, found: list[str]
) -> None:
    words: Any = {"strides": stride, "padding": "same"}
    reading = read(x=(1, 3, 3, 3, 1), w=(*[kernel] * 3, 1, 1), **words)
    assert (reading.crop, codes(reading)) == ((crop,) * 3, found)
    flat = read(x=(1, 3, 3, 1), w=(*[kernel] * 2, 1, 1), **words)
    assert flat.crop[0] == (max(0, crop[0]), sum(crop) - max(0, crop[0]))


@pytest.mark.parametrize(
    ("pad", "size", "found"),
    [
        ("same", (8, 9), []),
        ("same", (8, 6), ["tfjs-output-shape"]),
        ("VALID", (9, 10), []),
        ([[0, 0], [1, 0], [0, 1], [0, 0]], (8, 9), []),
        (1, (7, 8), ["tfjs-number-pad"]),
    ],
)
def test_a_function(pad: Any, size: tuple[int, int], found: list[str]) -> None:
    words: Any = {"api": "op", "outputShape": [1, *size, 4], "strides": [2, 3], "pad": pad}
    reading = read(x=(1, 4, 3, 2), w=(3, 4, 4, 2), **words)
    assert (reading.output_shape, codes(reading)) == ((1, *size, 4), found)


def test_the_wasm_backend_is_wrong_with_three_axes() -> None:
    assert codes(read("tfjs@wasm", x=(1, 3, 3, 3, 1), w=(2, 2, 2, 1, 1))) == ["tfjs-wasm-3d"]
    assert codes(read("tfjs@wasm", x=(1, 3, 3, 1), w=(2, 2, 1, 1))) == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"padding": "causal"}, "padding is 'causal'"),
        ({"padding": 1}, "padding is 1"),
        ({"dataFormat": "NHWC"}, "dataFormat is 'NHWC'"),
        ({"api": "op", "pad": "same"}, "outputShape is not given"),
        ({"outputShape": [1, 7, 7, 1], "pad": [[1, 1], [1, 1]]}, "pad is"),
        ({"outputShape": [1, -3, 5, 1], "pad": "same"}, "-3"),
    ],
)
def test_refusals(words: dict[str, Any], reason: str) -> None:
    with pytest.raises(deconvcli.DeconvError, match=reason):
        read(x=(1, 5, 5, 1), w=(3, 3, 1, 1), **words)


def test_three_axes_take_no_pairs() -> None:
    pairs = [[0, 0], [1, 1], [1, 1], [1, 1], [0, 0]]
    with pytest.raises(Refused, match="pad is"):
        read(x=(1, 3, 3, 3, 1), w=(3, 3, 3, 1, 1), outputShape=[1, 3, 3, 3, 1], pad=pairs)


@pytest.mark.parametrize(
    ("call", "size"),
    [
        ("tf.layers.conv2dTranspose({filters: 8, kernelSize: 3, strides: 2})", "11x11"),
        ("const up = tf.layers.conv2dTranspose({filters: 8, kernelSize: [3, 5]});", "7x9"),
        ("tf.conv2dTranspose(x, tf.zeros([3, 3, 4, 2]), [1, 10, 10, 4], [2, 2], 'same')", "10x10"),
    ],
)
def test_a_pasted_call(call: str, size: str) -> None:
    line = ["shape", "-q", "--in", "5x5", call]
    done = deconv(*line, *(["-k", "3"] if "zeros" in call else []))
    assert done.out == f"{size}\n"
