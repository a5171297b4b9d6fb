"""ONNX's shape inference in strict mode, which computes no values."""

from __future__ import annotations

from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from deconvcli.frameworks.drivers._onnx import Onnx
from deconvcli.frameworks.releases import ONNX


class OnShapeInference(Onnx):
    """onnx.shape_inference.infer_shapes."""

    dialect = "onnx@shape_inference"
    needs = (ONNX,)
    has_values = False

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the inferred shape."""
        from onnx.shape_inference import infer_shapes

        # Outside strict mode, an error of the inference is swallowed.
        [y] = infer_shapes(self.model(case), strict_mode=True).graph.output
        return [axis.dim_value for axis in y.type.tensor_type.shape.dim]

    def code(self, case: Case) -> str:
        """Return the inference; `y` has the inferred shape."""
        infer = "infer_shapes(model, strict_mode=True).graph.output[0].type.tensor_type.shape.dim"
        y = f"y = np.empty([axis.dim_value for axis in {infer}])"
        return f"{self.model_code(case)}; from onnx.shape_inference import infer_shapes; {y}"


FRAMEWORK: Framework = OnShapeInference()
