"""ONNX by the runtimes that people deploy to: sizes and crops measured with their releases.

Source: the tables of tests/conformance/ that are named onnx_*, and layers measured like them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import Refused
from deconvcli.common.findings import Severity
from deconvcli.frameworks.dialects.onnx.portability import CODE, RUNTIMES


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


# Crops that this release gave for 1x1x5x5 with a kernel of 3 and strides of 2.
@pytest.mark.parametrize(
    ("name", "words", "crop"),
    [
        ("tract", {"auto_pad": "SAME_UPPER"}, (0, 1)),
        ("tract", {"auto_pad": "SAME_LOWER"}, (1, 0)),
        ("tract", {"output_shape": [10, 10]}, (0, 1)),
        ("tvm", {"auto_pad": "SAME_UPPER"}, (0, 1)),
        ("tvm", {"output_shape": [10, 10]}, (0, 0)),
        ("opencv", {"auto_pad": "SAME_UPPER"}, (1, 1)),
        ("opencv", {"auto_pad": "SAME_LOWER"}, (1, 1)),
        ("opencv", {"output_shape": [10, 10]}, (0, -1)),
    ],
)
def test_the_crop_of_one_layer(name: str, words: dict[str, Any], crop: tuple[int, int]) -> None:
    reading = deconvcli.layer(
        f"onnx@{name}",
        input_shape=(1, 1, 5, 5),
        weight_shape=(1, 1, 3, 3),
        strides=[2, 2],
        **words,
    )
    assert reading.crop == (crop, crop)


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("tract", {"auto_pad": "SAME_UPPER", "output_shape": [10]}, "tract-abort"),
        ("tvm", {"output_padding": [2]}, "output-padding"),
        ("tract", {"pads": [-1, 0]}, "padding"),
        ("opencv", {"auto_pad": "SAME_UPPER", "output_shape": [10]}, "output-shape"),
        ("opencv", {"pads": [6, 5]}, "empty-output"),
    ],
)
def test_what_a_runtime_refuses(name: str, words: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(name, 5, 3, 2, **words)
    assert refused.value.code == code


def test_tract_refuses_same_where_no_stamps_overlap() -> None:
    with pytest.raises(Refused, match="span 2 is not larger than the stride 2"):
        read("tract", 5, 2, 2, auto_pad="SAME_UPPER")
    # Pads beside the word are read in its place.
    assert read("tract", 5, 2, 2, auto_pad="SAME_UPPER", pads=[1, 0]).crop == ((1, 0),)


def test_tvm_says_that_it_does_not_read_output_shape() -> None:
    reading = read("tvm", 5, 3, 2, output_shape=[10])
    assert reading.output_sizes == (11,)
    assert "tvm-output-shape" in codes(reading)
    with pytest.raises(Refused, match="kernel_shape"):
        read("tvm", 5, 3, 2, auto_pad="SAME_UPPER", kernel_shape=[2])


def test_opencv_reads_a_whole_shape_beside_a_word() -> None:
    # 17 of 4 inputs with a stride of 5: one more than SAME gives there.
    reading = read("opencv", 4, 3, 5, auto_pad="SAME_UPPER", output_shape=[1, 1, 17])
    assert (reading.output_sizes, reading.crop) == ((17,), ((1, 0),))
    appended = read("opencv", 1, 1, 4, auto_pad="VALID", output_shape=[1, 1, 3])
    assert (appended.output_sizes, appended.crop) == ((3,), ((0, -2),))
    assert "opencv-output-shape" in codes(read("opencv", 5, 3, 2, output_shape=[10]))


def test_the_web_refuses_an_output_shape_below_the_input() -> None:
    assert read("onnxruntime", 5, 3, 1, output_shape=[4]).output_sizes == (4,)
    with pytest.raises(Refused, match="output_shape 4 below the input 5"):
        read("onnxruntime_web", 5, 3, 1, output_shape=[4])
    assert read("onnxruntime_web", 5, 3, 1, output_shape=[5]).crop == ((1, 1),)
    assert read("onnxruntime_web", 5, 3, 1, pads=[2, 1]).output_sizes == (4,)


def read_image(n: int = 5, k: int = 3, s: int = 2, **words: Any) -> deconvcli.Reading:
    """Read a layer of two equal axes in OpenCV 4."""
    return deconvcli.layer(
        "onnx@opencv4",
        input_shape=(1, 1, n, n),
        weight_shape=(1, 1, k, k),
        strides=[s, s],
        **words,
    )


@pytest.mark.parametrize(
    ("words", "size", "crop"),
    [
        ({"pads": [1] * 4, "output_padding": [1, 1]}, 10, (1, 0)),
        ({"auto_pad": "SAME_UPPER"}, 9, (1, 1)),
        ({"auto_pad": "SAME_LOWER", "k": 4}, 9, (1, 2)),
        # Above the kernel, a stride makes SAME crop nothing at the start.
        ({"auto_pad": "SAME_UPPER", "n": 3, "s": 5}, 11, (0, 2)),
        ({"auto_pad": "VALID", "pads": [1] * 4}, 11, (0, 0)),
        ({"output_shape": [10, 10]}, 11, (0, 0)),
        ({"output_shape": [1, 1, 12, 12], "auto_pad": "VALID"}, 12, (0, -1)),
    ],
)
def test_opencv_4_has_sizes_of_its_own(
    words: dict[str, Any], size: int, crop: tuple[int, int]
) -> None:
    reading = read_image(**words)
    assert (reading.output_sizes, reading.crop) == ((size, size), (crop, crop))


def test_opencv_4_gives_a_dilation_no_values() -> None:
    reading = read_image(s=1, dilations=[2, 2], pads=[2] * 4)
    assert reading.output_sizes == (3, 3)
    assert [found.code for found in reading.findings if found.differs] == ["opencv4-dilation"]
    with pytest.raises(Refused, match="no values"):
        deconvcli.run(reading, np.zeros((1, 1, 5, 5)), np.zeros((1, 1, 3, 3)))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"pads": [0, 0, 1, 1]}, "differ between the start and the end"),
        ({"pads": [-1] * 4}, "negative"),
        ({"output_padding": [2, 2]}, "not smaller than stride"),
        ({"kernel_shape": [4, 4]}, "kernel_shape"),
    ],
)
def test_opencv_4_refuses(words: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read_image(**words)
    with pytest.raises(Refused, match="1 axes"):
        read("opencv4", 5, 3, 2)


def test_opencv_ends_its_process_on_a_batch_of_0() -> None:
    with pytest.raises(Refused, match="batch of 0"):
        deconvcli.layer("onnx@opencv", input_shape=(0, 1, 5), weight_shape=(1, 1, 3))


def note(**words: Any) -> Any:
    """Return the note on words that runtimes do not read alike; None where there is none."""
    reading = read("onnxruntime", 5, 3, 2, **words)
    return next((found for found in reading.findings if found.code == CODE), None)


def test_a_note_names_the_runtimes_that_read_the_words_otherwise() -> None:
    assert note(pads=[1, 1], output_padding=[1]) is None
    assert note(auto_pad="VALID") is None
    same = note(auto_pad="SAME_UPPER")
    assert same.severity == Severity.NOTE
    assert same.message.endswith("alike: OpenCV 5.0.0 gives 9, crop 1:1")
    assert same.help.startswith("write pads=[0, 1] in its place")
    asked = note(output_shape=[10])
    assert "TVM 0.27.0.post1 gives 11, crop 0:0" in asked.message
    assert "tract 0.23.9 gives 10, crop 0:1" in asked.message
    assert asked.help.startswith("write pads=[1, 1], output_padding=[1] in its place")
    assert "tract 0.23.9 refuses it" in note(auto_pad="SAME_UPPER", output_shape=[10]).message


@pytest.mark.parametrize("name", RUNTIMES)
@pytest.mark.parametrize("words", [{"auto_pad": "SAME_UPPER"}, {"output_shape": [10]}])
def test_the_suggested_pads_are_read_alike(name: str, words: dict[str, Any]) -> None:
    reading = read("onnxruntime", 5, 3, 2, **words)
    [begin, end] = reading.crop[0]
    pads = {"pads": [1, 1], "output_padding": [1]} if begin else {"pads": [0, end]}
    assert read(name, 5, 3, 2, **pads).crop == reading.crop
