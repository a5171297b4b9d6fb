"""ExecuTorch with XNNPACK: no volumes, and an empty output ends the process."""

from __future__ import annotations

from deconvcli.frameworks.converter import Carried, Converter
from deconvcli.frameworks.converters._torch import TorchExporter
from deconvcli.frameworks.releases import EXECUTORCH
from deconvcli.layers.layer import Reading


class ExecuTorch(TorchExporter):
    """to_edge_transform_and_lower with XNNPACK, and the runtime's Python binding."""

    release = EXECUTORCH
    through = "XNNPACK, CPU"
    empty = "ends its process (SIGFPE) on an empty output"
    too_long = "refuses the layer"

    def carry(self, reading: Reading) -> Carried:
        """Return the layer as it is."""
        if len(reading.spatial) == 3:
            self.refuse("refuses a layer of three axes (error 0x12)", "use layers of two axes.")
        return super().carry(reading)


CONVERTER: Converter = ExecuTorch()
