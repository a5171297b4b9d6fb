"""torch.onnx.export with dynamo=True, PyTorch's newer exporter of ONNX."""

from __future__ import annotations

from deconvcli.frameworks.converter import Converter
from deconvcli.frameworks.converters._torch import TorchExporter
from deconvcli.frameworks.releases import TORCH


class TorchOnnxDynamo(TorchExporter):
    """torch.onnx.export(dynamo=True), and ONNX Runtime on the model."""

    release = TORCH
    through = "torch.onnx.export(dynamo=True), and ONNX Runtime on the model"
    aliases = ("torch.onnx", "torchonnx")


CONVERTER: Converter = TorchOnnxDynamo()
