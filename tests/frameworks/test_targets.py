"""What becomes of layers at targets: by the words that they read, or said again."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.frameworks.drivers import FRAMEWORKS
from deconvcli.frameworks.targets import Fate, judge, list_targets, resolve_target


def read_node(**words: Any) -> deconvcli.Reading:
    """Return a node of ONNX with a kernel of 3 and a stride of 2, for an input of 5."""
    return deconvcli.layer(
        "onnx",
        input_shape=(1, 1, 5),
        weight_shape=(1, 1, 3),
        kernel_shape=[3],
        strides=[2],
        **words,
    )


@pytest.mark.parametrize(
    ("words", "target", "fate", "reason"),
    [
        ({"auto_pad": "SAME_UPPER"}, "onnx@tract", Fate.SAME, ""),
        ({"auto_pad": "SAME_UPPER"}, "opencv", Fate.OTHER_SIZE, "onnx@opencv gives 9, and onnx 10"),
        ({"output_shape": [10]}, "tract", Fate.SHIFTED, "shifted by 1 to the end"),
        ({"output_shape": [10]}, "openvino", Fate.SAME, ""),
        ({"output_shape": [10]}, "mnn", Fate.MEANINGLESS, "most layers with output_shape"),
        ({"auto_pad": "SAME_LOWER"}, "mnn", Fate.SHIFTED, "shifted by 1 to the end"),
        ({"auto_pad": "SAME_LOWER"}, "rknn", Fate.REFUSED, "refuses auto_pad SAME_LOWER"),
        ({"pads": [1, 1], "output_padding": [1]}, "onnx2torch", Fate.SAME, ""),
        ({"pads": [0, 1]}, "torch", Fate.REFUSED, "it crops 0 at the start and 1 at the end"),
        ({"pads": [0, 1]}, "keras", Fate.SAME, ""),
        ({"pads": [1, 1], "output_padding": [1]}, "pnnx", Fate.SAME, ""),
    ],
)
def test_a_node_has_a_fate(words: dict[str, Any], target: str, fate: Fate, reason: str) -> None:
    found = judge(read_node(**words), target)
    assert (found.fate, reason in found.reason) == (fate, True)
    # What differs is a finding with a source, and what is the same is none.
    assert bool(found.problems) is (fate is not Fate.SAME)
    assert all(problem.source and problem.help for problem in found.problems)


def test_nothing_is_left_where_output_shape_is_not_read() -> None:
    node = deconvcli.layer(
        "onnx", input_shape=(1, 1, 1), weight_shape=(1, 1, 3), pads=[2, 2], output_shape=[1]
    )
    assert judge(node, "onnx2torch").fate is Fate.REFUSED
    assert "empty array" in judge(node, "onnx2torch").reason


def test_dilation_has_no_values_in_opencv_4() -> None:
    image: dict[str, Any] = {"input_shape": (1, 1, 5, 5), "weight_shape": (1, 1, 3, 3)}
    reading = deconvcli.layer("onnx", **image, dilations=[2, 2], pads=[2] * 4)
    found = judge(reading, "onnx@opencv4")
    assert (found.fate, found.output_sizes) == (Fate.MEANINGLESS, (3, 3))
    assert "without the dilation" in found.reason


def test_what_is_appended_cannot_go_through_tf2onnx() -> None:
    words: dict[str, Any] = {"input_shape": (1, 5, 1), "filters": 1, "kernel_size": 2, "strides": 3}
    reading = deconvcli.layer("keras", padding="same", **words)
    assert judge(reading, "tf2onnx").fate is Fate.REFUSED
    # Where the kernel reaches the next stamp nothing is appended.
    assert (
        judge(
            deconvcli.layer("keras", padding="same", **words | {"kernel_size": 3}), "tf2onnx"
        ).fate
        is Fate.SAME
    )
    dilated = deconvcli.layer("keras", **words | {"strides": 1, "dilation_rate": 2})
    assert judge(dilated, "keras_tflite").fate is Fate.REFUSED


def test_executorch_has_no_volumes_and_no_long_output_padding() -> None:
    volume = deconvcli.layer("torch", input_shape=(1, 1, 4, 4, 4), weight_shape=(1, 1, 2, 2, 2))
    assert judge(volume, "executorch").fate is Fate.REFUSED
    words: dict[str, Any] = {"input_shape": (1, 1, 4), "weight_shape": (1, 1, 2), "dilation": 3}
    long = deconvcli.layer("torch", output_padding=2, **words)
    for target in ("executorch", "torch_onnx_jit", "torch_onnx_dynamo"):
        assert "output_padding 2 is not smaller than stride 1" in judge(long, target).reason
    assert judge(deconvcli.layer("torch", **words), "executorch").fate is Fate.SAME


def test_targets_have_one_name() -> None:
    assert resolve_target("opencv") == "onnx@opencv"
    assert resolve_target("TF2ONNX") == "tf2onnx"
    assert resolve_target("torch.onnx") == "torch_onnx_dynamo"
    assert resolve_target("torch-onnx-jit") == "torch_onnx_jit"
    assert resolve_target("PyTorch") == "torch"
    with pytest.raises(UsageError, match="target 'onnx2tff' is not known") as caught:
        resolve_target("onnx2tff")
    assert "did you mean 'onnx2tf'?" in caught.value.help


@pytest.mark.parametrize("dialect", ["onnx", "torch", "keras"])
def test_every_target_is_listed_once(dialect: str) -> None:
    listed = list_targets(dialect)
    assert listed[0] == dialect
    assert len(listed) == len(set(listed))
    assert {"onnx@opencv4", "mnn", "pnnx", "keras", "tf2onnx"} <= set(listed)
    # The name of a runtime alone is its reading of the file.
    assert ("openvino" in listed) is (dialect != "onnx")


@pytest.mark.parametrize("name", ["onnx_shape_inference", "keras_torch", "tfjs", "torch"])
def test_every_layer_has_a_fate_at_every_target(name: str) -> None:
    framework, random = FRAMEWORKS.take(name), Random(5)
    for _ in range(30):
        case = framework.draw(random)
        with suppress(DeconvError):
            shapes: Any = {"input_shape": case.input_shape, "weight_shape": case.weight_shape}
            reading = deconvcli.layer(framework.dialect, **shapes, **case.params)
            for target in list_targets(reading.spelling.dialect):
                found = judge(reading, target)
                # Shape inference may say the number of axes alone.
                has_sizes = found.output_sizes != () or "shape_inference" in target
                assert found.fate is Fate.REFUSED or has_sizes
                assert bool(found.reason) is (found.fate is not Fate.SAME)
