"""What a run computed, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from deconvcli.cli.output import say
from deconvcli.cli.running.job import Job
from deconvcli.cli.running.timing import Timing
from deconvcli.compute.kernels.bound import Agreement
from deconvcli.compute.runner import Array, Prepared, prepare

if TYPE_CHECKING:
    from deconvcli.cli.against import FrameworkCheck


class Outcome(NamedTuple):
    """shape: the output's, in the dialect's layout. others: what frameworks made of the layer."""

    shape: tuple[int, ...]
    engine: str
    timing: Timing
    verdicts: Mapping[str, Agreement]
    others: Sequence[FrameworkCheck] = ()


def prepared(job: Job, weight: Array, bias: Array | None) -> Prepared:
    """The layer with its weights in place."""
    threads, once = job.options["threads"], job.options["repeat"] is None
    engine = job.options["engine"]
    return prepare(job.reading, weight, bias, threads=threads, engine=engine, once=once)


def say_engine(step: Prepared) -> None:
    """Once all is computed: that another engine did it than was asked for, and why."""
    if step.why:
        say(step.why)
