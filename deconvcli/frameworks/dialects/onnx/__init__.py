"""ONNX ConvTranspose: pads crop begin and end separately; auto_pad or output_shape computes them.

SAME_UPPER crops the smaller half at the start, every other computed padding the larger half.
Bare `onnx` is the written specification; each implementation departs from it in a file of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from deconvcli.common.findings import Diagnostic
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialects.onnx.attributes import ConvTranspose
from deconvcli.frameworks.dialects.onnx.onnxruntime import Runtime
from deconvcli.frameworks.dialects.onnx.onnxruntime_web import OnWeb
from deconvcli.frameworks.dialects.onnx.opencv import OpenCv
from deconvcli.frameworks.dialects.onnx.opencv4 import OpenCv4
from deconvcli.frameworks.dialects.onnx.openvino import OpenVino
from deconvcli.frameworks.dialects.onnx.portability import find_unportable_words
from deconvcli.frameworks.dialects.onnx.reference import Reference
from deconvcli.frameworks.dialects.onnx.shape_inference import ShapeInference
from deconvcli.frameworks.dialects.onnx.specification import Specification
from deconvcli.frameworks.dialects.onnx.tract import Tract
from deconvcli.frameworks.dialects.onnx.tvm import Tvm
from deconvcli.layers.layer import Reading, Sizes, Spelling

IMPLEMENTATIONS: Mapping[str, ConvTranspose] = {
    "onnxruntime": Runtime(),
    "onnxruntime_web": OnWeb(),
    "opencv": OpenCv(),
    "opencv4": OpenCv4(),
    "openvino": OpenVino(),
    "reference": Reference(),
    "shape_inference": ShapeInference(),
    "tract": Tract(),
    "tvm": Tvm(),
}


class Onnx(Specification):
    """The ConvTranspose operator, opset 1 to 22."""

    implementation_aliases: ClassVar[Mapping[str, str]] = {
        "onnxruntime": "onnxruntime",
        "ort": "onnxruntime",
        "onnxrt": "onnxruntime",
        # The only layers that these read are those of ONNX.
        "opencv": "opencv",
        "opencv5": "opencv",
        "opencv4": "opencv4",
        "tract": "tract",
        "tvm": "tvm",
    }

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer by the specification, or as the implementation reads it."""
        if spelling.implementation:
            reading = IMPLEMENTATIONS[spelling.implementation].read(spelling, sizes)
        else:
            reading = super().read(spelling, sizes)
        notes = find_unportable_words(reading, IMPLEMENTATIONS)
        return reading._replace(findings=(*reading.findings, *notes)) if notes else reading

    def deviations(self, implementation: str = "") -> Iterator[Diagnostic]:
        """Yield deviations of one implementation, or for the specification those of all."""
        if not implementation:
            return super().deviations()
        return IMPLEMENTATIONS[implementation].deviations(implementation)


DIALECT: Dialect = Onnx()
