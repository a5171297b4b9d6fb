"""A layer computed from file to file, for arrays beyond memory."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from time import perf_counter

import numpy as np

from deconvcli.cli.output import say
from deconvcli.cli.progress import bar
from deconvcli.cli.running.arrays import (
    NOT_FINITE,
    bias_array,
    refuse_reference,
    say_rounded,
    weight_array,
)
from deconvcli.cli.running.job import Job
from deconvcli.cli.running.judging import Judge
from deconvcli.cli.running.outcome import Outcome, prepared, say_engine
from deconvcli.cli.running.space import streaming_cut
from deconvcli.cli.running.target import written_shape
from deconvcli.cli.running.timing import Timing, said
from deconvcli.common.errors import UsageError
from deconvcli.compute import npyfile
from deconvcli.compute.kernels.stream import Cut, Sizes, Step, stream_blocks
from deconvcli.compute.npyfile import Stored
from deconvcli.layers.layer import require_numbers
from deconvcli.layers.layout import Layout


def from_file_to_file(job: Job) -> Outcome:
    """Compute, compare and write block by block.

    Raises:
        UsageError: what was asked for needs the arrays in memory.
        OutOfMemory: the weights and one output do not fit.
        Unreadable: a file cannot be read, or there is no room for the output.
    """
    source, out = _files(job)
    cut = streaming_cut(job)
    weight, bias = weight_array(job), bias_array(job)
    step = prepared(job, weight, bias)
    shape = tuple(require_numbers(job.reading.output_shape))
    judge = Judge(job, weight, bias)
    with ExitStack() as stack:
        x = stack.enter_context(npyfile.open_stored(source, cast=job.options["cast"]))
        outputs = _reference(job, stack)
        written = written_shape(job, shape)
        outputs["values"] = stack.enter_context(
            npyfile.reserve(out, written, job.dtype, force=job.options["force"])
        )
        layouts = job.reading.data_layout, job.reading.output_layout
        arrays = {name: arranged(y, layouts[1], cut.y) for name, y in outputs.items()}
        seconds = _fill(job, cut, step.step, judge, arranged(x, layouts[0], cut.x), arrays)
    say_engine(step)
    timing = Timing((seconds,), 2 * job.reading.macs_useful, compiled=step.engine == "numba")
    job.hint(f"computed in {said(timing)}, block by block")
    return Outcome(shape, step.engine, timing, judge.verdicts)


def _files(job: Job) -> tuple[str, str]:
    """(input, output), where both are files and nothing needs their arrays in memory.

    Raises:
        UsageError: something does.
    """
    source, out = job.source, job.options["out"]
    if source is None or out is None:
        missing = "INPUT.npy" if source is None else "--out Y.npy"
        raise UsageError(
            f"--mmap computes from file to file, and {missing} was not given",
            help="give both files, or drop --mmap.",
        )
    for name in ("against", "repeat"):
        if job.options[name] is not None:
            raise UsageError(
                f"--{name} needs the arrays in memory", help=f"drop --mmap, or --{name}."
            )
    if job.reading.layer.circular:
        raise UsageError(
            "a circular layer takes its input round the end, which --mmap cannot",
            help="drop --mmap.",
        )
    return source, out


def arranged(stored: Stored, layout: Layout, sizes: Sizes) -> Stored:
    """The array of this layout in canonical order, where its sizes are these."""
    batch, channels, *spatial = sizes
    shape = tuple(require_numbers(layout.shape({"N": (batch,), "C": (channels,)}, tuple(spatial))))
    places = layout.split(tuple(range(len(shape))), len(spatial))
    return stored.rearrange(shape, [*places["N"], *places["C"], *places["*"]])


def _reference(job: Job, stack: ExitStack) -> dict[str, Stored]:
    """The output that was given to be compared, if one was."""
    path = job.options["reference"]
    if path is None:
        return {}
    reference = stack.enter_context(npyfile.open_stored(path, cast=job.options["cast"]))
    refuse_reference(job, reference.shape)
    say_rounded(reference.dtype, job.dtype, path)
    return {"reference": reference}


def _fill(
    job: Job, cut: Cut, step: Step, judge: Judge, x: Stored, arrays: Mapping[str, Stored]
) -> float:
    """Compute the output and judge it; the seconds that computing took."""
    seconds, is_finite = 0.0, True
    with bar("computing") as told:
        begin = perf_counter()
        work = stream_blocks(step, x, arrays["values"], cut.axes, cut.budget, job.wide, told)
        for block, given in work:
            seconds += perf_counter() - begin
            judge.hold(block, given, arrays)
            is_finite = is_finite and bool(np.isfinite(given).all())
            begin = perf_counter()
    if not is_finite:
        say(f"the input holds {NOT_FINITE}")
    return max(seconds, 1e-9)
