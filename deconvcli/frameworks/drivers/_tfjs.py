"""What a process of Node.js runs to compute layers by TensorFlow.js."""

from __future__ import annotations

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
const start = async () => {
  if (backend === 'wasm') {
    const wasm = require(`${folder}/@tensorflow/tfjs-backend-wasm`);
    wasm.setWasmPaths(`${folder}/@tensorflow/tfjs-backend-wasm/dist/`);
  }
  await tf.setBackend(backend);
  await tf.ready();
  return tf.version.tfjs;
};
"""
