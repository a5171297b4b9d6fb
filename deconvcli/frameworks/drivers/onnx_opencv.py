"""OpenCV 5's reader of ONNX, on the CPU."""

from __future__ import annotations

from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from deconvcli.frameworks.drivers._onnx import Onnx
from deconvcli.frameworks.releases import ONNX, OPENCV


class OnOpenCv(Onnx):
    """cv2.dnn.readNetFromONNXBuffer."""

    dialect = "onnx@opencv"
    needs = (OPENCV, ONNX)
    in_extra = False
    has_ranked_output = True

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        import cv2
        import numpy

        trace.stage = "construct"
        stored = self.model(case, w).SerializeToString()
        net = cv2.dnn.readNetFromONNX(numpy.frombuffer(stored, "uint8"))
        trace.stage = "call"
        net.setInput(x, "X")
        y = net.forward()
        if y is None:
            raise ValueError("forward returns no array")
        return numpy.array(y)

    def code(self, case: Case) -> str:
        """Return one run of a model that contains the weights."""
        return (
            f"{self.model_code(case)}; from onnx import numpy_helper as k;"
            ' model.graph.initializer.append(k.from_array(w, "W")); del model.graph.input[1];'
            ' import cv2; b = np.frombuffer(model.SerializeToString(), "u1");'
            ' n = cv2.dnn.readNetFromONNX(b); n.setInput(x, "X"); y = n.forward()'
        )


FRAMEWORK: Framework = OnOpenCv()
