"""A layer computed in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from deconvcli.cli.differences import difference_text
from deconvcli.cli.output import say
from deconvcli.cli.progress import bar
from deconvcli.cli.running.arrays import (
    NOT_FINITE,
    read_bias,
    read_input,
    read_reference,
    read_weight,
    reference_shape_error,
)
from deconvcli.cli.running.job import Job
from deconvcli.cli.running.limits import refuse_too_much
from deconvcli.cli.running.outcome import RunOutcome, prepare_layer, say_engine
from deconvcli.cli.running.target import find_written_shape
from deconvcli.cli.running.timing import time_calls
from deconvcli.compute import npyfile
from deconvcli.compute.differences import explain_output, find_difference
from deconvcli.compute.kernels.bound import Agreement
from deconvcli.compute.runner import Array, canonical_input, canonical_output, check_arrays

if TYPE_CHECKING:
    from deconvcli.frameworks.driver.base import Framework
    from deconvcli.frameworks.driver.check import FrameworkCheck


def compute_in_memory(job: Job) -> RunOutcome:
    """Compute, compare, write.

    Raises:
        OutOfMemory: it would not fit; nothing has been computed then.
    """
    refuse_too_much(job)
    # Before any work: one that is not installed is refused.
    frameworks = _select_frameworks(job)
    x, weight, bias = read_input(job), read_weight(job), read_bias(job)
    step = prepare_layer(job, weight, bias)
    y, timing = time_calls(job, lambda progress: step(x, progress), compiles=step.engine == "numba")
    say_engine(step)
    _say_not_finite(x)
    arrays = _list_checked(job, x, weight, bias, y)
    agreements = _check(job, x, weight, bias, arrays)
    differences = {
        name: explain_output(job.reading, x, weight, bias, arrays[name], agreement)
        for name, agreement in agreements.items()
    }
    others = _check_frameworks(job, frameworks, x, weight)
    out = job.options.out
    if out is not None:
        written = y.reshape(find_written_shape(job, y.shape))
        npyfile.write(out, written, force=job.options.force)
    return RunOutcome(y.shape, step.engine, timing, agreements, differences, others)


def _say_not_finite(x: Array) -> None:
    bad = int(x.size - np.count_nonzero(np.isfinite(x)))
    if bad:
        say(f"the input contains {bad} {NOT_FINITE}")


def _list_checked(
    job: Job, x: Array, weight: Array, bias: Array | None, y: Array
) -> Mapping[str, Array]:
    """Return the output and the reference, as far as the options say so.

    Raises:
        UsageError: the reference has another shape; the help says where it is equal.
    """
    arrays = {"values": y} if job.options.check else {}
    if job.options.reference is None:
        return arrays
    reference = read_reference(job, job.options.reference)
    shape = npyfile.read_header(job.options.reference).shape
    if reference.shape == y.shape:
        return {**arrays, "reference": reference}
    data, other = canonical_input(job.reading, x), canonical_output(job.reading, reference)
    difference = find_difference(job.reading, data, weight, bias, other, x.dtype)
    if difference is None:
        raise reference_shape_error(job, shape)
    text = difference_text(job.reading, difference)
    raise reference_shape_error(job, shape, f"change the layer or the reference: {text}")


def _check(
    job: Job, x: Array, weight: Array, bias: Array | None, arrays: Mapping[str, Array]
) -> Mapping[str, Agreement]:
    """Compare these outputs with an independent computation."""
    if not arrays:
        return {}
    with bar("checking") as progress:
        return check_arrays(job.reading, x, weight, bias, arrays, progress)


def _select_frameworks(job: Job) -> Sequence[Framework]:
    """Return the frameworks that are to compute the layer too."""
    if job.options.against is None:
        return []
    from deconvcli.frameworks.installed import select_frameworks

    return select_frameworks(job.options.against).installed


def _check_frameworks(
    job: Job, frameworks: Sequence[Framework], x: Array, weight: Array
) -> list[FrameworkCheck]:
    """Return the check of each named framework, on the same arrays."""
    if not frameworks:
        return []
    from deconvcli.frameworks.driver.check import check_framework

    return [check_framework(framework, job.reading, x, weight) for framework in frameworks]
