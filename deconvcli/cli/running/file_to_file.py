"""A layer computed from file to file, for arrays larger than memory."""

from __future__ import annotations

import numpy as np

from deconvcli.cli.output import say
from deconvcli.cli.progress import bar
from deconvcli.cli.running.arrays import (
    NOT_FINITE,
    read_bias,
    read_weight,
    refuse_reference,
    say_rounded,
)
from deconvcli.cli.running.job import Job
from deconvcli.cli.running.limits import find_limit
from deconvcli.cli.running.outcome import RunOutcome, prepare_layer, say_engine
from deconvcli.cli.running.target import find_written_shape
from deconvcli.cli.running.timing import Timing, format_call
from deconvcli.common.errors import UsageError
from deconvcli.compute import npyfile
from deconvcli.compute.differences import Difference, find_difference
from deconvcli.compute.kernels.bound import Agreement
from deconvcli.compute.kernels.stream import Cut
from deconvcli.compute.runner import Array
from deconvcli.compute.runner.blocks import cut_for_files
from deconvcli.compute.runner.checking import BlockChecks
from deconvcli.compute.runner.files import Files, arrange, run_files
from deconvcli.layers.layer import require_numbers


def compute_file_to_file(job: Job) -> RunOutcome:
    """Compute, compare and write block by block.

    Raises:
        UsageError: an option needs the arrays in memory.
        OutOfMemory: the weights and one output do not fit.
        Unreadable: a file cannot be read, or there is no room for the output.
    """
    reading, shape = job.reading, tuple(require_numbers(job.reading.output_shape))
    files = _name_files(job, shape)
    cut = cut_for_files(reading, job.dtype, find_limit(job), checked=bool(job.checked_names))
    weight, bias = read_weight(job), read_bias(job)
    step = prepare_layer(job, weight, bias)
    checks = BlockChecks(reading, np.dtype(job.dtype), weight, bias, job.checked_names)
    with bar("computing") as report:
        done = run_files(step, files, cut, checks, report)
    say_engine(step)
    if not done.is_finite:
        say(f"the input contains {NOT_FINITE}")
    timing = Timing((done.seconds,), 2 * reading.macs_useful, compiled=step.engine == "numba")
    job.hint(f"computed in {format_call(timing)}, block by block")
    differences = {
        name: _explain(job, files, cut, weight, bias, name, agreement)
        for name, agreement in checks.agreements.items()
    }
    return RunOutcome(shape, step.engine, timing, checks.agreements, differences)


def _explain(
    job: Job,
    files: Files,
    cut: Cut,
    weight: Array,
    bias: Array | None,
    name: str,
    agreement: Agreement,
) -> Difference | None:
    """Return what explains that a file is not the layer's output, if it is not."""
    path = {"values": files.output, "reference": files.reference}[name]
    if agreement.agrees or path is None:
        return None
    reading = job.reading
    with (
        npyfile.open_stored(files.input, cast=files.cast) as x,
        npyfile.open_stored(path, cast=files.cast) as y,
    ):
        data = arrange(x, reading.data_layout, cut.x)
        reference = arrange(y, reading.output_layout, cut.y)
        dtype, first_bad = np.dtype(job.dtype), agreement.first_bad
        return find_difference(reading, data, weight, bias, reference, dtype, first_bad)


def _name_files(job: Job, shape: tuple[int, ...]) -> Files:
    """Return the files of the run, if nothing needs their arrays in memory.

    Raises:
        UsageError: something does, or a file is missing or of another shape.
    """
    source, options = job.source, job.options
    if source is None or options.out is None:
        missing = "INPUT.npy" if source is None else "--out Y.npy"
        raise UsageError(
            f"--mmap computes from file to file, and {missing} was not given",
            help="give both files, or drop --mmap.",
        )
    for name, value in (("against", options.against), ("repeat", options.repeat)):
        if value is not None:
            raise UsageError(
                f"--{name} needs the arrays in memory", help=f"drop --mmap, or --{name}."
            )
    if job.reading.layer.circular:
        raise UsageError(
            "a circular layer reads its input beyond both ends, which --mmap cannot",
            help="drop --mmap.",
        )
    if options.reference is not None:
        header = npyfile.read_header(options.reference)
        refuse_reference(job, header.shape)
        say_rounded(header.dtype, job.dtype, options.reference)
    return Files(
        source,
        options.out,
        find_written_shape(job, shape),
        job.dtype,
        options.reference,
        cast=options.cast,
        force=options.force,
    )
