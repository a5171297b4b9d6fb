"""RKNN-Toolkit2: SAME is refused, and of output_shape the start loses the smaller half."""

from __future__ import annotations

from deconvcli.frameworks.converter import Carried, Converter, crop_at, has_groups, is_dilated
from deconvcli.frameworks.converters._onnx import WRITE_PADS, OnnxReader
from deconvcli.frameworks.releases import RKNN
from deconvcli.layers.layer import Reading


class Rknn(OnnxReader):
    """The build of rknn-toolkit2, and its simulator of a device."""

    release = RKNN
    through = "its simulator of rk3588"

    def carry(self, reading: Reading) -> Carried:
        """Return the layer by its pads or by its size."""
        axes = reading.layer.axes
        self.as_onnxruntime(reading)
        self.refuse_empty(self.list_input(reading))
        if len(axes) == 3 and has_groups(reading):
            self.refuse("ends its process on groups in three axes", "use a layer for each group.")
        if self.asks_for_size(reading):
            sizes = reading.output_sizes
            pairs = zip(self.natural(reading), sizes, strict=True)
            # What is appended is appended at the end.
            begins = [max(whole - size, 0) // 2 for whole, size in pairs]
            found = crop_at(reading, begins, sizes)
        elif self.word(reading).startswith("SAME"):
            self.refuse(f"refuses auto_pad {self.word(reading)}", WRITE_PADS)
        else:
            found = self.by_pads(reading)
        if len(axes) == 3 and any(map(is_dilated, axes)):
            what = "RKNN-Toolkit2 was seen to compute meaningless values for a dilation in 3-D"
            return found._replace(no_values=what)
        return found


CONVERTER: Converter = Rknn()
