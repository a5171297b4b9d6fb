"""IREE: equal pads alone compile, and what compiles is right."""

from __future__ import annotations

from deconvcli.frameworks.converter import Carried, Converter, has_groups, keep, list_words
from deconvcli.frameworks.converters._onnx import OnnxReader
from deconvcli.frameworks.releases import IREE
from deconvcli.layers.layer import Reading


class Iree(OnnxReader):
    """iree-import-onnx and iree-compile."""

    release = IREE
    through = "iree-import-onnx, llvm-cpu"

    def carry(self, reading: Reading) -> Carried:
        """Return the layer of ONNX Runtime, if both its ends lose the same."""
        found = self.as_onnxruntime(reading)
        appended = list_words(reading, "output_padding")
        for (begin, end), more in zip(found.crop, appended, strict=True):
            if begin != end + more:
                self.refuse(
                    f"compiles equal pads alone: the start loses {begin}, and the end {end + more}",
                    "crop with a Slice after the layer.",
                )
        if has_groups(reading) and 1 in reading.spatial:
            self.refuse(
                "does not compile groups where an axis has one element",
                "use a layer for each group, and a Concat.",
            )
        return keep(found)


CONVERTER: Converter = Iree()
