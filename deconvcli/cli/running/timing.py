"""How long a layer takes, and how that compares with what this machine can do."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from deconvcli.cli.progress import Told, bar
from deconvcli.cli.running.job import Job
from deconvcli.common.values import format_count
from deconvcli.compute.runner import Array

Compute = Callable[[Told | None], Array]

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"))


class Limit(NamedTuple):
    """FLOP/s that this machine reaches with so many threads in a number type; 0 if not known."""

    flops: float
    threads: int
    dtype: str


class Timing(NamedTuple):
    """Seconds of each call, and how many multiplications and additions one makes.

    compiled: the time includes compilation. limit: measured where calls were repeated.
    """

    seconds: tuple[float, ...]
    flop: int
    compiled: bool
    limit: Limit | None = None

    @property
    def flops(self) -> float:
        """FLOP/s of the median call."""
        return self.flop / median(self.seconds)

    @property
    def share(self) -> float | None:
        """The part of this machine's limit that is reached; None if that is not known."""
        return self.flops / self.limit.flops if self.limit and self.limit.flops else None


def timed(job: Job, compute: Compute, *, compiles: bool) -> tuple[Array, Timing]:
    """(output, timing) of one call, or of --repeat further ones after it.

    compute: called with what is told of its progress. compiles: its first call may.
    """
    with bar("computing") as told:
        y, first = _clocked(compute, told)
    timing = Timing((first,), 2 * job.reading.macs_useful, compiles)
    count = job.options["repeat"]
    if count is None:
        advice = "; --repeat 10 leaves that out" if compiles else ""
        job.hint(f"computed in {said(timing)}{advice}")
        return y, timing
    job.hint(f"first call: {said(timing)}")
    seconds = []
    with bar("repeating") as told:
        for number in range(count):
            del y  # there is memory for one output
            y, passed = _clocked(compute, None)
            seconds.append(passed)
            told(number + 1, count)
    return y, timing._replace(seconds=tuple(seconds), compiled=False, limit=_limit(job))


def _clocked(compute: Compute, told: Told | None) -> tuple[Array, float]:
    begin = perf_counter()
    y = compute(told)
    return y, max(perf_counter() - begin, 1e-9)


def _limit(job: Job) -> Limit:
    # Calibration, which nobody else pays for.
    from deconvcli.bench.contest.machine import measure_limit

    flops = measure_limit(str(job.wide), job.threads) or 0.0
    return Limit(flops, job.threads, str(job.wide))


def said(timing: Timing) -> str:
    """One call in a line."""
    [seconds] = timing.seconds
    unit, name = _unit(seconds)
    included = ", compilation included" if timing.compiled else ""
    return f"{_digits(seconds / unit)} {name}, {_gflops(timing.flops)} GFLOP/s{included}"


def rows(timing: Timing) -> list[tuple[str, str]]:
    """Repeated calls in labelled lines."""
    if timing.limit is None:
        return []
    unit, name = _unit(median(timing.seconds))
    middle, least, most = (
        _digits(seconds / unit)
        for seconds in (median(timing.seconds), min(timing.seconds), max(timing.seconds))
    )
    times = format_count(len(timing.seconds), "time")
    return [
        ("time", f"median {middle} {name}, {least} to {most} ({times})"),
        ("speed", f"{_gflops(timing.flops)} GFLOP/s{_of(timing.limit, timing.share)}"),
    ]


def _of(limit: Limit, share: float | None) -> str:
    if share is None:
        return ", of a limit that cannot be measured here"
    threads = format_count(limit.threads, "thread")
    return (
        f", {100 * share:.0f} % of this machine's {_gflops(limit.flops)} GFLOP/s"
        f" ({threads}, {limit.dtype})"
    )


def data(timing: Timing) -> dict[str, Any]:
    """For programs; null is what is not known."""
    limit = timing.limit
    return {
        "seconds": median(timing.seconds),
        "fastest": min(timing.seconds),
        "slowest": max(timing.seconds),
        "repeat": None if limit is None else len(timing.seconds),
        "compilation": timing.compiled,
        "gflops": timing.flops / 1e9,
        "limit_gflops": limit.flops / 1e9 if limit and limit.flops else None,
        "share": timing.share,
    }


def _unit(seconds: float) -> tuple[float, str]:
    """(its length, its name) of the unit in which this time has digits before the point."""
    return next((unit for unit in UNITS if seconds >= unit[0]), UNITS[-1])


def _gflops(flops: float) -> str:
    return _digits(flops / 1e9)


def _digits(number: float) -> str:
    """Three digits, without an exponent where people would not write one."""
    return f"{number:,.0f}" if number >= 999.5 else f"{number:#.3g}".rstrip(".")
