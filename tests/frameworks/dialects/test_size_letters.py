"""Output sizes in letters: each dialect that takes a size reads them as it reads numbers."""

from __future__ import annotations

import pytest

from deconvcli.common.errors import NotLinear, Refused, UsageError
from deconvcli.frameworks.wording import read_roles
from deconvcli.layers.axis import Linear, Size, has_zero, read_sizes
from deconvcli.layers.layer import Reading, Sizes

H, W = Linear("H"), Linear("W")
DIALECTS = (
    *("torch", "paddle", "tensorflow", "tflite", "coreml", "onnx", "onnx@onnxruntime"),
    *("onnx@reference", "onnx@shape_inference", "openvino", "mxnet", "webnn", "onednn", "cudnn"),
)


def read(dialect: str, spatial: tuple[Size, ...], output: list[Size]) -> Reading:
    roles = {"kernel": 3, "stride": 2, "out_channels": 2, "output_size": output}
    # Some of them need no padding beside the size, or refuse it.
    try:
        return read_roles(dialect, {**roles, "padding": 1}, Sizes(spatial, channels=2))
    except (UsageError, Refused):
        return read_roles(dialect, roles, Sizes(spatial, channels=2))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_letter_is_read_as_its_number(dialect: str) -> None:
    symbolic = read(dialect, (H, W), [2 * H, 2 * W])
    assert symbolic.output_sizes == (2 * H, 2 * W)
    for n in (4, 7, 32):
        assert read(dialect, (n, n), [2 * n, 2 * n]).layer.axes == symbolic.layer.axes


@pytest.mark.parametrize("dialect", ["torch", "paddle", "webnn", "tensorflow"])
def test_a_letter_of_another_axis_is_no_size_of_this_one(dialect: str) -> None:
    with pytest.raises(NotLinear, match="different letters"):
        read(dialect, (H, W), [2 * W, 2 * H])


def test_sizes_with_letters_are_as_many_as_the_axes() -> None:
    assert read_sizes(H, 2, "size") == (H, H)
    assert read_sizes([H, 3], 2, "size") == (H, 3)
    with pytest.raises(UsageError, match="size has 3 sizes, the layer 2 axes"):
        read_sizes([H, W, 1], 2, "size")
    with pytest.raises(UsageError, match="size is"):
        read_sizes([H, "3"], 2, "size")


def test_a_letter_is_never_zero() -> None:
    assert has_zero((H, 0))
    assert not has_zero((H, 1, W))
