"""TVM's importer of ONNX (Relax), compiled for the CPU by LLVM."""

from __future__ import annotations

from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from deconvcli.frameworks.drivers._onnx import Onnx
from deconvcli.frameworks.releases import ONNX, TVM


class OnTvm(Onnx):
    """tvm.relax.frontend.onnx.from_onnx."""

    dialect = "onnx@tvm"
    needs = (TVM, ONNX)
    in_extra = False

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        import tvm
        from tvm import relax
        from tvm.relax.frontend.onnx import from_onnx

        trace.stage = "construct"
        module = from_onnx(self.model(case, w), keep_params_in_input=False)
        trace.stage = "build"
        machine = relax.VirtualMachine(tvm.compile(module, "llvm"), tvm.cpu())
        trace.stage = "call"
        y = machine["main"](tvm.runtime.tensor(x))
        return (y if hasattr(y, "numpy") else y[0]).numpy()

    def code(self, case: Case) -> str:
        """Return one run; the weights are an input of the model."""
        machine = 'relax.VirtualMachine(tvm.compile(from_onnx(model), "llvm"), tvm.cpu())'
        return (
            f"{self.model_code(case)}; import tvm; from tvm import relax;"
            f" from tvm.relax.frontend.onnx import from_onnx; v = {machine};"
            ' y = v["main"](*map(tvm.runtime.tensor, (x, w))).numpy()'
        )


FRAMEWORK: Framework = OnTvm()
