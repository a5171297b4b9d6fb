"""The report of `deconv bench`: a table of times and ratios, and the same as data."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from deconvcli.bench.contest.benchmark import Benchmark, TimedEngine
from deconvcli.bench.contest.outcome import OURS, OURS_PACKING, LayerResult, TimingOutcome
from deconvcli.cli.verdict import json_number
from deconvcli.common.findings import Diagnostic
from deconvcli.common.values import format_count
from deconvcli.views.answers.report import Block, Fields, Lines, Report, Table

ORT = "onnx@onnxruntime"
"""The framework with a column of ratios: the one that people compare with first."""

NONE = "-"
EXPLANATION = (
    f"x/{OURS}: time of x divided by ours; above 1, {OURS} is faster",
    "best: the fastest framework on this layer, with its name",
)


def report_benchmark(
    benchmark: Benchmark, rows: Sequence[tuple[str, str]], more: Sequence[Diagnostic]
) -> Report:
    """Return what `deconv bench` prints; rows: a description of the user's own layer."""
    conditions = Fields([*rows, *_conditions(benchmark)])
    blocks: list[Block] = [conditions, _table(benchmark), Lines(EXPLANATION)]
    findings = [*benchmark.findings, *more]
    return Report("deconv.bench/1", _answer(benchmark), blocks, _data(benchmark), findings)


def _conditions(benchmark: Benchmark) -> list[tuple[str, str]]:
    settings = benchmark.settings
    threads = format_count(settings.threads, "thread")
    rows = [("processor", f"{benchmark.processor}, {threads}, {settings.dtype}")]
    if benchmark.limit is not None:
        rows.append(("limit", f"{benchmark.limit / 1e9:.0f} GFLOP/s, measured without memory"))
    return [*rows, *((_title(one.name), _describe(one, benchmark)) for one in benchmark.engines)]


def _describe(one: TimedEngine, benchmark: Benchmark) -> str:
    packs = f"packs weights {one.packing}"
    if one.name == OURS_PACKING:
        return f"the same, {packs}"
    versions = [f"{module} {version}" for module, version in one.versions.items()]
    named = [f"engine {benchmark.settings.engine}"] if one.name == OURS else []
    return f"{', '.join([*named, *versions]) or 'took no part'}; {packs}"


def _title(name: str) -> str:
    """Return the head of an engine's column: `onnxruntime` for onnx@onnxruntime."""
    return name.rpartition("@")[2]


def _has_ort(benchmark: Benchmark) -> bool:
    return any(one.name == ORT for one in benchmark.engines)


def _table(benchmark: Benchmark) -> Table:
    columns = ["layer", *(_title(one.name) for one in benchmark.engines)]
    columns += [f"{_title(ORT)}/{OURS}"] if _has_ort(benchmark) else []
    columns += [f"best/{OURS}"] if benchmark.frameworks else []
    columns += ["GFLOP/s"] + ["of limit"] * (benchmark.limit is not None)
    title = f"Milliseconds: the fastest of {_rounds_text(benchmark)} rounds, engines in turn"
    rows = [_row(benchmark, result) for result in benchmark.results]
    # The mean of one layer would repeat its row.
    if benchmark.frameworks and len(rows) > 1:
        rows.append(_mean_row(benchmark, "geometric mean", OURS))
        rows.append(_mean_row(benchmark, f"over {OURS_PACKING}", OURS_PACKING))
    return Table(title, columns, rows)


def _rounds_text(benchmark: Benchmark) -> str:
    counts = {len(one.times) for result in benchmark.results for one in result.outcomes.values()}
    # An engine without times took part in no round.
    counts -= {0}
    return f"{min(counts)} to {max(counts)}" if len(counts) > 1 else str(max(counts, default=0))


def _row(benchmark: Benchmark, result: LayerResult) -> list[str]:
    cells = [result.name, *(_time_text(result.outcomes[one.name]) for one in benchmark.engines)]
    cells += [_ratio_text(result.ratio(ORT))] if _has_ort(benchmark) else []
    if benchmark.frameworks:
        best = f" {_title(result.best)}" if result.best else ""
        cells.append(_ratio_text(result.ratio(result.best)) + best)
    cells.append(NONE if result.flops is None else _three_digits(result.flops / 1e9))
    if benchmark.limit is not None:
        share = None if result.flops is None else result.flops / benchmark.limit
        cells.append(NONE if share is None else f"{100 * share:.0f} %")
    return cells


def _time_text(outcome: TimingOutcome) -> str:
    if not outcome.times:
        return NONE
    return f"{_three_digits(1e3 * min(outcome.times))}{' wrong' if outcome.why else ''}"


def _three_digits(number: float) -> str:
    """Return the number with three digits, or more before the point, and no power of ten."""
    return f"{number:.0f}" if number >= 100 else f"{number:#.3g}"


def _ratio_text(ratio: float | None) -> str:
    return NONE if ratio is None else f"{ratio:.2f}"


def _mean_row(benchmark: Benchmark, label: str, over: str) -> list[str]:
    """Return a row of mean ratios; the columns of times are empty."""
    means = benchmark.means
    names = [ORT, "best"] if _has_ort(benchmark) else ["best"]
    empty = [""] * (1 + (benchmark.limit is not None))
    ratios = [_ratio_text(means[name][over]) for name in names]
    return [label, *("" for _ in benchmark.engines), *ratios, *empty]


def _answer(benchmark: Benchmark) -> str:
    """Return the means in one line, or our own times if there is nothing to compare with."""
    means = {name: mean[OURS] for name, mean in benchmark.means.items()}
    known = {name: means[name] for name in (ORT, "best") if means.get(name) is not None}
    if known:
        return ", ".join(f"{_ratio_text(ratio)} {_title(name)}" for name, ratio in known.items())
    times = [result.seconds(OURS) for result in benchmark.results]
    return ", ".join(NONE if time is None else f"{_three_digits(1e3 * time)} ms" for time in times)


def _data(benchmark: Benchmark) -> dict[str, Any]:
    """Return every number; times are in seconds."""
    return {
        "processor": benchmark.processor,
        **benchmark.settings._asdict(),
        "limit_flops": benchmark.limit,
        "engines": [one._asdict() for one in benchmark.engines],
        "layers": [_layer_data(benchmark, result) for result in benchmark.results],
        "geometric_means": benchmark.means,
    }


def _layer_data(benchmark: Benchmark, result: LayerResult) -> dict[str, Any]:
    reading = result.reading
    frameworks = [one.name for one in benchmark.frameworks]
    share = result.flops / benchmark.limit if result.flops and benchmark.limit else None
    return {
        "layer": result.name,
        "dialect": reading.spelling.name,
        "parameters": dict(reading.spelling.arguments),
        "input_shape": reading.input_shape,
        "weight_shape": reading.weight_shape,
        "macs_useful": reading.macs_useful,
        "times": {name: _outcome_data(outcome) for name, outcome in result.outcomes.items()},
        "ratios": {
            name: {over: result.ratio(name, over) for over in (OURS, OURS_PACKING)}
            for name in frameworks
        },
        "best": result.best,
        "flops": result.flops,
        "share_of_limit": share,
    }


def _outcome_data(outcome: TimingOutcome) -> dict[str, Any]:
    difference = outcome.difference
    return {
        "minimum": min(outcome.times, default=None),
        "median": median(outcome.times) if outcome.times else None,
        "rounds": outcome.times,
        "difference": None if difference is None else json_number(difference),
        "why": outcome.why or None,
    }
