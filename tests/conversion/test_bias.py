"""Each dialect's call has the bias where its document has one, or the bias is added after it."""

from __future__ import annotations

import pytest

from deconvcli.conversion import Conversion, convert
from deconvcli.frameworks.dialects import in_order
from deconvcli.frameworks.spelling import read_layer

# What a call with a bias has and one without has not, or, with False, the other way round; None
# where no call has a bias.
IN_CALL: dict[str, tuple[str, bool] | None] = {
    "caffe": ("bias_term: false", False),
    "coreml": ("bias=b", True),
    "cudnn": None,
    "flax": ("use_bias=False", False),
    "jax": None,
    "keras": ("use_bias=False", False),
    "keras2": ("use_bias=False", False),
    "mlx": ("bias=False", False),
    "mxnet": ("(x, w, b, ", True),
    "ncnn": (" 5=1 ", True),
    "onednn": ("weights_md, bias_md, ", True),
    "onnx": ('["X", "W", "B"]', True),
    "openvino": None,
    "paddle": ("bias_attr=False", False),
    "tensorflow": None,
    "tensorrt": ("bias=b", True),
    "tfjs": ("useBias: false", False),
    "tflite": ("bias=b", True),
    "tinygrad": ("bias=b", True),
    "torch": ("bias=False", False),
    "webnn": ("bias: b", True),
}


def say(name: str, *, has_bias: bool, **words: object) -> Conversion:
    parameters = {"kernel_size": 3, "stride": 2, "bias": has_bias, **words}
    weight = (4, 4 // int(str(words.get("groups", 1))), 3, 3)
    return convert(read_layer("torch", parameters, (1, 4, 5, 5), weight), name)


def adds_bias(layer: Conversion) -> bool:
    return any("y + bias" in line for line in layer.after)


@pytest.mark.parametrize("name", in_order())
def test_the_bias_is_in_the_call_or_added_after_it(name: str) -> None:
    plain, biased = say(name, has_bias=False), say(name, has_bias=True)
    assert not adds_bias(plain)
    assert adds_bias(biased) == (IN_CALL[name] is None)
    word, is_with_bias = IN_CALL[name] or ("bias", False)
    found = (word in plain.call, word in biased.call)
    assert found == ((not is_with_bias, is_with_bias) if IN_CALL[name] else (False, False))


@pytest.mark.parametrize("name", ["keras", "onnx", "tflite", "mxnet", "tinygrad"])
def test_what_is_no_part_of_a_layer_has_its_bias_too(name: str) -> None:
    """Zeros are appended before it is added, and layers side by side have none of it."""
    layer = say(name, has_bias=True, output_padding=1)
    sides = say(name, has_bias=True, groups=2)
    for one in (layer, sides):
        late = one.plan.has_late_bias
        assert late == (one.grouping == "split" or any(map(any, one.plan.zeros)))
        assert adds_bias(one) == late
        assert not (late and one.target.layer.has_bias)


def test_functions_of_mlx_have_no_bias() -> None:
    layer = say("mlx", has_bias=True, groups=2)
    assert layer.call.startswith("mx.conv_transpose2d(")
    assert layer.after == ["y + bias"]
