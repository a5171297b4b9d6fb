"""Computed values compared with an independent computation, whole or block by block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

import numpy as np

from deconvcli.compute.kernels.bound import Agreement, check
from deconvcli.compute.kernels.direct import Progress
from deconvcli.compute.kernels.stream import Block, Source, as_contiguous, blocks
from deconvcli.compute.runner.blocks import cut_for_check
from deconvcli.compute.runner.canonical import (
    Array,
    axes_of,
    canonical_input,
    canonical_output,
    canonical_weight,
)
from deconvcli.layers.layer import Reading, require_numbers


def check_values(
    reading: Reading, x: Array, weight: Array, bias: Array | None, y: Array
) -> Agreement:
    """Compare y with an independent computation; all arrays are in the dialect's layout."""
    return check(
        canonical_output(reading, y),
        canonical_input(reading, x),
        canonical_weight(reading, weight),
        bias,
        axes_of(reading),
        reading.layer.groups,
    )


def check_arrays(
    reading: Reading,
    x: Array,
    weight: Array,
    bias: Array | None,
    arrays: Mapping[str, Array],
    progress: Progress | None = None,
) -> Mapping[str, Agreement]:
    """Compare each of these outputs as `check_values` does, in blocks that keep memory small."""
    checks = BlockChecks(reading, x.dtype, weight, bias, arrays)
    data = canonical_input(reading, x)
    outputs = {name: canonical_output(reading, array) for name, array in arrays.items()}
    shape = (len(data), reading.layer.out_channels, *require_numbers(reading.output_sizes))
    cut = cut_for_check(data.shape, shape, axes_of(reading), x.dtype)
    for block in blocks(cut):
        checks.add(block, data[block.inputs], outputs)
        if progress is not None:
            progress(checks.outputs, prod(cut.y))
    return checks.agreements


class BlockChecks:
    """The agreement of each named output, as far as its blocks have come."""

    def __init__(
        self,
        reading: Reading,
        dtype: np.dtype[np.generic],
        weight: Array,
        bias: Array | None,
        names: Iterable[str],
    ) -> None:
        self._dtype = dtype
        self._weight = canonical_weight(reading, weight)
        self._bias = bias
        self._groups = reading.layer.groups
        self.agreements = {name: Agreement(0.0, 0.0, 0, True, None) for name in names}

    @property
    def outputs(self) -> int:
        """Return how many elements of each output have been checked."""
        return max((one.outputs for one in self.agreements.values()), default=0)

    def add(self, block: Block, x: Array, arrays: Mapping[str, Source]) -> None:
        """Check a block of each output (N, Cout, *out); x (N, Cin, *n) is the block's input."""
        if not self.agreements:
            return
        given = as_contiguous(x, self._dtype)
        # The slice of the channels is slice(None), which starts at None.
        start = tuple(part.start or 0 for part in block.outputs)
        for name, agreement in self.agreements.items():
            with np.errstate(over="ignore"):  # a reference may have more digits
                y = as_contiguous(arrays[name][block.outputs], self._dtype)
            part = check(y, given, self._weight, self._bias, block.axes, self._groups)
            self.agreements[name] = _merge(agreement, part, start)


def _merge(whole: Agreement, part: Agreement, start: tuple[int, ...]) -> Agreement:
    """Return `whole` with one more block, whose first output is at `start`."""
    bad = [] if whole.first_bad is None else [whole.first_bad]
    if part.first_bad is not None:
        bad.append(tuple(at + by for at, by in zip(start, part.first_bad, strict=True)))
    return Agreement(
        max(whole.worst_error, part.worst_error),
        max(whole.worst_share, part.worst_share),
        whole.outputs + part.outputs,
        whole.agrees and part.agrees,
        min(bad, default=None),  # blocks need not come in the order of the indices
        whole.bad + part.bad,
    )
