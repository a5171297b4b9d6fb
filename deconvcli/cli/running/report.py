"""The report of `deconv run`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deconvcli.cli.against import check_data, check_text
from deconvcli.cli.differences import difference_data, difference_rows
from deconvcli.cli.rows import layer_rows
from deconvcli.cli.running.job import Job
from deconvcli.cli.running.outcome import RunOutcome
from deconvcli.cli.running.target import find_shown_shape, find_written_shape
from deconvcli.cli.running.timing import list_timing, timing_data
from deconvcli.cli.verdict import verdict_data, verdict_text
from deconvcli.compute.differences import Difference
from deconvcli.compute.npyfile import format_path
from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Fields, Report


def report_run(job: Job, outcome: RunOutcome) -> tuple[Report, bool]:
    """Return the report, and whether everything agrees."""
    predicted = job.understood.shown_output
    actual = find_shown_shape(job, outcome.shape)
    has_shape = actual == predicted
    agrees = has_shape and all(one.agrees for one in outcome.agreements.values())
    agrees = agrees and not any(other.agrees is False for other in outcome.others)
    rows = [
        ("predicted", size_text(predicted)),
        ("actual", size_text(actual)),
        ("agree", "yes" if has_shape else "NO"),
        *_list_rows(job, outcome),
    ]
    data = {
        "dialect": job.reading.spelling.name,
        "predicted": predicted,
        "actual": actual,
        "output_shape": outcome.shape,
        "agree": has_shape,
        **_data(job, outcome),
    }
    report = Report("deconv.run/1", size_text(actual), [Fields(rows)], data, job.reading.findings)
    return report, agrees


def _list_rows(job: Job, outcome: RunOutcome) -> list[tuple[str, str]]:
    rows = [
        *_list_checks(job, outcome),
        *layer_rows(job.understood),
        ("numbers", _list_origins(job)),
        ("engine", f"{outcome.engine}, {job.dtype}"),
        *list_timing(outcome.timing),
    ]
    out = job.options.out
    if out is not None:
        written = size_text(find_written_shape(job, outcome.shape))
        rows.append(("written", f"{format_path(out)}, {written}"))
    return rows


def _list_checks(job: Job, outcome: RunOutcome) -> Iterator[tuple[str, str]]:
    """Yield each comparison, and after it what explains that it failed."""
    differences = {other.name: other.difference for other in outcome.others} | {
        **outcome.differences
    }
    texts = {name: verdict_text(verdict) for name, verdict in outcome.agreements.items()}
    for name, text in [
        *texts.items(),
        *((other.name, check_text(other)) for other in outcome.others),
    ]:
        yield name, text
        difference = differences[name]
        if difference is not None:
            yield from difference_rows(job.reading, difference)


def _data(job: Job, outcome: RunOutcome) -> dict[str, Any]:
    return {
        "engine": outcome.engine,
        "dtype": job.dtype,
        "seed": job.options.seed,
        "timing": timing_data(outcome.timing),
        "checks": {
            name: {**verdict_data(verdict), **_difference(job, outcome.differences[name])}
            for name, verdict in outcome.agreements.items()
        },
        "against": {
            other.name: {**check_data(other), **_difference(job, other.difference)}
            for other in outcome.others
        },
        "out": job.options.out,
    }


def _difference(job: Job, difference: Difference | None) -> dict[str, Any]:
    return {"difference": None if difference is None else difference_data(job.reading, difference)}


def _list_origins(job: Job) -> str:
    """Return where input, weights and bias come from."""
    given = {"input": job.source, "weights": job.options.weights}
    given["bias"] = job.options.bias or (None if job.has_random_bias else "none")
    listed = ", ".join(f"{name} {origin or 'random'}" for name, origin in given.items())
    seed = "" if all(given.values()) else f" (seed {job.options.seed})"
    return format_path(f"{listed}{seed}")
