"""Runs a framework with parameters exactly as we print them, in a process that has it.

`python tests/frameworks/written.py DIALECT` reads cases from standard input, a JSON list of
[text, input shape, weight shape, output shape], and prints one line for each that fails. It needs
the framework and NumPy alone, nothing of ours.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Shape = Sequence[int]
Run = Callable[[dict[str, Any], Any, Any, Shape], Any]


def run_torch(parameters: dict[str, Any], x: Any, w: Any, expected: Shape) -> Any:
    """Return the output's shape, as every function of this file."""
    import torch

    call = {name: parameters.pop(name) for name in ("output_size",) if name in parameters}
    layer = getattr(torch.nn, f"ConvTranspose{x.ndim - 2}d")(**parameters)
    return layer(torch.tensor(x), **call).shape


def run_keras(parameters: dict[str, Any], x: Any, w: Any, expected: Shape) -> Any:
    import keras

    return getattr(keras.layers, f"Conv{x.ndim - 2}DTranspose")(**parameters)(x).shape


def run_keras2(parameters: dict[str, Any], x: Any, w: Any, expected: Shape) -> Any:
    import tf_keras

    return getattr(tf_keras.layers, f"Conv{x.ndim - 2}DTranspose")(**parameters)(x).shape


def run_tensorflow(parameters: dict[str, Any], x: Any, w: Any, expected: Shape) -> Any:
    import tensorflow

    function = getattr(tensorflow.nn, f"conv{x.ndim - 2}d_transpose")
    return function(x, w, **parameters).shape


def run_jax(parameters: dict[str, Any], x: Any, w: Any, expected: Shape) -> Any:
    from jax import lax

    is_general = "window_strides" in parameters
    function = lax.conv_general_dilated if is_general else lax.conv_transpose
    return function(x, w, **parameters).shape


def run_flax(parameters: dict[str, Any], x: Any, w: Any, expected: Shape) -> Any:
    import jax
    from flax import linen

    y, _ = linen.ConvTranspose(**parameters).init_with_output(jax.random.PRNGKey(0), x)
    return y.shape


def run_onnx(parameters: dict[str, Any], x: Any, w: Any, expected: Shape) -> Any:
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    def declare(name: str, shape: Shape) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"], **parameters)
    inputs = [declare("x", x.shape), declare("w", w.shape)]
    graph = helper.make_graph([node], "layer", inputs, [declare("y", expected)])
    opsets = [helper.make_opsetid("", 22)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {"x": x, "w": w})[0].shape


def run_openvino(parameters: dict[str, Any], x: Any, w: Any, expected: Shape) -> Any:
    from openvino import opset13

    functions = {
        "ConvolutionBackpropData": opset13.convolution_backprop_data,
        "GroupConvolutionBackpropData": opset13.group_convolution_backprop_data,
    }
    function = functions[parameters.pop("op", "ConvolutionBackpropData")]
    node = function(opset13.constant(x), opset13.constant(w), **parameters)
    return tuple(node.output(0).shape)


def run_paddle(parameters: dict[str, Any], x: Any, w: Any, expected: Shape) -> Any:
    import paddle

    call = {name: parameters.pop(name) for name in ("output_size",) if name in parameters}
    layer = getattr(paddle.nn, f"Conv{x.ndim - 2}DTranspose")(**parameters)
    return layer(paddle.to_tensor(x), **call).shape


def run_mlx(parameters: dict[str, Any], x: Any, w: Any, expected: Shape) -> Any:
    from mlx import core, nn

    return getattr(nn, f"ConvTranspose{x.ndim - 2}d")(**parameters)(core.array(x)).shape


def run_tinygrad(parameters: dict[str, Any], x: Any, w: Any, expected: Shape) -> Any:
    from tinygrad import Tensor

    return Tensor(x).conv_transpose2d(Tensor(w), **parameters).shape


def run_coreml(parameters: dict[str, Any], x: Any, w: Any, expected: Shape) -> Any:
    from coremltools.converters.mil import Builder

    found: list[Any] = []

    @Builder.program(input_specs=[Builder.TensorSpec(shape=x.shape)])  # type: ignore[untyped-decorator]
    def _program(x: Any) -> Any:
        found.append(Builder.conv_transpose(x=x, weight=w, **parameters).shape)
        return Builder.identity(x=x)

    return found[0]


RUNS: dict[str, Run] = {
    "torch": run_torch,
    "keras": run_keras,
    "keras2": run_keras2,
    "tensorflow": run_tensorflow,
    "jax": run_jax,
    "flax": run_flax,
    "onnx": run_onnx,
    "openvino": run_openvino,
    "paddle": run_paddle,
    "mlx": run_mlx,
    "tinygrad": run_tinygrad,
    "coreml": run_coreml,
}
MODULES = {"onnx": "onnxruntime", "coreml": "coremltools", "keras2": "tf_keras"}


def main(dialect: str) -> None:
    """Print a line for each case that the framework refuses, or computes with another size."""
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", DEV="PYTHON")
    for text, input_shape, weight_shape, expected in json.load(sys.stdin):
        x, w = np.ones(input_shape, np.float32), np.ones(weight_shape, np.float32)
        try:
            # The text is ours, from the test that starts this process.
            parameters = eval(f"dict({text})")
            found = tuple(RUNS[dialect](parameters, x, w, expected))
        except Exception as error:
            print(f"{text}: {type(error).__name__}: {str(error)[:200]}")
        else:
            if found != tuple(expected):
                print(f"{text}: {found}, not {tuple(expected)}")


if __name__ == "__main__":
    main(sys.argv[1])
