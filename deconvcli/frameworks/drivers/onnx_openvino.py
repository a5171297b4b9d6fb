"""OpenVINO's reader of ONNX, on the CPU."""

from __future__ import annotations

from typing import Any

from deconvcli.frameworks.driver.base import (
    Case,
    Framework,
    Packing,
    Step,
    TimedFramework,
    Trace,
)
from deconvcli.frameworks.drivers._onnx import Onnx
from deconvcli.frameworks.releases import ONNX, OPENVINO


class OnOpenVino(TimedFramework, Onnx):
    """openvino.Core().read_model."""

    dialect = "onnx@openvino"
    needs = (OPENVINO, ONNX)
    packing = Packing.BEFOREHAND
    in_extra = False

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return a compiled model that contains the weights."""
        import openvino

        trace.stage = "construct"
        core = openvino.Core()
        model = core.read_model(self.model(case, w).SerializeToString())
        trace.stage = "build"
        # Without the hint the plugin computes in bfloat16 on processors that have it.
        settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
        compiled = core.compile_model(model, "CPU", settings)
        trace.stage = "call"
        return lambda: compiled([x], share_inputs=True, share_outputs=True)[0]

    def code(self, case: Case) -> str:
        """Return a model that is read and run; its weights are an input."""
        read = "c = v.Core(); m = c.read_model(model.SerializeToString())"
        run = 'y = c.compile_model(m, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([x, w])[0]'
        return f"{self.model_code(case)}; import openvino as v; {read}; {run}"


FRAMEWORK: Framework = OnOpenVino()
