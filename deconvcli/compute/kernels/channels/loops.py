"""The functions of vectors.py as plain loops, for machines whose vectors are not known."""

from __future__ import annotations

from deconvcli.compute.kernels.compilation import compile_kernel
from deconvcli.compute.kernels.reference import Array


@compile_kernel
def multiply(
    sums: Array,
    places: Array,
    first: int,
    x: Array,
    x_at: int,
    pitch: int,
    inputs: int,
    weights: Array,
    weight_at: int,
    fetches: int,
    rows: int,
    vectors: int,
    lanes: int,
) -> None:
    """Add the products of one tap and some input channels; see vectors.multiply."""
    width = vectors * lanes
    for row in range(rows):
        target, source = places[first + 2 * row], x_at + places[first + 2 * row + 1]
        for channel in range(inputs):
            value, weight = x[source + channel * pitch], weight_at + channel * width
            for i in range(width):
                sums[target + i] += weights[weight + i] * value


@compile_kernel
def store(
    y: Array,
    at: int,
    pitch: int,
    size: int,
    kept: int,
    sums: Array,
    sums_at: int,
    width: int,
    lanes: int,
) -> None:
    """Write sums to outputs; see vectors.store."""
    for channel in range(kept):
        for output in range(size):
            y[at + channel * pitch + output] = sums[sums_at + output * width + channel]
