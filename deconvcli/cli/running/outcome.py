"""The result of a run, and how it was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from deconvcli.cli.output import say
from deconvcli.cli.running.job import Job
from deconvcli.cli.running.timing import Timing
from deconvcli.compute.differences import Difference
from deconvcli.compute.kernels.bound import Agreement
from deconvcli.compute.runner import Array, Prepared, prepare

if TYPE_CHECKING:
    from deconvcli.frameworks.driver.check import FrameworkCheck


class RunOutcome(NamedTuple):
    """The output's shape in the dialect's layout, and how its values compare.

    differences: what explains each array that does not agree. others: the checks of frameworks.
    """

    shape: tuple[int, ...]
    engine: str
    timing: Timing
    agreements: Mapping[str, Agreement]
    differences: Mapping[str, Difference | None]
    others: Sequence[FrameworkCheck] = ()


def prepare_layer(job: Job, weight: Array, bias: Array | None) -> Prepared:
    """Return the layer with its weights in place."""
    options = job.options
    once = options.repeat is None
    return prepare(
        job.reading, weight, bias, threads=options.threads, engine=options.engine, once=once
    )


def say_engine(step: Prepared) -> None:
    """Say, once all is computed, that another engine than the requested one did it, and why."""
    if step.why:
        say(step.why)
