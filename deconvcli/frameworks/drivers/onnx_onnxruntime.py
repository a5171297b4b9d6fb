"""ONNX Runtime on the CPU."""

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
from deconvcli.frameworks.releases import ONNX, ONNXRUNTIME


class OnOnnxRuntime(TimedFramework, Onnx):
    """onnxruntime.InferenceSession."""

    dialect = "onnx@onnxruntime"
    needs = (ONNXRUNTIME, ONNX)
    packing = Packing.BEFOREHAND

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return a session whose model contains the weights, so that they are packed once."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # Only fatal errors are logged: a refusal is an answer.
        options.log_severity_level = 4
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        trace.stage = "construct"
        model = self.model(case, w).SerializeToString()
        session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
        trace.stage = "call"
        return lambda: session.run(None, {"X": x})[0]

    def code(self, case: Case) -> str:
        """Return a session of one run; its weights are an input, as the model stores none."""
        session = 'InferenceSession(model.SerializeToString()).run(None, {"X": x, "W": w})'
        return f"{self.model_code(case)}; import onnxruntime; [y] = onnxruntime.{session}"


FRAMEWORK: Framework = OnOnnxRuntime()
