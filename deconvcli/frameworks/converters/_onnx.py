"""Traits shared by the programs that read a node of ONNX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.common.values import per_axis
from deconvcli.frameworks.converter import Carried, Converter, crop_at, list_words
from deconvcli.frameworks.dialects.onnx import IMPLEMENTATIONS
from deconvcli.layers.axis import Size, has_zero
from deconvcli.layers.layer import Reading

WRITE_PADS = "give pads and output_padding in place of auto_pad and output_shape."


class OnnxReader(Converter):
    """A program that reads ConvTranspose."""

    takes = "onnx"

    def word(self, reading: Reading) -> str:
        """Return auto_pad."""
        return str(reading.spelling.arguments.get("auto_pad", "NOTSET"))

    def asks_for_size(self, reading: Reading) -> bool:
        """Return whether there is an output_shape."""
        return reading.spelling.arguments.get("output_shape") is not None

    def pads(self, reading: Reading) -> tuple[int, ...]:
        """Return all begins, then all ends; zeros where auto_pad computes them."""
        given: Any = reading.spelling.arguments.get("pads") or 0
        rank = len(reading.spatial)
        return per_axis(given if self.word(reading) == "NOTSET" else 0, 2 * rank, "pads")

    def by_pads(self, reading: Reading) -> Carried:
        """Return the layer whose pads and output_padding are read, and nothing else."""
        rank, pads = len(reading.spatial), self.pads(reading)
        appended = list_words(reading, "output_padding")
        full = reading.layer.full_sizes(reading.spatial)
        sizes = [
            whole - begin - end + more
            for whole, begin, end, more in zip(
                full, pads[:rank], pads[rank:], appended, strict=True
            )
        ]
        return crop_at(reading, pads[:rank], sizes)

    def as_onnxruntime(self, reading: Reading) -> Reading:
        """Return the layer as ONNX Runtime reads it.

        Raises:
            Refused: it refuses the layer.
        """
        spelling = reading.spelling._replace(implementation="onnxruntime")
        return IMPLEMENTATIONS["onnxruntime"].read(spelling, reading.sizes)

    def refuse_empty(self, reading: Reading) -> None:
        """Refuse a layer without input or output.

        Raises:
            Refused: a size is 0.
        """
        if has_zero((*reading.sizes.batch, *reading.spatial, *self.by_pads(reading).output_sizes)):
            self.refuse("refuses an empty array", "give every size one element.", "empty-output")

    def natural(self, reading: Reading) -> list[Size]:
        """Return the sizes of the full scatter with what output_padding appends."""
        full = reading.layer.full_sizes(reading.spatial)
        appended: Sequence[int] = list_words(reading, "output_padding")
        return [whole + more for whole, more in zip(full, appended, strict=True)]
