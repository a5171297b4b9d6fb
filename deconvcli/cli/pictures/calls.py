"""What a transposed convolution does, in the few words that a box has room for."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.layers.layer import Reading
from deconvcli.layers.text import crop_text, size_text


def describe_call(reading: Reading) -> str:
    """Return kernel, stride and crop, and what else is not usual."""
    layer = reading.layer
    parts = [
        f"kernel {_write_all([axis.kernel for axis in layer.axes])}",
        f"stride {_write_all([axis.stride for axis in layer.axes])}",
    ]
    if any(axis.dilation != 1 for axis in layer.axes):
        parts.append(f"dilation {_write_all([axis.dilation for axis in layer.axes])}")
    if any(crop != (0, 0) for crop in reading.crop):
        crops = reading.crop[:1] if len(set(reading.crop)) == 1 else reading.crop
        parts.append(f"crop {crop_text(crops)}")
    if layer.groups != 1:
        parts.append(f"groups {layer.groups}")
    return ", ".join(parts)


def _write_all(numbers: Sequence[int]) -> str:
    """Return one number where all axes have the same."""
    return size_text(numbers[:1] if len(set(numbers)) == 1 else numbers)
