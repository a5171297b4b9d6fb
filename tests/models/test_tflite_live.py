"""Files that TensorFlow's converter writes: every size is the one that Keras reports."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from deconvcli.models.reading import read_model

HAS_TENSORFLOW = find_spec("tensorflow") is not None or "DECONV_REQUIRE_FRAMEWORKS" in os.environ
pytestmark = [
    pytest.mark.skipif(not HAS_TENSORFLOW, reason="TensorFlow is not installed"),
    # The converter warns of its own age.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.mark.parametrize("mode", ["same", "valid"])
@pytest.mark.parametrize("batch", [1, None])
def test_the_layers_of_a_decoder_are_read(mode: str, batch: int | None, tmp_path: Path) -> None:
    import tensorflow as tf

    kernels = {"weight": tf.ones((3, 3, 5, 4)), "other": tf.ones((4, 2, 6, 5))}
    size, wide = {"same": ((12, 14), (12, 42)), "valid": ((13, 15), (16, 46))}[mode]

    def call(x: Any) -> Any:
        images, word = tf.shape(x)[0], mode.upper()
        y = tf.nn.conv2d_transpose(x, kernels["weight"], (images, *size, 5), 2, padding=word)
        y = tf.nn.relu(y)
        return tf.nn.conv2d_transpose(y, kernels["other"], (images, *wide, 6), (1, 3), word)

    function = tf.function(call, input_signature=[tf.TensorSpec((batch, 6, 7, 4), tf.float32)])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()])
    data = converter.convert()
    path = tmp_path / "net.tflite"
    path.write_bytes(data)
    model = read_model(str(path), {})
    readings = [layer.reading for layer in model.layers if layer.reading is not None]
    interpreter = tf.lite.Interpreter(model_content=data)
    stored = {
        detail["name"]: [int(n) for n in detail["shape_signature"]]
        for detail in interpreter.get_tensor_details()
    }
    for name, sizes in model.tensors.items():
        if sizes is not None and name in stored and len(stored[name]) == len(sizes):
            assert [-1 if size is None else size for size in sizes] == stored[name]
    assert [layer.kernel for layer in (one.layer for one in readings)] == [(3, 3), (4, 2)]
    assert readings[0].output_sizes == size
    assert not model.findings
