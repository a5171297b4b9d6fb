"""The file that the output becomes."""

from __future__ import annotations

import os
from math import prod

from deconvcli.cli.running.job import Job
from deconvcli.common.errors import UsageError
from deconvcli.common.files import existing_file_error
from deconvcli.compute import npyfile


def refuse_target(job: Job) -> None:
    """Refuse an output that may not be written or that is an input, before any work.

    Raises:
        UsageError: the output file is one of the inputs, or cannot become a file.
        Unreadable: it exists, and may not be replaced.
    """
    options, out = job.options, job.options.out
    if out is None:
        return
    for source in (options.weights, options.bias, options.reference, job.source):
        _refuse_same(out, source)
    is_file = os.path.isfile(out) or not os.path.exists(out)
    if not os.path.isdir(os.path.dirname(out) or os.curdir) or not is_file or not out:
        raise UsageError(
            f"{npyfile.format_path(out)} cannot become a file: its folder does not exist, or it is"
            " something else already",
            help="create the folder, or choose another name for --out.",
        )
    # Also a link that leads nowhere: it would be replaced.
    if os.path.lexists(out) and not options.force:
        raise existing_file_error(npyfile.format_path(out))


def _refuse_same(out: str, source: str | None) -> None:
    if source is not None and os.path.exists(out) and os.path.samefile(out, source):
        raise UsageError(
            f"{npyfile.format_path(out)} is also read from", help="choose another name for --out."
        )


def find_shown_shape(job: Job, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the output's shape in the form in which the input was given."""
    if job.understood.leading == 0:
        return job.reading.output_layout.split(shape, len(job.reading.spatial))["*"]
    return shape if job.understood.leading == 2 else shape[len(job.reading.sizes.batch) :]


def find_written_shape(job: Job, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the same, unless channels or a batch would be lost."""
    shown = find_shown_shape(job, shape)
    return shown if prod(shown) == prod(shape) else shape
