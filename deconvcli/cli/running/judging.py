"""Values held against an independent computation, block by block."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np

from deconvcli.cli.progress import bar
from deconvcli.cli.running.job import Job
from deconvcli.cli.running.space import check_cut
from deconvcli.compute.kernels.bound import Agreement, check
from deconvcli.compute.kernels.stream import Block, Source, as_contiguous, blocks
from deconvcli.compute.runner import Array, canonical_input, canonical_output, canonical_weight


class Judge:
    """The verdict on each array that was to be checked, as far as its blocks have come."""

    def __init__(self, job: Job, weight: Array, bias: Array | None) -> None:
        self._dtype = np.dtype(job.dtype)
        self._weight = canonical_weight(job.reading, weight)
        self._bias = bias
        self._groups = job.reading.layer.groups
        self.verdicts = {name: Agreement(0.0, 0.0, 0, True, None) for name in job.judged}

    @property
    def outputs(self) -> int:
        """How many have been judged of each array."""
        return max((verdict.outputs for verdict in self.verdicts.values()), default=0)

    def hold(self, block: Block, x: Array, arrays: Mapping[str, Source]) -> None:
        """Judge a block of each array (N, Cout, *out); x (N, Cin, *n) is that of the input."""
        if not self.verdicts:
            return
        given = as_contiguous(x, self._dtype)
        start = tuple(part.start or 0 for part in block.outputs)
        for name, verdict in self.verdicts.items():
            with np.errstate(over="ignore"):  # a reference may have more digits
                y = as_contiguous(arrays[name][block.outputs], self._dtype)
            part = check(y, given, self._weight, self._bias, block.axes, self._groups)
            self.verdicts[name] = merged(verdict, part, start)


def judged(
    job: Job, x: Array, weight: Array, bias: Array | None, arrays: Mapping[str, Array]
) -> Mapping[str, Agreement]:
    """The verdicts on arrays in memory, all in the dialect's layout."""
    if not job.judged:
        return {}
    judge, data = Judge(job, weight, bias), canonical_input(job.reading, x)
    named = {name: canonical_output(job.reading, array) for name, array in arrays.items()}
    cut = check_cut(job, data.shape)
    with bar("checking") as told:
        for block in blocks(cut):
            judge.hold(block, data[block.inputs], named)
            told(judge.outputs, prod(cut.y))
    return judge.verdicts


def merged(whole: Agreement, part: Agreement, start: tuple[int, ...]) -> Agreement:
    """`whole` with one more block, whose first output stands at `start`."""
    bad = [] if whole.first_bad is None else [whole.first_bad]
    if part.first_bad is not None:
        bad.append(tuple(at + by for at, by in zip(start, part.first_bad, strict=True)))
    return Agreement(
        max(whole.worst_error, part.worst_error),
        max(whole.worst_share, part.worst_share),
        whole.outputs + part.outputs,
        whole.agrees and part.agrees,
        min(bad, default=None),
    )
