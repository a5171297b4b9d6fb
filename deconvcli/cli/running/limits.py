"""The memory that a run may take."""

from __future__ import annotations

from deconvcli.cli.running.job import Job
from deconvcli.common import memory
from deconvcli.compute.runner import MemoryLimit, refuse_too_large


def find_limit(job: Job) -> MemoryLimit:
    """Return the limit of --max-memory, or else what is available.

    Raises:
        UsageError: --max-memory is no size.
    """
    given = job.options.max_memory
    limit = memory.available_bytes() if given is None else memory.parse_size(given)
    reason = "are available" if given is None else "is the limit of --max-memory"
    return MemoryLimit(limit, f"{memory.format_bytes(limit)} {reason}", "raise --max-memory")


def refuse_too_much(job: Job) -> None:
    """Refuse a run that does not fit in memory, before anything is allocated.

    Raises:
        OutOfMemory: it does not fit; the message has the figures.
    """
    refuse_too_large(
        job.reading,
        job.dtype,
        find_limit(job),
        checked=bool(job.checked_names),
        otherwise="compute from file to file with --mmap",
    )
