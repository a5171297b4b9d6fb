"""Traits shared by the programs that read a node of ONNX."""

from __future__ import annotations

from typing import Any

from deconvcli.common.values import per_axis
from deconvcli.frameworks.converter import Carried, Converter, crop_at, list_words
from deconvcli.frameworks.dialects.onnx import IMPLEMENTATIONS
from deconvcli.layers.axis import Size
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

    def list_input(self, reading: Reading) -> tuple[Size, ...]:
        """Return the sizes of the input without its channels."""
        return (*reading.sizes.batch, *reading.spatial)

    def by_pads(self, reading: Reading) -> Carried:
        """Return the layer whose pads and output_padding are read, and nothing else.

        Raises:
            Refused: there is no input, or no output.
        """
        rank, pads = len(reading.spatial), self.pads(reading)
        columns = (self.natural(reading), pads[:rank], pads[rank:])
        sizes = [whole - begin - end for whole, begin, end in zip(*columns, strict=True)]
        self.refuse_empty((*self.list_input(reading), *sizes))
        return crop_at(reading, pads[:rank], sizes)

    def as_onnxruntime(self, reading: Reading) -> Reading:
        """Return the layer as ONNX Runtime reads it.

        Raises:
            Refused: it refuses the layer.
        """
        spelling = reading.spelling._replace(implementation="onnxruntime")
        return IMPLEMENTATIONS["onnxruntime"].read(spelling, reading.sizes)

    def natural(self, reading: Reading) -> list[Size]:
        """Return the sizes of the full scatter with what output_padding appends."""
        full = reading.layer.full_sizes(reading.spatial)
        appended = list_words(reading, "output_padding")
        return [whole + more for whole, more in zip(full, appended, strict=True)]
