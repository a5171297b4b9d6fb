"""What a benchmark found, as a table, as data, and in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

from deconvcli.bench.contest.contest import Settings
from deconvcli.bench.contest.outcome import OURS, OURS_PACKING, Outcome, Result, mean_ratio
from deconvcli.cli.verdict import json_number
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import format_count
from deconvcli.frameworks.driver.base import Packing
from deconvcli.views.answers.report import Block, Fields, Lines, Report, Table

ORT = "onnx@onnxruntime"
NONE = "-"
EXPLANATION = (
    f"x/{OURS}: how many times as long as {OURS} x takes; above 1, {OURS} is faster",
    "best: the fastest framework on the layer, and which that is",
)


class Engine(NamedTuple):
    """One column of times."""

    name: str
    packing: Packing
    versions: Mapping[str, str]

    @property
    def title(self) -> str:
        """`onnxruntime` for onnx@onnxruntime."""
        return _title(self.name)


class Figures(NamedTuple):
    """Results, and what they depend on.

    limit: operations a second; None where not measured. rows: what else there is to say first.
    """

    processor: str
    settings: Settings
    engine: str
    limit: float | None
    engines: Sequence[Engine]
    results: Sequence[Result]
    rows: Sequence[tuple[str, str]] = ()

    @property
    def frameworks(self) -> list[Engine]:
        """All but ours."""
        return [one for one in self.engines if one.name not in (OURS, OURS_PACKING)]

    @property
    def has_ort(self) -> bool:
        """Whether ONNX Runtime, which has a column of ratios, takes part."""
        return any(one.name == ORT for one in self.engines)


def _title(name: str) -> str:
    return name.rpartition("@")[2]


def report(figures: Figures, more: Sequence[Diagnostic]) -> tuple[Report, bool]:
    """(what to print, whether every engine that has values has the right ones, and ours has)."""
    findings = [*_findings(figures), *more]
    blocks: list[Block] = [Fields(_conditions(figures)), _table(figures), Lines(EXPLANATION)]
    told = Report("deconv.bench/1", _answer(figures), blocks, _data(figures), findings)
    return told, not any(finding.severity is Severity.ERROR for finding in findings)


def _means(figures: Figures) -> dict[str, dict[str, float | None]]:
    """The mean ratio to each framework and to the best of each layer, over ours and ours+pack."""
    engines = {one.name: one.name for one in figures.frameworks} | {"best": None}
    return {
        name: {ours: mean_ratio(figures.results, engine, ours) for ours in (OURS, OURS_PACKING)}
        for name, engine in engines.items()
    }


def _conditions(figures: Figures) -> list[tuple[str, str]]:
    """What the times depend on."""
    settings = figures.settings
    threads = format_count(settings.threads, "thread")
    rows = [*figures.rows, ("processor", f"{figures.processor}, {threads}, {settings.dtype}")]
    if figures.limit is not None:
        rows.append(("limit", f"{figures.limit / 1e9:.0f} GFLOP/s, measured without memory"))
    return [*rows, *((one.title, _described(one, figures.engine)) for one in figures.engines)]


def _described(one: Engine, ours: str) -> str:
    packs = f"packs weights {one.packing}"
    if one.name == OURS_PACKING:
        return f"the same, {packs}"
    versions = [f"{module} {version}" for module, version in one.versions.items()]
    named = [f"engine {ours}"] if one.name == OURS else []
    return f"{', '.join([*named, *versions]) or 'not started'}; {packs}"


def _table(figures: Figures) -> Table:
    columns = ["layer", *(one.title for one in figures.engines)]
    columns += [f"{_title(ORT)}/{OURS}"] if figures.has_ort else []
    columns += [f"best/{OURS}"] if figures.frameworks else []
    columns += ["GFLOP/s"] + ["of limit"] * (figures.limit is not None)
    title = f"Milliseconds: the fastest of {_rounds(figures)} rounds, one engine after the other"
    rows = [_row(figures, result) for result in figures.results]
    if figures.frameworks and len(rows) > 1:
        rows.append(_mean_row(figures, "geometric mean", OURS))
        rows.append(_mean_row(figures, f"over {OURS_PACKING}", OURS_PACKING))
    return Table(title, columns, rows)


def _rounds(figures: Figures) -> str:
    counts = {len(one.times) for result in figures.results for one in result.outcomes.values()}
    counts -= {0}
    return f"{min(counts)} to {max(counts)}" if len(counts) > 1 else str(max(counts, default=0))


def _row(figures: Figures, result: Result) -> list[str]:
    cells = [result.name, *(_time(result.outcomes[one.name]) for one in figures.engines)]
    cells += [_number(result.ratio(ORT))] if figures.has_ort else []
    if figures.frameworks:
        best = f" {_title(result.best)}" if result.best else ""
        cells.append(_number(result.ratio(result.best)) + best)
    cells.append(NONE if result.flops is None else _three_digits(result.flops / 1e9))
    if figures.limit is not None:
        share = None if result.flops is None else result.flops / figures.limit
        cells.append(NONE if share is None else f"{100 * share:.0f} %")
    return cells


def _time(outcome: Outcome) -> str:
    if not outcome.times:
        return NONE
    return f"{_three_digits(1e3 * min(outcome.times))}{' wrong' if outcome.why else ''}"


def _three_digits(number: float) -> str:
    """Or more before the point, and no power of ten."""
    return f"{number:.0f}" if number >= 100 else f"{number:#.3g}"


def _number(ratio: float | None) -> str:
    return NONE if ratio is None else f"{ratio:.2f}"


def _mean_row(figures: Figures, label: str, over: str) -> list[str]:
    """Ratios alone; the other columns stay empty."""
    means = _means(figures)
    shown = [ORT, "best"] if figures.has_ort else ["best"]
    empty = [""] * (1 + (figures.limit is not None))
    return [
        label,
        *("" for _ in figures.engines),
        *(_number(means[n][over]) for n in shown),
        *empty,
    ]


def _answer(figures: Figures) -> str:
    """The means in one line; our own times where there is nothing to compare with."""
    means = {name: mean[OURS] for name, mean in _means(figures).items()}
    shown = {name: means[name] for name in (ORT, "best") if means.get(name) is not None}
    if shown:
        return ", ".join(f"{_number(ratio)} {_title(name)}" for name, ratio in shown.items())
    times = [result.seconds(OURS) for result in figures.results]
    return ", ".join(NONE if time is None else f"{_three_digits(1e3 * time)} ms" for time in times)


def _findings(figures: Figures) -> list[Diagnostic]:
    """Wrong values, and who has no time on which layers."""
    reasons: dict[tuple[str, str], list[str]] = {}
    wrong = []
    for result in figures.results:
        for name, outcome in result.outcomes.items():
            if outcome.times and outcome.why:
                wrong.append(_wrong(name, result, outcome))
            elif not outcome.times:
                reasons.setdefault((name, outcome.why), []).append(result.name)
    return [*wrong, *(_no_time(name, why, layers) for (name, why), layers in reasons.items())]


def _wrong(name: str, result: Result, outcome: Outcome) -> Diagnostic:
    return Diagnostic(
        "other-values",
        Severity.ERROR,
        f"{name} on {result.name}: {outcome.why}; it is not ranked there",
        "`deconv run --check --against` judges every value of a layer, ours too.",
    )


def _no_time(name: str, why: str, layers: Sequence[str]) -> Diagnostic:
    is_ours = name in (OURS, OURS_PACKING)
    severity = Severity.ERROR if is_ours else Severity.NOTE
    return Diagnostic("no-time", severity, f"{name} on {', '.join(layers)}: {why}", "")


def _data(figures: Figures) -> dict[str, Any]:
    """Every number; times in seconds."""
    settings = figures.settings
    return {
        "processor": figures.processor,
        **settings._asdict(),
        "engine": figures.engine,
        "limit_flops": figures.limit,
        "engines": [one._asdict() for one in figures.engines],
        "layers": [_layer_data(figures, result) for result in figures.results],
        "geometric_means": _means(figures),
    }


def _layer_data(figures: Figures, result: Result) -> dict[str, Any]:
    reading = result.reading
    frameworks = [one.name for one in figures.frameworks]
    share = result.flops / figures.limit if result.flops and figures.limit else None
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


def _outcome_data(outcome: Outcome) -> dict[str, Any]:
    difference = outcome.difference
    return {
        "minimum": min(outcome.times, default=None),
        "median": median(outcome.times) if outcome.times else None,
        "rounds": outcome.times,
        "difference": None if difference is None else json_number(difference),
        "why": outcome.why or None,
    }
