"""How much memory a run takes, and how much it may take."""

from __future__ import annotations

from math import prod

import numpy as np

from deconvcli.cli.running.job import Job
from deconvcli.common import memory
from deconvcli.common.errors import OutOfMemory
from deconvcli.compute.kernels.stream import Budget, Cut, Sizes
from deconvcli.compute.runner import axes_of, memory_needed
from deconvcli.layers.layer import require_numbers

BLOCK_BYTES = 16 << 20
"""Larger blocks are computed no faster, are checked more slowly, and keep Ctrl-C waiting."""


def refuse_too_much(job: Job) -> None:
    """Before anything is allocated: a run that does not fit in memory.

    Raises:
        OutOfMemory: it does not, with the figures.
    """
    needed = memory_needed(job.reading, job.dtype, checked=bool(job.judged))
    limit, whose = _limit(job)
    if needed.total > limit:
        parts = zip(needed._fields, needed, strict=True)
        listed = ", ".join(f"{name} {memory.format_bytes(part)}" for name, part in parts)
        raise OutOfMemory(
            f"this layer needs {memory.format_bytes(needed.total)} ({listed}); {whose}",
            help="use a smaller input or batch, raise --max-memory, or compute from file to file"
            " with --mmap.",
        )


def check_cut(job: Job, x: Sizes) -> Cut:
    """The blocks in which values in memory are checked; x is the shape of the canonical input."""
    return _cut(job, x, Budget(BLOCK_BYTES, *_checked(job.wide.itemsize)))


def streaming_cut(job: Job) -> Cut:
    """The blocks in which a layer is computed from file to file, within the memory allowed.

    Raises:
        OutOfMemory: not even one output fits beside the weights.
    """
    limit, whose = _limit(job)
    weights = _weights(job)
    layer = job.reading.layer
    x = (prod(job.reading.sizes.batch), layer.in_channels, *require_numbers(job.reading.spatial))
    cut = _cut(job, x, Budget(limit - weights, *_per_element(job)))
    if cut.min_bytes > cut.budget.total:
        raise OutOfMemory(
            f"this layer needs {memory.format_bytes(weights + cut.min_bytes)} even in blocks"
            f" (weights {memory.format_bytes(weights)},"
            f" one output {memory.format_bytes(cut.min_bytes)}); {whose}",
            help="raise --max-memory.",
        )
    total = min(cut.budget.total, max(BLOCK_BYTES, _slab(cut)))
    return cut._replace(budget=cut.budget._replace(total=total))


def _limit(job: Job) -> tuple[int, str]:
    """(bytes, how that is said)."""
    given = job.options["max_memory"]
    limit = memory.available_bytes() if given is None else memory.parse_size(given)
    whose = "are available" if given is None else "is the limit of --max-memory"
    return limit, f"{memory.format_bytes(limit)} {whose}"


def _cut(job: Job, x: Sizes, budget: Budget) -> Cut:
    y = (x[0], job.reading.layer.out_channels, *require_numbers(job.reading.output_sizes))
    return Cut(x, y, axes_of(job.reading), budget)


def _slab(cut: Cut) -> int:
    """Bytes of a block as thick as the kernel: a thinner one mostly reads inputs again."""
    kernel, _, dilation, _, _ = cut.axes[0]
    thickness = min(dilation * (kernel - 1) + 1, cut.y[2])
    return cut.cost(1, (thickness, *cut.y[3:]))


def _weights(job: Job) -> int:
    """Bytes of the weights, of the engine's copies and of the check's."""
    copies = job.wide.itemsize * (6 if job.judged else 2)
    return prod(job.reading.weight_shape) * (np.dtype(job.dtype).itemsize + copies)


def _per_element(job: Job) -> tuple[int, int]:
    """Bytes for each input and output of a block: as stored, and as computed or checked."""
    engine = 3 * job.wide.itemsize + np.dtype(job.dtype).itemsize
    per_input, per_output = _checked(job.wide.itemsize) if job.judged else (0, 0)
    return max(engine, per_input), max(engine, per_output)


def _checked(wide: int) -> tuple[int, int]:
    """Bytes for each input and output of a block that is checked, as measured."""
    return 8 * wide, 16 * wide
