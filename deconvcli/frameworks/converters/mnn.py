"""MNN: SAME forgets dilation and output_padding, and output_shape gives meaningless values."""

from __future__ import annotations

from deconvcli.frameworks.converter import Carried, Converter, crop_at, has_groups
from deconvcli.frameworks.converters._onnx import WRITE_PADS, OnnxReader
from deconvcli.frameworks.releases import MNN
from deconvcli.layers.layer import Reading

_MEANINGLESS = (
    "MNN was seen to end its process, or to compute meaningless values, for most layers {}"
)


class Mnn(OnnxReader):
    """mnnconvert, then the module on the CPU."""

    release = MNN
    through = "its converter of ONNX, CPU"

    def carry(self, reading: Reading) -> Carried:
        """Return the layer by its pads; with SAME as long as the input times the stride."""
        layer, axes = reading.layer, reading.layer.axes
        self.refuse_empty(self.list_input(reading))
        is_depthwise = layer.groups == layer.in_channels == layer.out_channels
        if self.asks_for_size(reading) and has_groups(reading) and not is_depthwise:
            self.refuse("refuses output_shape where there are groups", WRITE_PADS)
        if self.asks_for_size(reading):
            asked = Carried(reading.output_sizes, reading.crop)
            return asked._replace(no_values=_MEANINGLESS.format("with output_shape"))
        if len(axes) == 3:
            # Most end the process, and of the others some have right values.
            return self.by_pads(reading)._replace(no_values=_MEANINGLESS.format("of three axes"))
        if not self.word(reading).startswith("SAME"):
            return self.by_pads(reading)
        # As in C, a division rounds toward zero.
        begins = [int((axis.kernel - axis.stride) / 2) for axis in axes]
        sizes = [n * axis.stride for n, axis in zip(reading.spatial, axes, strict=True)]
        return crop_at(reading, begins, sizes)


CONVERTER: Converter = Mnn()
