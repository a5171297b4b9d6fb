"""TensorFlow.js in a process of Node.js, which answers one line for each layer."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

from deconvcli.frameworks.releases import TFJS

SCRIPT = """
const [folder, backend] = process.argv.slice(1);
const tf = require(`${folder}/@tensorflow/tfjs`);
const compute = async ({params, rank, x, w}) => {
  const {api, ...given} = params;
  const input = tf.tensor(x.data, x.shape), filter = tf.tensor(w.data, w.shape);
  let y;
  if (api === 'op') {
    const {outputShape, strides, pad} = given;
    y = tf[`conv${rank}dTranspose`](input, filter, outputShape, strides, pad);
  } else {
    const layer = tf.layers[`conv${rank}dTranspose`]({...given, useBias: false});
    layer.build(x.shape);
    layer.setWeights([filter]);
    y = layer.apply(input);
  }
  return {shape: y.shape, data: [...await y.data()]};
};
const main = async () => {
  if (backend === 'wasm') {
    const wasm = require(`${folder}/@tensorflow/tfjs-backend-wasm`);
    wasm.setWasmPaths(`${folder}/@tensorflow/tfjs-backend-wasm/dist/`);
  }
  await tf.setBackend(backend);
  await tf.ready();
  console.log(JSON.stringify({version: tf.version.tfjs}));
  for await (const line of require('readline').createInterface({input: process.stdin})) {
    let answer;
    try { answer = await compute(JSON.parse(line)); }
    catch (error) { answer = {error: `${error}`}; }
    console.log(JSON.stringify(answer));
  }
};
main();
"""


class Node:
    """One process of Node.js with TensorFlow.js on a backend, cpu or wasm."""

    def __init__(self, backend: str) -> None:
        self._process = subprocess.Popen(
            ["node", "-e", SCRIPT, os.environ[TFJS.variable], backend],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.version: str = self._read()["version"]

    def compute(self, params: Mapping[str, Any], rank: int, x: Any, w: Any) -> Any:
        """Return the output's shape and values.

        Raises:
            ValueError: the layer is refused.
        """
        arrays = {
            name: {"shape": list(array.shape), "data": array.ravel().tolist()}
            for name, array in (("x", x), ("w", w))
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"params": params, "rank": rank, **arrays}) + "\n")
        self._process.stdin.flush()
        answer = self._read()
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["shape"], answer["data"]

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            # What the libraries print themselves is no JSON.
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        raise EOFError("Node.js has ended")
