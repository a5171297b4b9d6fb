"""tract on the CPU: a program in Rust that reads ONNX."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from deconvcli.frameworks.drivers._onnx import Onnx
from deconvcli.frameworks.releases import ONNX, TRACT


class OnTract(Onnx):
    """tract.onnx().load."""

    dialect = "onnx@tract"
    needs = (TRACT, ONNX)
    in_extra = False

    def versions(self) -> dict[str, str]:
        """Return the versions of the distributions; the module of tract has none."""
        return {need.module: version(need.distribution) for need in self.needs}

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        import tempfile
        from pathlib import Path

        import tract

        trace.stage = "construct"
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "layer.onnx")
            file.write_bytes(self.model(case, w).SerializeToString())
            runnable = tract.onnx().load(str(file)).into_model().into_runnable()
        trace.stage = "call"
        return runnable.run([x])[0].to_numpy()

    def code(self, case: Case) -> str:
        """Return one run of a file that contains the weights."""
        store = "from onnx import numpy_helper as k; w = k.from_array(w, 'W')".replace("'", '"')
        load = 'tract.onnx().load("layer.onnx").into_model().into_runnable()'
        return (
            f"{self.model_code(case)}; {store};"
            " model.graph.initializer.append(w); del model.graph.input[1];"
            ' import onnx, tract; onnx.save(model, "layer.onnx");'
            f" y = {load}.run([x])[0].to_numpy()"
        )


FRAMEWORK: Framework = OnTract()
