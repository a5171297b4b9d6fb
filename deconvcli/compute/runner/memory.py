"""What a run will hold in memory, known before anything is allocated."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.layers.layer import Reading, require_numbers


class Memory(NamedTuple):
    """Bytes that a run will hold, by what they are for."""

    input: int
    weights: int
    output: int
    workspace: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self)


def memory_needed(reading: Reading, dtype: str, *, checked: bool) -> Memory:
    """Before anything is allocated: the arrays, their copies in canonical order, the check's."""
    size = np.dtype(dtype).itemsize
    wide = max(size, 4)
    data, weights, output = (
        prod(require_numbers(shape))
        for shape in (reading.input_shape, reading.weight_shape, reading.output_shape)
    )
    copies = wide * (2 * data + 2 * weights + output)
    if checked:
        # The check holds input, weights and their absolute values in a wider type, in blocks.
        copies += 4 * wide * (data + weights)
    return Memory(size * data, size * weights, size * output, copies)
