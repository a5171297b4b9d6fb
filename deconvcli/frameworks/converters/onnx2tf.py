"""onnx2tf, to TensorFlow Lite: SAME_UPPER crops nothing, and there is no dilation."""

from __future__ import annotations

from deconvcli.frameworks.converter import Carried, Converter, list_words
from deconvcli.frameworks.converters._onnx import WRITE_PADS, OnnxReader
from deconvcli.frameworks.releases import ONNX2TF
from deconvcli.layers.layer import Reading


class Onnx2Tf(OnnxReader):
    """onnx2tf.convert, and the file of TensorFlow Lite that it writes."""

    release = ONNX2TF
    through = "the TensorFlow Lite file that it writes"

    def carry(self, reading: Reading) -> Carried:
        """Return the layer by its pads, and with SAME_UPPER the whole scatter."""
        word = self.word(reading)
        asked = reading.spelling.arguments.get("output_shape")
        # The shape of the whole tensor is not read; the spatial sizes alone end in an error.
        if word == "SAME_LOWER" or (asked is not None and len(asked) == len(reading.spatial)):
            self.refuse(f"refuses {'output_shape' if asked else f'auto_pad {word}'}", WRITE_PADS)
        if asked is None:
            self.as_onnxruntime(reading)
        axes, is_volume = reading.layer.axes, len(reading.spatial) == 3
        is_dilated = any(axis.dilation > 1 for axis in axes)
        if is_volume and any(list_words(reading, "output_padding")):
            self.refuse(
                "writes a file that TensorFlow Lite refuses to run: it has output_padding in"
                " three axes",
                "pad after the layer.",
            )
        if is_dilated and (not is_volume or word == "SAME_UPPER"):
            self.refuse(
                "writes a file that TensorFlow Lite refuses to run: it has a dilation",
                "write the zeros between the taps into the kernel.",
            )
        if reading.spelling.arguments.get("kernel_shape") is None:
            self.refuse("needs kernel_shape in the node", "write it.")
        return self.by_pads(reading)


CONVERTER: Converter = Onnx2Tf()
