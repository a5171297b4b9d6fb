"""ONNX Runtime for the web, as WebAssembly in Node.js."""

from __future__ import annotations

import os
from base64 import b64encode
from functools import cached_property
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace, format_literal
from deconvcli.frameworks.drivers._node import Node, write_array
from deconvcli.frameworks.drivers._onnx import Onnx
from deconvcli.frameworks.releases import ONNX, ONNXRUNTIME_WEB

SCRIPT = """
const [folder] = process.argv.slice(1);
const ort = require(`${folder}/onnxruntime-web`);
const start = async () => {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'fatal';
  return ort.env.versions.web;
};
const compute = async ({model, x}) => {
  const session = await ort.InferenceSession.create(Buffer.from(model, 'base64'));
  const given = new ort.Tensor('float32', Float32Array.from(x.data), x.shape);
  const {Y} = await session.run({X: given});
  await session.release();
  return {shape: Y.dims, data: [...Y.data]};
};
"""


class OnWeb(Onnx):
    """onnxruntime-web: InferenceSession.create and run."""

    dialect = "onnx@onnxruntime_web"
    needs = (ONNXRUNTIME_WEB, ONNX)
    in_extra = False
    has_ranked_output = True

    @cached_property
    def _node(self) -> Node:
        return Node(SCRIPT, os.environ[ONNXRUNTIME_WEB.variable])

    def versions(self) -> dict[str, str]:
        """Return the version that the package reports, and that of what writes the models."""
        import onnx

        return {ONNXRUNTIME_WEB.module: self._node.version, ONNX.module: onnx.__version__}

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        import numpy

        stored = b64encode(self.model(case, w).SerializeToString()).decode("ascii")
        try:
            shape, values = self._node.compute({"model": stored, "x": write_array(x)})
        except EOFError:
            self._node.end()
            del self._node
            raise
        return numpy.array(values, "float32").reshape(shape)

    def code(self, case: Case) -> str:
        """Return a call of this driver, since Python has no such package."""
        params = ", ".join(f'"{name}": {format_literal(v)}' for name, v in case.params.items())
        home = (
            f"from {self.module} import FRAMEWORK; from deconvcli.frameworks.driver.base import *"
        )
        made = f"Case({{{params}}}, x.shape, w.shape, {case.rank})"
        return f"{home}; y = FRAMEWORK.run({made}, x, w, Trace())"


FRAMEWORK: Framework = OnWeb()
