"""ONNX's own reference evaluator, which is written in NumPy."""

from __future__ import annotations

from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from deconvcli.frameworks.drivers._onnx import Onnx
from deconvcli.frameworks.releases import ONNX


class OnReference(Onnx):
    """onnx.reference.ReferenceEvaluator."""

    dialect = "onnx@reference"
    needs = (ONNX,)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        from onnx.reference import ReferenceEvaluator

        [y] = ReferenceEvaluator(self.model(case)).run(None, {"X": x, "W": w})
        return y

    def code(self, case: Case) -> str:
        """Return one evaluation."""
        run = '[y] = ReferenceEvaluator(model).run(None, {"X": x, "W": w})'
        return f"{self.model_code(case)}; from onnx.reference import ReferenceEvaluator; {run}"


FRAMEWORK: Framework = OnReference()
