"""tf2onnx: a crop below 0 becomes pads below 0, which ONNX Runtime refuses."""

from __future__ import annotations

from deconvcli.frameworks.converter import Carried, Converter, keep
from deconvcli.frameworks.releases import TF2ONNX
from deconvcli.layers.layer import Reading


class Tf2Onnx(Converter):
    """tf2onnx.convert of a Keras model on TensorFlow."""

    release = TF2ONNX
    through = "ONNX Runtime on the model that it writes"
    takes = "keras"

    def carry(self, reading: Reading) -> Carried:
        """Return the layer as it is, unless something is appended."""
        empty = "writes a model that ONNX Runtime refuses: its output is empty"
        self.refuse_empty(reading.output_sizes, empty)
        if any(crop < 0 for pair in reading.crop for crop in pair):
            self.refuse(
                "writes negative pads for what the layer appends, and ONNX Runtime refuses the"
                " model",
                "leave output_padding out and pad after the layer, or use a kernel of at least the"
                " stride.",
            )
        return keep(reading)


CONVERTER: Converter = Tf2Onnx()
