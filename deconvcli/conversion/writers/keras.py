"""Keras 3's operations, on any backend."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.conversion.operations import Convolve
from deconvcli.conversion.programs.keras import Keras
from deconvcli.conversion.writer import PlaneWriter, Writer, write_numbers, write_sizes
from deconvcli.layers.axis import Size


class KerasWriter(PlaneWriter):
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

    def resize_plane(self, name: str, sizes: Sequence[Size], kind: str) -> str:
        """Return a call of ops.image.resize."""
        words = f'"{kind}", data_format="channels_last"'
        return f"keras.ops.image.resize({name}, ({write_sizes(sizes)}), {words})"


WRITER: Writer = KerasWriter(Keras())
