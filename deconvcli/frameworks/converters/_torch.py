"""Traits shared by the exporters of PyTorch."""

from __future__ import annotations

from typing import ClassVar

from deconvcli.frameworks.converter import Carried, Converter, keep
from deconvcli.layers.layer import Reading


class TorchExporter(Converter):
    """An exporter that changes no layer; what runs its model refuses some.

    empty, too_long: what happens to an empty output, and to a long output_padding.
    """

    takes = "torch"
    empty: ClassVar[str] = "writes a model that ONNX Runtime refuses: its output is empty"
    too_long: ClassVar[str] = "writes a model that ONNX Runtime refuses"

    def carry(self, reading: Reading) -> Carried:
        """Return the layer as it is."""
        self.refuse_empty(reading.output_sizes, self.empty)
        for axis in reading.layer.axes:
            # Both ends are cropped alike, and then something is appended.
            more = axis.crop_begin - axis.crop_end
            if more >= axis.stride:
                self.refuse(
                    f"{self.too_long}: output_padding {more} is not smaller than stride"
                    f" {axis.stride}",
                    "keep output_padding less than the stride.",
                )
        return keep(reading)
