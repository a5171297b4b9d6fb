"""onnxruntime-web: ONNX Runtime, but an output_shape below the input is refused.

The check of shapes that comes with the file format counts such a shape as that of a whole tensor,
and the graph's output then has another number of axes than it states. Python's package goes on.
"""

from __future__ import annotations

from deconvcli.frameworks.dialects.onnx.onnxruntime import Runtime
from deconvcli.frameworks.releases import ONNXRUNTIME_WEB
from deconvcli.layers.layer import Reading, Sizes, Spelling

SOURCE = f"measured with {ONNXRUNTIME_WEB}, WebAssembly in Node.js"


class OnWeb(Runtime):
    """ort.InferenceSession, wasm."""

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer as ONNX Runtime reads it."""
        reading = super().read(spelling, sizes)
        if spelling.arguments.get("output_shape") is None:
            return reading
        for out, n in zip(reading.output_sizes, reading.spatial, strict=True):
            if out < n:
                self.refuse(
                    "output-shape",
                    f"onnxruntime-web refuses output_shape {out} below the input {n}: its check"
                    " of shapes takes the output for a tensor of more axes",
                    "give pads and output_padding in place of output_shape.",
                )
        return reading
