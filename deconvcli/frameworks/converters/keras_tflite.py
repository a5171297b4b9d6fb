"""Keras on TensorFlow to TensorFlow Lite: no dilation, and volumes with their channels last."""

from __future__ import annotations

from deconvcli.frameworks.converter import Carried, Converter, is_dilated, keep
from deconvcli.frameworks.releases import TENSORFLOW
from deconvcli.layers.layer import Reading
from deconvcli.layers.layout import CHANNELS_FIRST


class KerasTfLite(Converter):
    """tf.lite.TFLiteConverter of a Keras model."""

    release = TENSORFLOW
    through = "tf.lite.TFLiteConverter"
    takes = "keras"
    aliases = ("tfliteconverter", "tf.lite")

    def carry(self, reading: Reading) -> Carried:
        """Return the layer as it is."""
        if any(map(is_dilated, reading.layer.axes)):
            self.refuse(
                "converts no dilation to TensorFlow Lite",
                "write the zeros between the taps into the kernel.",
            )
        if len(reading.spatial) == 3 and reading.data_layout == CHANNELS_FIRST:
            self.refuse(
                "converts no layer of three axes with its channels first",
                "use data_format='channels_last'.",
            )
        return keep(reading)


CONVERTER: Converter = KerasTfLite()
