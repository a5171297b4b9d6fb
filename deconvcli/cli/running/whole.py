"""A layer computed in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from deconvcli.cli.output import say
from deconvcli.cli.running.arrays import (
    NOT_FINITE,
    bias_array,
    input_array,
    reference_array,
    weight_array,
)
from deconvcli.cli.running.job import Job
from deconvcli.cli.running.judging import judged
from deconvcli.cli.running.outcome import Outcome, prepared, say_engine
from deconvcli.cli.running.space import refuse_too_much
from deconvcli.cli.running.target import written_shape
from deconvcli.cli.running.timing import timed
from deconvcli.compute import npyfile
from deconvcli.compute.runner import Array

if TYPE_CHECKING:
    from deconvcli.cli.against import FrameworkCheck
    from deconvcli.frameworks.driver.base import Framework


def whole(job: Job) -> Outcome:
    """Compute, compare, write.

    Raises:
        OutOfMemory: it would not fit, which is said before anything is computed.
    """
    refuse_too_much(job)
    frameworks = _named_frameworks(job)
    x, weight, bias = input_array(job), weight_array(job), bias_array(job)
    step = prepared(job, weight, bias)
    y, timing = timed(job, lambda told: step(x, told), compiles=step.engine == "numba")
    say_engine(step)
    _say_not_finite(x)
    verdicts = judged(job, x, weight, bias, _to_be_judged(job, y))
    others = _check_frameworks(job, frameworks, x, weight)
    if job.options["out"] is not None:
        written = y.reshape(written_shape(job, y.shape))
        npyfile.write(job.options["out"], written, force=job.options["force"])
    return Outcome(y.shape, step.engine, timing, verdicts, others)


def _say_not_finite(x: Array) -> None:
    bad = int(x.size - np.count_nonzero(np.isfinite(x)))
    if bad:
        say(f"the input holds {bad} {NOT_FINITE}")


def _to_be_judged(job: Job, y: Array) -> dict[str, Array]:
    """Each array that was to be checked, by the name under which the verdict is told."""
    arrays = {"values": y} if job.options["check"] else {}
    if job.options["reference"] is not None:
        arrays["reference"] = reference_array(job)
    return arrays


def _named_frameworks(job: Job) -> Sequence[Framework]:
    """Those that are to compute the layer too."""
    if job.options["against"] is None:
        return []
    from deconvcli.frameworks.installed import select_frameworks

    return select_frameworks(job.options["against"]).installed


def _check_frameworks(
    job: Job, frameworks: Sequence[Framework], x: Array, weight: Array
) -> list[FrameworkCheck]:
    """Return the verdict on each named framework, on the same arrays."""
    if not frameworks:
        return []
    from deconvcli.cli.against import check_framework

    return [check_framework(framework, job.reading, x, weight) for framework in frameworks]
