"""The release of each framework that was measured, written here and nowhere else.

Dialects cite it, drivers require it, and `deconv dialects` shows it. Who changes a version has to
measure again first (`python -m tests.conformance.measure`): every text that cites it changes too.
"""

from __future__ import annotations

from typing import NamedTuple


class Need(NamedTuple):
    """A module to import, the distribution that contains it, and the release that was measured.

    title: the framework's name in a sentence, where that is not the module's.
    """

    module: str
    distribution: str
    version: str
    title: str = ""

    def __str__(self) -> str:
        return f"{self.title or self.module} {self.version}"

    @property
    def requirement(self) -> str:
        """Return the requirement in pip's syntax."""
        return f"{self.distribution}=={self.version}"

    def is_installed(self) -> bool:
        """Return whether the module can be found; it is not imported."""
        from importlib.util import find_spec  # dialects, which are read at start-up, need it never

        return find_spec(self.module) is not None


COREMLTOOLS = Need("coremltools", "coremltools", "9.0")
EQUINOX = Need("equinox", "equinox", "0.13.8", "Equinox")
FLAX = Need("flax", "flax", "0.12.8", "Flax")
HAIKU = Need("haiku", "dm-haiku", "0.0.17", "Haiku")
JAX = Need("jax", "jax", "0.10.2", "JAX")
KERAS = Need("keras", "keras", "3.15.1", "Keras")
LITERT = Need("ai_edge_litert", "ai-edge-litert", "2.3.0", "ai-edge-litert")
MLX = Need("mlx", "mlx", "0.32.4", "MLX")
MXNET = Need("mxnet", "mxnet", "1.9.1", "Apache MXNet")
NCNN = Need("ncnn", "ncnn", "1.0.20261020")
ONNX = Need("onnx", "onnx", "1.23.2")
ONNXRUNTIME = Need("onnxruntime", "onnxruntime", "1.31.1")
OPENVINO = Need("openvino", "openvino", "2026.4.1", "OpenVINO")
PADDLE = Need("paddle", "paddlepaddle", "3.3.1", "PaddlePaddle")
TENSORFLOW = Need("tensorflow", "tensorflow-cpu", "2.21.0", "TensorFlow")
TF_KERAS = Need("tf_keras", "tf-keras", "2.21.0")
TINYGRAD = Need("tinygrad", "tinygrad", "0.14.0")
TORCH = Need("torch", "torch", "2.13.0")
# A program, not a package: no driver can ask for it.
CHROMIUM = "Chromium 153.0.8010"
