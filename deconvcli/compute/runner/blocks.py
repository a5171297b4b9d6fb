"""The blocks in which a layer is checked, or computed from file to file."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import DTypeLike

from deconvcli.common.errors import OutOfMemory
from deconvcli.common.memory import format_bytes
from deconvcli.compute.kernels.reference import accumulator
from deconvcli.compute.kernels.stream import Budget, Cut, Sizes
from deconvcli.compute.runner.canonical import AxisNumbers, axes_of
from deconvcli.compute.runner.memory import MemoryLimit
from deconvcli.layers.layer import Reading, require_numbers

BLOCK_BYTES = 16 << 20
"""Larger blocks are computed no faster, are checked more slowly, and keep Ctrl-C waiting."""


def cut_for_check(x: Sizes, y: Sizes, axes: Sequence[AxisNumbers], dtype: DTypeLike) -> Cut:
    """Return the blocks in which values in memory are checked.

    x, y: the shapes of the canonical input and output.
    """
    return Cut(x, y, axes, Budget(BLOCK_BYTES, *_bytes_checked(_wide_size(dtype))))


def cut_for_files(reading: Reading, dtype: DTypeLike, limit: MemoryLimit, *, checked: bool) -> Cut:
    """Return the blocks in which a layer is computed from file to file, within the limit.

    Raises:
        OutOfMemory: not even one output fits beside the weights.
    """
    weights = _weight_bytes(reading, dtype, checked)
    layer = reading.layer
    x = (prod(reading.sizes.batch), layer.in_channels, *require_numbers(reading.spatial))
    y = (x[0], layer.out_channels, *require_numbers(reading.output_sizes))
    budget = Budget(limit.total - weights, *_bytes_per_element(dtype, checked))
    cut = Cut(x, y, axes_of(reading), budget)
    if cut.min_bytes > cut.budget.total:
        raise OutOfMemory(
            f"this layer needs {format_bytes(weights + cut.min_bytes)} even in blocks"
            f" (weights {format_bytes(weights)}, one output {format_bytes(cut.min_bytes)});"
            f" {limit.text}",
            help=f"{limit.help}.",
        )
    total = min(cut.budget.total, max(BLOCK_BYTES, _slab_bytes(cut)))
    return cut._replace(budget=cut.budget._replace(total=total))


def _slab_bytes(cut: Cut) -> int:
    """Return the bytes of a block as thick as the kernel: a thinner one rereads most inputs."""
    kernel, _, dilation, _, _ = cut.axes[0]
    thickness = min(dilation * (kernel - 1) + 1, cut.y[2])
    return cut.cost(1, (thickness, *cut.y[3:]))


def _weight_bytes(reading: Reading, dtype: DTypeLike, checked: bool) -> int:
    """Return the bytes of the weights, of the engine's copies and of the check's."""
    # The engine has them converted and packed. The check has weights and magnitudes, both in a
    # type that may be twice as wide.
    copies = _wide_size(dtype) * (6 if checked else 2)
    return prod(reading.weight_shape) * (np.dtype(dtype).itemsize + copies)


def _bytes_per_element(dtype: DTypeLike, checked: bool) -> tuple[int, int]:
    """Return the bytes for each input and each output: as stored, and as computed or checked."""
    engine = 3 * _wide_size(dtype) + np.dtype(dtype).itemsize
    per_input, per_output = _bytes_checked(_wide_size(dtype)) if checked else (0, 0)
    return max(engine, per_input), max(engine, per_output)


def _bytes_checked(wide: int) -> tuple[int, int]:
    """Return the bytes for each input and each output of a checked block, as measured."""
    return 8 * wide, 16 * wide


def _wide_size(dtype: DTypeLike) -> int:
    return accumulator(np.dtype(dtype)).itemsize
