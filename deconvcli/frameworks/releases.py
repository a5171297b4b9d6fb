"""The release of each framework that was measured, written here and nowhere else.

Dialects cite it, drivers require it, and `deconv dialects` shows it. Who changes a version has to
measure again first (`python -m tests.conformance.measure`): every text that cites it changes too.
"""

from __future__ import annotations

import os
from typing import NamedTuple


class Need(NamedTuple):
    """A module to import, the distribution that contains it, and the release that was measured.

    title: the framework's name in a sentence, where that is not the module's. release: the
    distribution's own version, where that is not the framework's. variable: the environment
    variable that names `place`, for what cannot be installed beside the others.
    """

    module: str
    distribution: str
    version: str
    title: str = ""
    release: str = ""
    variable: str = ""
    place: str = ""

    def __str__(self) -> str:
        return f"{self.title or self.module} {self.version}"

    @property
    def installer(self) -> str:
        """Return the program that installs the distribution: npm's names may start with @."""
        is_npm = self.distribution.startswith("@") or "node_modules" in self.place
        return "npm" if is_npm else "pip"

    @property
    def requirement(self) -> str:
        """Return the requirement in the installer's syntax."""
        separator = "@" if self.installer == "npm" else "=="
        return f"{self.distribution}{separator}{self.release or self.version}"

    def is_installed(self) -> bool:
        """Return whether the module can be found; it is not imported."""
        if self.variable:
            return bool(os.environ.get(self.variable))
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
# It needs numpy<1.24, which the other frameworks do not take.
MXNET = Need(
    *("mxnet", "mxnet", "1.9.1", "Apache MXNet"),
    variable="DECONV_MXNET_PYTHON",
    place="a Python that has it and numpy<1.24",
)
NCNN = Need("ncnn", "ncnn", "1.0.20261020")
ONEDNN = Need(
    *("dnnl", "onednn", "3.13.2", "oneDNN", "2026.1.0"),
    variable="DECONV_ONEDNN",
    place="its libdnnl.so",
)
ONNX = Need("onnx", "onnx", "1.23.2")
ONNXRUNTIME = Need("onnxruntime", "onnxruntime", "1.31.1")
ONNXRUNTIME_WEB = Need(
    *("onnxruntime_web", "onnxruntime-web", "1.30.0", "onnxruntime-web"),
    variable="DECONV_ONNXRUNTIME_WEB",
    place="the folder node_modules that has it",
)
OPENCV = Need("cv2", "opencv-python-headless", "5.0.0", "OpenCV", "5.0.0.93")
# The last series that reads models of Caffe.
OPENCV4 = Need(
    *("cv2", "opencv-python-headless", "4.14.0", "OpenCV", "4.14.0.94"),
    variable="DECONV_OPENCV4_PYTHON",
    place="a Python that has it",
)
OPENVINO = Need("openvino", "openvino", "2026.4.1", "OpenVINO")
PADDLE = Need("paddle", "paddlepaddle", "3.3.1", "PaddlePaddle")
TENSORFLOW = Need("tensorflow", "tensorflow-cpu", "2.21.0", "TensorFlow")
TF_KERAS = Need("tf_keras", "tf-keras", "2.21.0")
TFJS = Need(
    *("tfjs", "@tensorflow/tfjs", "4.22.0", "TensorFlow.js"),
    variable="DECONV_TFJS",
    place="the folder node_modules that has it and tfjs-backend-wasm",
)
TINYGRAD = Need("tinygrad", "tinygrad", "0.14.0")
TORCH = Need("torch", "torch", "2.13.0")
CHROMIUM = Need(
    *("chromium", "@sparticuz/chromium", "153.0.8010", "Chromium", "153.0.0"),
    variable="DECONV_CHROMIUM",
    place="its program, with libEGL.so and libGLESv2.so beside it",
)
TRACT = Need("tract", "tract", "0.23.9")
TVM = Need("tvm", "apache-tvm", "0.27.0.post1", "TVM")

# Programs that carry layers from one framework to another, or run them on a device. None of them
# is a driver: `deconv verify` asks frameworks.
EXECUTORCH = Need("executorch", "executorch", "1.5.1", "ExecuTorch")
IREE = Need("iree", "iree-base-compiler", "3.13.0", "IREE")
MNN = Need("MNN", "MNN", "3.6.1")
ONNX2TF = Need("onnx2tf", "onnx2tf", "1.29.24")
ONNX2TORCH = Need("onnx2torch", "onnx2torch", "1.5.15")
ONNXSLIM = Need("onnxslim", "onnxslim", "0.1.98")
PNNX = Need("pnnx", "pnnx", "20261020")
RKNN = Need("rknn", "rknn-toolkit2", "2.5.0", "RKNN-Toolkit2")
TF2ONNX = Need("tf2onnx", "tf2onnx", "1.17.0")
