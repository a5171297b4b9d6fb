"""ONNX Runtime for the web, as WebAssembly in Node.js."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from deconvcli.frameworks.drivers._node import OnNode, write_array
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


class OnWeb(OnNode, Onnx):
    """onnxruntime-web: InferenceSession.create and run."""

    dialect = "onnx@onnxruntime_web"
    needs = (ONNXRUNTIME_WEB, ONNX)
    package = ONNXRUNTIME_WEB
    script = SCRIPT
    in_extra = False
    has_ranked_output = True

    def versions(self) -> dict[str, str]:
        """Return the version that the package reports, and that of what writes the models."""
        import onnx

        return {**super().versions(), ONNX.module: onnx.__version__}

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        stored = b64encode(self.model(case, w).SerializeToString()).decode("ascii")
        return self.compute({"model": stored, "x": write_array(x)})


FRAMEWORK: Framework = OnWeb()
