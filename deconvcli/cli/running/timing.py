"""How long a layer takes, and how that compares with what this machine can do."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from deconvcli.cli.progress import Report, bar
from deconvcli.cli.running.job import Job
from deconvcli.common.values import format_count
from deconvcli.compute.runner import Array

Compute = Callable[[Report | None], Array]

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"))


class SpeedLimit(NamedTuple):
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
    limit: SpeedLimit | None = None

    @property
    def flops(self) -> float:
        """Return the FLOP/s of the median call."""
        return self.flop / median(self.seconds)

    @property
    def share(self) -> float | None:
        """Return the share of this machine's limit that is reached; None if it is not known."""
        return self.flops / self.limit.flops if self.limit and self.limit.flops else None


def time_calls(job: Job, compute: Compute, *, compiles: bool) -> tuple[Array, Timing]:
    """Return the output, and the timing of one call or of the --repeat calls that follow it.

    compute: called with a function that reports its progress. compiles: its first call may.
    """
    with bar("computing") as report:
        y, first = _clock(compute, report)
    timing = Timing((first,), 2 * job.reading.macs_useful, compiles)
    count = job.options.repeat
    if count is None:
        advice = "; --repeat 10 leaves that out" if compiles else ""
        job.hint(f"computed in {format_call(timing)}{advice}")
        return y, timing
    job.hint(f"first call: {format_call(timing)}")
    seconds = []
    with bar("repeating") as report:
        for number in range(count):
            del y  # there is memory for one output
            y, passed = _clock(compute, None)
            seconds.append(passed)
            report(number + 1, count)
    return y, timing._replace(seconds=tuple(seconds), compiled=False, limit=_measure_limit(job))


def _clock(compute: Compute, report: Report | None) -> tuple[Array, float]:
    begin = perf_counter()
    y = compute(report)
    # A coarse clock stands still during a tiny layer, and rates divide by the time.
    return y, max(perf_counter() - begin, 1e-9)


def _measure_limit(job: Job) -> SpeedLimit:
    # Calibration, which nobody else pays for.
    from deconvcli.bench.contest.machine import measure_limit

    flops = measure_limit(str(job.wide), job.threads) or 0.0
    return SpeedLimit(flops, job.threads, str(job.wide))


def format_call(timing: Timing) -> str:
    """Return one call in a line."""
    [seconds] = timing.seconds
    unit, name = _find_unit(seconds)
    included = ", compilation included" if timing.compiled else ""
    return (
        f"{_format_digits(seconds / unit)} {name}, {_format_gflops(timing.flops)} GFLOP/s{included}"
    )


def list_timing(timing: Timing) -> list[tuple[str, str]]:
    """Return repeated calls in labelled lines."""
    if timing.limit is None:
        return []
    unit, name = _find_unit(median(timing.seconds))
    middle, fastest, slowest = (
        _format_digits(seconds / unit)
        for seconds in (median(timing.seconds), min(timing.seconds), max(timing.seconds))
    )
    times = format_count(len(timing.seconds), "time")
    return [
        ("time", f"median {middle} {name}, {fastest} to {slowest} ({times})"),
        (
            "speed",
            f"{_format_gflops(timing.flops)} GFLOP/s{_compare_limit(timing.limit, timing.share)}",
        ),
    ]


def _compare_limit(limit: SpeedLimit, share: float | None) -> str:
    if share is None:
        return ", of a limit that cannot be measured here"
    threads = format_count(limit.threads, "thread")
    return (
        f", {100 * share:.0f} % of this machine's {_format_gflops(limit.flops)} GFLOP/s"
        f" ({threads}, {limit.dtype})"
    )


def timing_data(timing: Timing) -> dict[str, Any]:
    """Return the same for programs; what is not known is null."""
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


def _find_unit(seconds: float) -> tuple[float, str]:
    """Return (length, name) of the unit in which this time has digits before the point."""
    return next((unit for unit in UNITS if seconds >= unit[0]), UNITS[-1])


def _format_gflops(flops: float) -> str:
    return _format_digits(flops / 1e9)


def _format_digits(number: float) -> str:
    """Return three digits, without an exponent where people would not write one."""
    # From 999.5 on three digits would be 1.00e+03.
    return f"{number:,.0f}" if number >= 999.5 else f"{number:#.3g}".rstrip(".")
