"""ONNX Runtime on the CPU."""

from __future__ import annotations

from typing import Any

from deconvcli.frameworks.driver.base import (
    Case,
    Framework,
    Need,
    Packing,
    Step,
    TimedFramework,
    Trace,
)
from deconvcli.frameworks.drivers._onnx import NEED, Onnx


class OnOnnxRuntime(TimedFramework, Onnx):
    """onnxruntime.InferenceSession."""

    dialect = "onnx@onnxruntime"
    needs = (Need("onnxruntime", "onnxruntime", "1.31.1"), NEED)
    packing = Packing.BEFOREHAND

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """A session whose model holds the weights."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        trace.stage = "construct"
        model = self.model(case, w).SerializeToString()
        session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
        trace.stage = "call"
        return lambda: session.run(None, {"X": x})[0]

    def code(self, case: Case) -> str:
        """A session of one run."""
        session = 'InferenceSession(model.SerializeToString()).run(None, {"X": x, "W": w})'
        return f"{self.model_code(case)}; import onnxruntime; [y] = onnxruntime.{session}"


FRAMEWORK: Framework = OnOnnxRuntime()
