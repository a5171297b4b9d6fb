"""pnnx, to ncnn: all that PyTorch accepts, but an empty output."""

from __future__ import annotations

from deconvcli.frameworks.converter import Carried, Converter, keep
from deconvcli.frameworks.releases import PNNX
from deconvcli.layers.layer import Reading


class Pnnx(Converter):
    """pnnx.export, and ncnn on the files that it writes."""

    release = PNNX
    through = "ncnn on the files that it writes"
    takes = "torch"

    def carry(self, reading: Reading) -> Carried:
        """Return the layer as it is."""
        empty = "writes a layer that ncnn refuses: its output is empty"
        self.refuse_empty(reading.output_sizes, empty)
        return keep(reading)


CONVERTER: Converter = Pnnx()
