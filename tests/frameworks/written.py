"""Runs a framework with calls exactly as we print them, in a process that has it.

`python tests/frameworks/written.py DIALECT` reads cases from standard input, a JSON list of
[call, input shape, weight shape, output channels, output shape], and prints one line for each that
fails. It needs the framework and NumPy alone, nothing of ours.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

Run = Callable[[str, dict[str, Any]], Any]


def run_torch(call: str, tensors: dict[str, Any]) -> Any:
    """Return the output's shape, as every function of this file. tensors: x, w and b."""
    import torch
    from torch import nn
    from torch.nn import functional

    given = {name: torch.tensor(value) for name, value in tensors.items()}
    return apply(eval(call, {"nn": nn, "F": functional, **given}), given["x"])


def apply(made: Any, x: Any) -> Any:
    """Return the shape of a function's answer, or of what a layer makes of its input."""
    return (made(x) if callable(made) else made).shape


def run_keras(call: str, tensors: dict[str, Any]) -> Any:
    from keras import layers, ops

    return apply(eval(call, {"layers": layers, "ops": ops, **tensors}), tensors["x"])


def run_keras2(call: str, tensors: dict[str, Any]) -> Any:
    import tf_keras

    return apply(eval(call, {"tf_keras": tf_keras}), tensors["x"])


def run_tensorflow(call: str, tensors: dict[str, Any]) -> Any:
    import tensorflow

    return eval(call, {"tf": tensorflow, **tensors}).shape


def run_jax(call: str, tensors: dict[str, Any]) -> Any:
    import jax

    return eval(call, {"jax": jax, **tensors}).shape


def run_flax(call: str, tensors: dict[str, Any]) -> Any:
    import jax
    from flax import linen, nnx

    layer = eval(call, {"nn": linen, "nnx": nnx, "rngs": nnx.Rngs(0)})
    if isinstance(layer, nnx.Module):
        return layer(tensors["x"]).shape
    return layer.init_with_output(jax.random.PRNGKey(0), tensors["x"])[0].shape


def run_onnx(call: str, tensors: dict[str, Any]) -> Any:
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    node, given = eval(call), {name.upper(): value for name, value in tensors.items()}
    given = {name: given[name] for name in node.input}
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape)
        for name, value in given.items()
    ]
    sizes = [None] * tensors["x"].ndim
    outputs = [helper.make_tensor_value_info("Y", TensorProto.FLOAT, sizes)]
    graph = helper.make_graph([node], "layer", inputs, outputs)
    opsets = [helper.make_opsetid("", 22)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, given)[0].shape


def run_openvino(call: str, tensors: dict[str, Any]) -> Any:
    from openvino import opset13

    given = {name: opset13.constant(value) for name, value in tensors.items()}
    return tuple(eval(call, {"opset": opset13, **given}).output(0).shape)


def run_paddle(call: str, tensors: dict[str, Any]) -> Any:
    import paddle

    given = {name: paddle.to_tensor(value) for name, value in tensors.items()}
    functional = paddle.nn.functional
    return apply(eval(call, {"paddle": paddle, "F": functional, **given}), given["x"])


def run_mlx(call: str, tensors: dict[str, Any]) -> Any:
    import mlx.core
    import mlx.nn

    given = {name: mlx.core.array(value) for name, value in tensors.items()}
    return apply(eval(call, {"mlx": mlx, "mx": mlx.core, **given}), given["x"])


def run_tinygrad(call: str, tensors: dict[str, Any]) -> Any:
    from tinygrad import Tensor

    return eval(call, {name: Tensor(value) for name, value in tensors.items()}).shape


def run_coreml(call: str, tensors: dict[str, Any]) -> Any:
    from coremltools.converters.mil import Builder

    found: list[Any] = []

    @Builder.program(input_specs=[Builder.TensorSpec(shape=tensors["x"].shape)])  # type: ignore[untyped-decorator]
    def _program(x: Any) -> Any:
        found.append(eval(call, {**tensors, "mb": Builder, "x": x}).shape)
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
    for call, input_shape, weight_shape, channels, expected in json.load(sys.stdin):
        shapes = {"x": input_shape, "w": weight_shape, "b": [channels]}
        tensors = {name: np.ones(shape, np.float32) for name, shape in shapes.items()}
        try:
            # The text is ours, from the test that starts this process.
            found = tuple(RUNS[dialect](call, tensors))
        except Exception as error:
            print(f"{call}: {type(error).__name__}: {str(error)[:200]}")
        else:
            if found != tuple(expected):
                print(f"{call}: {found}, not {tuple(expected)}")


if __name__ == "__main__":
    main(sys.argv[1])
