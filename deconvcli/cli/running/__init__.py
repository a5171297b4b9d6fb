"""The steps of `deconv run`: the layer, refusals, the values, the report."""

from __future__ import annotations

from deconvcli.cli.running.file_to_file import compute_file_to_file
from deconvcli.cli.running.in_memory import compute_in_memory
from deconvcli.cli.running.job import Hint, make_job
from deconvcli.cli.running.options import RunOptions
from deconvcli.cli.running.report import report_run
from deconvcli.cli.running.target import refuse_target
from deconvcli.frameworks.request import LayerRequest
from deconvcli.views.answers.report import Report


def run(
    source: str | None, request: LayerRequest, options: RunOptions, hint: Hint
) -> tuple[Report, bool]:
    """Compute the layer; return what to print, and whether everything agrees.

    source: the input file, None for random numbers. hint: called with facts beside the
    report.
    """
    job = make_job(source, request, options, hint)
    refuse_target(job)
    compute = compute_file_to_file if options.mmap else compute_in_memory
    return report_run(job, compute(job))
