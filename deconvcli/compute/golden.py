"""Small integers through a layer, with an output that is exact in every number type."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from deconvcli.compute import runner
from deconvcli.compute.kernels.reference import AxisNumbers
from deconvcli.compute.kernels.scatter import transposed_convolution
from deconvcli.compute.runner import (
    Array,
    axes_of,
    canonical_input,
    canonical_weight,
    own_output,
    random_array,
    refuse_without_values,
)
from deconvcli.layers.layer import Reading, require_numbers

# The integers up to which every integer is exact, by type: 2**digits for floating-point numbers.
EXACT_TO = {
    "int8": 2**7 - 1,
    "bfloat16": 2**8,
    "float16": 2**11,
    "int16": 2**15 - 1,
    "float32": 2**24,
    "int32": 2**31 - 1,
    "float64": 2**53,
    "int64": 2**63 - 1,
}
LARGEST = 3
"""The largest input, weight and bias of a layer with few products per output."""
_INPUT, _WEIGHT, _BIAS, _KEPT = range(4)


class Golden(NamedTuple):
    """The arrays of a layer in its dialect's layouts, int64.

    largest_sum: the largest sum of absolute products and bias of an output; no partial sum, in
    whatever order, is larger.
    """

    x: Array
    weight: Array
    bias: Array | None
    y: Array
    largest_sum: int

    @property
    def exact_in(self) -> list[str]:
        """Return the number types in which every partial sum is exact."""
        return [name for name, limit in EXACT_TO.items() if self.largest_sum <= limit]


def make_golden(reading: Reading, seed: int) -> Golden:
    """Return random input, weights and bias, and their exact output.

    The numbers are as large, and the input has as few zeros, as int8 sums allow.

    Raises:
        Refused: the framework gives a shape for this layer, but no values.
        RuntimeError: the fast kernel has other values, which is a bug.
    """
    refuse_without_values(reading)
    axes, groups, layer = axes_of(reading), reading.layer.groups, reading.layer
    shape = tuple(require_numbers(reading.input_shape))
    share = random_array(shape, "float64", seed, _KEPT) / 2 + 0.5
    magnitude, kept = LARGEST, 1.0
    while True:
        x = _draw(shape, magnitude, seed, _INPUT) * (share < kept)
        weight = _draw(reading.weight_shape, magnitude, seed, _WEIGHT)
        bias = _draw((layer.out_channels,), magnitude, seed, _BIAS) if layer.has_bias else None
        data, taps = canonical_input(reading, x), canonical_weight(reading, weight)
        largest_sum = _sum_sizes(data, taps, bias, axes, groups)
        if largest_sum <= EXACT_TO["int8"]:
            break
        # Zeros only where the smallest numbers are still too many.
        if magnitude > 1:
            magnitude -= 1
        else:
            kept /= 2
    y = own_output(reading, transposed_convolution(data, taps, bias, axes, groups))
    addend = None if bias is None else bias.astype(np.float32)
    fast = runner.run(reading, x.astype(np.float32), weight.astype(np.float32), addend)
    if not np.array_equal(fast, y):
        raise RuntimeError(f"the fast kernel differs from exact integers: {reading}")
    return Golden(x, weight, bias, y, largest_sum)


def _draw(shape: tuple[int, ...], magnitude: int, seed: int, stream: int) -> Array:
    """Return integers from -magnitude to magnitude, of which none is zero."""
    numbers = random_array(shape, "float64", seed, stream) * magnitude
    whole: Array = np.floor(numbers).astype(np.int64)
    whole[whole >= 0] += 1
    return whole


def _sum_sizes(
    x: Array, weight: Array, bias: Array | None, axes: list[AxisNumbers], groups: int
) -> int:
    """Return the largest sum of absolute values of all outputs; float64, as it is exact and fast.

    The numbers themselves count too: they have to be exact, even if no output needs them.
    """
    given = [x, weight] if bias is None else [x, weight, bias]
    sizes = [np.abs(array).astype(np.float64) for array in given]
    addend = None if bias is None else sizes[2]
    sums = transposed_convolution(sizes[0], sizes[1], addend, axes, groups)
    return max(int(np.max(array, initial=0)) for array in (sums, *sizes))
