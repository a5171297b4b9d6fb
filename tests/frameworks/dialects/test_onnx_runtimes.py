"""ONNX by the runtimes that people deploy to: sizes and crops measured with their releases.

Source: the tables of tests/conformance/ that are named onnx_*, and layers measured like them.
"""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import Refused


def read(name: str, n: int, k: int, s: int, group: int = 1, **words: Any) -> deconvcli.Reading:
    """Read a layer of one axis with one channel for each group."""
    return deconvcli.layer(
        f"onnx@{name}",
        input_shape=(1, group, n),
        weight_shape=(group, 1, k),
        strides=[s],
        group=group,
        **words,
    )


def codes(reading: deconvcli.Reading) -> set[str]:
    """Return the codes of its findings."""
    return {finding.code for finding in reading.findings}


@pytest.mark.parametrize("word", ["NOTSET", "SAME_UPPER", "SAME_LOWER"])
def test_openvino_crops_the_larger_half_of_output_shape_first(word: str) -> None:
    reading = read("openvino", 9, 2, 4, auto_pad=word, output_shape=[33])
    assert (reading.output_sizes, reading.crop) == ((33,), ((1, 0),))
    assert ("onnx-other-begin" in codes(reading)) == (word == "SAME_UPPER")


def test_openvino_forgets_the_start_where_there_are_groups() -> None:
    reading = read("openvino", 8, 2, 2, group=4, pads=[1, 1], output_shape=[15])
    assert (reading.output_sizes, reading.crop) == ((15,), ((0, 1),))
    assert "onnx-other-begin" in codes(reading)


def test_openvino_accepts_what_others_refuse_with_a_finding() -> None:
    appended = read("openvino", 4, 2, 3, output_padding=[5])
    assert appended.output_sizes == (16,)
    assert "onnx-output-padding" in codes(appended)
    mistyped = read("openvino", 12, 1, 1, kernel_shape=[2])
    assert mistyped.output_sizes == (12,)
    assert "onnx-kernel-shape" in codes(mistyped)
    # SAME and VALID do not read pads, negative or not; alone, negative pads are refused.
    assert read("openvino", 5, 3, 2, auto_pad="VALID", pads=[-1, 1]).output_sizes == (11,)
    with pytest.raises(Refused, match="negative"):
        read("openvino", 5, 3, 2, pads=[-1, 1])
    # Half a list of pads stands for both ends.
    assert read("openvino", 5, 3, 2, pads=[1]).crop == ((1, 1),)


def test_openvino_takes_an_empty_output_but_none_below() -> None:
    assert "empty-output" in codes(read("openvino", 1, 2, 2, pads=[1, 1]))
    with pytest.raises(Refused, match="-1"):
        read("openvino", 1, 2, 2, pads=[1, 2])
