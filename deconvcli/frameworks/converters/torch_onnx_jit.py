"""torch.onnx.export with dynamo=False, PyTorch's older exporter of ONNX by TorchScript."""

from __future__ import annotations

from deconvcli.frameworks.converter import Converter
from deconvcli.frameworks.converters._torch import TorchExporter
from deconvcli.frameworks.releases import TORCH


class TorchOnnxJit(TorchExporter):
    """torch.onnx.export(dynamo=False), and ONNX Runtime on the model."""

    release = TORCH
    through = "torch.onnx.export(dynamo=False), and ONNX Runtime on the model"
    aliases = ("torchscriptonnx",)


CONVERTER: Converter = TorchOnnxJit()
