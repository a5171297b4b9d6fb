"""The memory that a run will need, known before anything is allocated."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.common.errors import OutOfMemory
from deconvcli.common.memory import format_bytes
from deconvcli.layers.layer import Reading, require_numbers


class Memory(NamedTuple):
    """The bytes that a run will need, by purpose."""

    input: int
    weights: int
    output: int
    workspace: int

    @property
    def total(self) -> int:
        """All bytes together."""
        return sum(self)


def memory_needed(reading: Reading, dtype: str, *, checked: bool) -> Memory:
    """Return the bytes of the arrays, their copies in canonical order, and those of the check."""
    size = np.dtype(dtype).itemsize
    # float16 is computed in float32.
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


class MemoryLimit(NamedTuple):
    """Bytes that a run may hold; errors say why with `text`, and how to allow more with `help`."""

    total: int
    text: str = "which is more than is allowed"
    help: str = "allow more memory"


def refuse_too_large(
    reading: Reading, dtype: str, limit: MemoryLimit, *, checked: bool, otherwise: str
) -> None:
    """Refuse a run that does not fit, before anything is allocated.

    otherwise: what helps beside a smaller input and more memory.

    Raises:
        OutOfMemory: it does not fit; the message has the figures.
    """
    needed = memory_needed(reading, dtype, checked=checked)
    if needed.total > limit.total:
        parts = zip(needed._fields, needed, strict=True)
        listed = ", ".join(f"{name} {format_bytes(part)}" for name, part in parts)
        raise OutOfMemory(
            f"this layer needs {format_bytes(needed.total)} ({listed}); {limit.text}",
            help=f"use a smaller input or batch, {limit.help}, or {otherwise}.",
        )
