"""A whole benchmark: planned so that it fits into memory, run, and summarized."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from deconvcli.bench.contest.contest import (
    BenchmarkSettings,
    Contestant,
    list_contestants,
    time_layer,
)
from deconvcli.bench.contest.machine import measure_limit, read_processor_name
from deconvcli.bench.contest.ours import DIALECT, find_working_engine
from deconvcli.bench.contest.outcome import OURS, OURS_PACKING, LayerResult, mean_ratio
from deconvcli.common import memory
from deconvcli.common.errors import OutOfMemory, UsageError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.compute.runner import memory_needed, refuse_without_values
from deconvcli.frameworks.driver.base import Packing, TimedFramework
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.layer import Reading, require_numbers

NamedLayer = tuple[str, Reading]


class BenchmarkPlan(NamedTuple):
    """The engines and the layers of a benchmark.

    settings: with the engine of ours that works here; engine_note: why it is another than the
    requested one, or empty. skipped: the reason for each layer that does not fit into memory.
    """

    settings: BenchmarkSettings
    engine_note: str
    contestants: list[Contestant]
    layers: list[NamedLayer]
    skipped: list[str]

    @property
    def seconds(self) -> float:
        """Return the time that the benchmark takes, preparation aside."""
        return self.settings.seconds * len(self.layers) * len(self.contestants)


class TimedEngine(NamedTuple):
    """An engine that took part; versions: empty if it could not be started."""

    name: str
    packing: Packing
    versions: Mapping[str, str]


class Benchmark(NamedTuple):
    """The results of a benchmark and the conditions that they depend on.

    limit: operations a second that no kernel exceeds here; None if not measured.
    """

    processor: str
    settings: BenchmarkSettings
    limit: float | None
    engines: list[TimedEngine]
    results: list[LayerResult]
    skipped: list[str]

    @property
    def frameworks(self) -> list[TimedEngine]:
        """Return all engines but ours."""
        return [one for one in self.engines if one.name not in (OURS, OURS_PACKING)]

    @property
    def means(self) -> dict[str, dict[str, float | None]]:
        """Return the mean ratio of each framework, and of the best, to ours and to ours+pack."""
        engines = {one.name: one.name for one in self.frameworks} | {"best": None}
        return {
            name: {ours: mean_ratio(self.results, engine, ours) for ours in (OURS, OURS_PACKING)}
            for name, engine in engines.items()
        }

    @property
    def findings(self) -> list[Diagnostic]:
        """Return wrong values, missing times with the layers they concern, and skipped layers."""
        return [*_report_wrong_values(self), *_report_missing_times(self), *_report_skipped(self)]

    @property
    def is_right(self) -> bool:
        """Return whether our engine has times, and every engine with values has the right ones."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)


def check_timeable(reading: Reading) -> None:
    """Refuse a layer that cannot be timed.

    Raises:
        UsageError: a size is a symbol, or nothing is multiplied.
        Refused: the framework returns no values for it.
        NotExpressible: the layer is circular, which no engine of ours computes.
    """
    require_numbers(reading.spatial)
    refuse_without_values(reading)
    respell(reading, DIALECT)
    if not reading.macs_useful:
        raise UsageError("this layer multiplies nothing", help="give a batch of 1 or more.")


def plan_benchmark(
    layers: Sequence[NamedLayer], frameworks: Sequence[TimedFramework], settings: BenchmarkSettings
) -> BenchmarkPlan:
    """Return the plan to time our engine and these frameworks on the layers that fit into memory.

    Raises:
        OutOfMemory: none of the layers fits.
    """
    engine, note = find_working_engine(settings.engine, settings.dtype)
    settings = settings._replace(engine=engine)
    contestants = list_contestants(frameworks, settings)
    available = memory.available_bytes()
    fitting, skipped = [], []
    for name, reading in layers:
        # Every process keeps its arrays while the others are timed.
        needed = len(contestants) * memory_needed(reading, settings.dtype, checked=False).total
        if needed <= available:
            fitting.append((name, reading))
        else:
            skipped.append(
                f"{name} needs {memory.format_bytes(needed)} in {len(contestants)} processes;"
                f" {memory.format_bytes(available)} are available"
            )
    if not fitting:
        raise OutOfMemory(skipped[0], help="name fewer --frameworks, or choose a smaller layer.")
    return BenchmarkPlan(settings, note, contestants, fitting, skipped)


def run_benchmark(
    plan: BenchmarkPlan, report: Callable[[float], None] = lambda seconds: None
) -> Benchmark:
    """Time every engine on every layer of the plan. Ctrl-C ends the processes.

    report: takes the seconds that each turn took.
    """
    settings = plan.settings
    # The limit is that of compiled code, which the other engines do not run.
    compiles = settings.engine == "numba"
    limit = measure_limit(settings.dtype, settings.threads) if compiles else None
    with ExitStack() as stack:
        for one in plan.contestants:
            stack.enter_context(one.process)
            # Called first on the way out: a process in the middle of a layer is not waited for.
            stack.callback(one.process.stop)
        results = [
            LayerResult(name, reading, time_layer(plan.contestants, reading, settings, report))
            for name, reading in plan.layers
        ]
    engines = [TimedEngine(c.name, c.packing, c.process.versions) for c in plan.contestants]
    return Benchmark(read_processor_name(), settings, limit, engines, results, plan.skipped)


def _report_wrong_values(benchmark: Benchmark) -> Iterator[Diagnostic]:
    for result in benchmark.results:
        for name, outcome in result.outcomes.items():
            if outcome.times and outcome.why:
                yield Diagnostic(
                    "other-values",
                    Severity.ERROR,
                    f"{name} on {result.name}: {outcome.why}; it is not ranked there",
                    "`deconv run --check --against` checks every value of a layer, ours included.",
                )


def _report_missing_times(benchmark: Benchmark) -> Iterator[Diagnostic]:
    layers: dict[tuple[str, str], list[str]] = {}
    for result in benchmark.results:
        for name, outcome in result.outcomes.items():
            if not outcome.times:
                layers.setdefault((name, outcome.why), []).append(result.name)
    for (name, why), names in layers.items():
        severity = Severity.ERROR if name in (OURS, OURS_PACKING) else Severity.NOTE
        yield Diagnostic("no-time", severity, f"{name} on {', '.join(names)}: {why}", "")


def _report_skipped(benchmark: Benchmark) -> Iterator[Diagnostic]:
    for why in benchmark.skipped:
        yield Diagnostic("memory", Severity.WARNING, f"skipped: {why}", "name fewer --frameworks.")
