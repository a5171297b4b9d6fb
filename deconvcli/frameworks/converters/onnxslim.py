"""onnxslim: it refuses an output_shape below the input, and changes nothing else."""

from __future__ import annotations

from deconvcli.frameworks.converter import Carried, Converter, keep
from deconvcli.frameworks.converters._onnx import WRITE_PADS, OnnxReader
from deconvcli.frameworks.releases import ONNXSLIM
from deconvcli.layers.layer import Reading


class OnnxSlim(OnnxReader):
    """onnxslim.slim, and ONNX Runtime on what it writes."""

    release = ONNXSLIM
    through = "ONNX Runtime on the model that it writes"

    def carry(self, reading: Reading) -> Carried:
        """Return the layer of ONNX Runtime."""
        found = self.as_onnxruntime(reading)
        pairs = zip(found.output_sizes, reading.spatial, strict=True)
        if self.asks_for_size(reading) and any(size < n for size, n in pairs):
            self.refuse(
                "refuses an output_shape below the input: its check of shapes counts the sizes"
                " as too many axes",
                WRITE_PADS,
            )
        return keep(found)


CONVERTER: Converter = OnnxSlim()
