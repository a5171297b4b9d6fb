"""onnx2torch: equal pads alone, and output_shape is not read."""

from __future__ import annotations

from deconvcli.frameworks.converter import Carried, Converter
from deconvcli.frameworks.converters._onnx import WRITE_PADS, OnnxReader
from deconvcli.frameworks.releases import ONNX2TORCH
from deconvcli.layers.layer import Reading

NEWEST_OPSET = 21


class Onnx2Torch(OnnxReader):
    """onnx2torch.convert."""

    release = ONNX2TORCH

    def carry(self, reading: Reading) -> Carried:
        """Return the layer by its pads."""
        opset = reading.spelling.arguments.get("opset")
        if isinstance(opset, int) and opset > NEWEST_OPSET:
            self.refuse(f"has no ConvTranspose of opset {opset}", f"export opset {NEWEST_OPSET}.")
        if (word := self.word(reading)).startswith("SAME"):
            self.refuse(f"refuses auto_pad {word}", WRITE_PADS)
        pads, rank = self.pads(reading), len(reading.spatial)
        if pads[:rank] != pads[rank:]:
            self.refuse(
                f"refuses pads {list(pads)}, which differ between the start and the end",
                "crop with a Slice after the layer.",
            )
        return self.by_pads(reading)


CONVERTER: Converter = Onnx2Torch()
