"""Keras 3's operations, on any backend."""

from __future__ import annotations

from deconvcli.conversion.operations import Convolve
from deconvcli.conversion.programs.keras import Keras
from deconvcli.conversion.writer import Writer, write_numbers


class KerasWriter(Writer):
    """Functions of keras.ops."""

    def add_up(self, name: str, index: str, count: str) -> str:
        """Return a call of ops.segment_sum."""
        return f"keras.ops.segment_sum({name}, {index}, {count})"

    def convolve(self, name: str, operation: Convolve) -> str:
        """Return a call of ops.conv, which takes the groups from the weights."""
        words = 'data_format="channels_last"'
        if any(step != 1 for step in operation.dilation):
            words += f", dilation_rate={write_numbers(operation.dilation)}"
        return f"keras.ops.conv({name}, w, {words})"


WRITER: Writer = KerasWriter(Keras())
