"""Every usual name of a framework, in any case, wherever a dialect is named."""

from __future__ import annotations

import pytest

import deconvcli
from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialects import DIALECTS, aliases, resolve_name, take

NAMES = {
    "PyTorch": "torch",
    "TORCH": "torch",
    "torch.nn": "torch",
    "Keras": "keras",
    "tf.keras": "keras",
    "Keras-3": "keras",
    "tf_keras": "keras2",
    "tf-keras": "keras2",
    "TF": "tensorflow",
    "TensorFlow": "tensorflow",
    "tf.nn": "tensorflow",
    "lax": "jax",
    "jax.lax": "jax",
    "JAX": "jax",
    "nnx": "flax",
    "flax.linen": "flax",
    "LiteRT": "tflite",
    "TensorFlow Lite": "tflite",
    "tf-lite": "tflite",
    "ort": "onnx@onnxruntime",
    "ONNXRuntime": "onnx@onnxruntime",
    "onnx-runtime": "onnx@onnxruntime",
    "ONNX": "onnx",
    "onnx@ORT": "onnx@onnxruntime",
    "onnx@shape-inference": "onnx@shape_inference",
    "Keras@TF": "keras@tensorflow",
    "keras@PyTorch": "keras@torch",
    "tf.keras@lax": "keras@jax",
    "Core ML": "coreml",
    "coremltools": "coreml",
    "PaddlePaddle": "paddle",
    "OpenVINO": "openvino",
    "TRT": "tensorrt",
    "MKL-DNN": "onednn",
    "Gluon": "mxnet",
    "Caffe": "caffe",
}


@pytest.mark.parametrize(("name", "dialect"), NAMES.items())
def test_a_usual_name_is_the_dialects(name: str, dialect: str) -> None:
    assert resolve_name(name) == dialect
    assert take(name) == take(dialect)


def test_names_belong_to_one_dialect() -> None:
    listed = [name for dialect in DIALECTS.names for name in DIALECTS.take(dialect).aliases]
    assert len(listed) == len(set(listed))
    assert not set(aliases()) & set(DIALECTS.names)
    assert all(resolve_name(alias) == name for alias, name in aliases().items())


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("pytorhc", "did you mean 'pytorch'?"),
        ("kers", "did you mean 'keras'?"),
        ("equinox", "name torch, or paste the call"),
        ("MindSpore", "name torch, or paste the call"),
        ("Haiku", "name flax, or paste the call"),
        ("dm-haiku", "name flax, or paste the call"),
        ("tf_slim", "name keras2, or paste the call"),
        ("sonnet", "name keras2, or paste the call"),
        ("xyzzy", "choose from: torch, keras, "),
        ("onnx@tf", "did you mean 'onnx@tvm'?"),
        ("ort@reference", "did you mean 'onnx@reference'?"),
        ("", "choose from: torch, keras, "),
    ],
)
def test_an_unknown_name_gets_the_nearest(name: str, help: str) -> None:
    with pytest.raises(UsageError, match=r"is not known|has no implementation") as error:
        take(name)
    assert help in error.value.help


def test_python_takes_every_name() -> None:
    layer = deconvcli.layer("PyTorch", input_shape=(1, 1, 5, 5), weight_shape=(1, 1, 3, 3))
    assert layer.spelling.dialect == "torch"
    assert deconvcli.convert(layer, "TF").spelling.dialect == "tensorflow"
