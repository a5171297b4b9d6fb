"""What is printed of a run."""

from __future__ import annotations

from typing import Any

from deconvcli.cli.rows import layer_rows
from deconvcli.cli.running import timing
from deconvcli.cli.running.job import Job
from deconvcli.cli.running.outcome import Outcome
from deconvcli.cli.running.target import shown_shape, written_shape
from deconvcli.cli.verdict import verdict_data, verdict_text
from deconvcli.compute import npyfile
from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Fields, Report


def told(job: Job, outcome: Outcome) -> tuple[Report, bool]:
    """(the report, whether everything agrees)."""
    actual = size_text(shown_shape(job, outcome.shape))
    same_shape = actual == size_text(job.understood.shown_output)
    agrees = same_shape and all(verdict.agrees for verdict in outcome.verdicts.values())
    agrees = agrees and not any(other.agrees is False for other in outcome.others)
    blocks = [Fields(_rows(job, outcome, same_shape))]
    data = _data(job, outcome, same_shape)
    return Report("deconv.run/1", actual, blocks, data, job.reading.findings), agrees


def _rows(job: Job, outcome: Outcome, same_shape: bool) -> list[tuple[str, str]]:
    rows = [
        ("predicted", size_text(job.understood.shown_output)),
        ("actual", size_text(shown_shape(job, outcome.shape))),
        ("agree", "yes" if same_shape else "NO"),
        *((name, verdict_text(verdict)) for name, verdict in outcome.verdicts.items()),
        *((other.name, other.text) for other in outcome.others),
        *layer_rows(job.understood),
        ("numbers", _origins(job)),
        ("engine", f"{outcome.engine}, {job.dtype}"),
        *timing.rows(outcome.timing),
    ]
    if job.options["out"] is not None:
        written = size_text(written_shape(job, outcome.shape))
        rows.append(("written", f"{npyfile.format_path(job.options['out'])}, {written}"))
    return rows


def _data(job: Job, outcome: Outcome, same_shape: bool) -> dict[str, Any]:
    return {
        "dialect": job.reading.spelling.name,
        "predicted": job.understood.shown_output,
        "actual": shown_shape(job, outcome.shape),
        "output_shape": outcome.shape,
        "agree": same_shape,
        "engine": outcome.engine,
        "dtype": job.dtype,
        "seed": job.options["seed"],
        "timing": timing.data(outcome.timing),
        "checks": {name: verdict_data(verdict) for name, verdict in outcome.verdicts.items()},
        "against": {other.name: other.data for other in outcome.others},
        "out": job.options["out"],
    }


def _origins(job: Job) -> str:
    """Where input, weights and bias come from."""
    given = {"input": job.source, "weights": job.options["weights"]}
    given["bias"] = job.options["bias"] or (None if job.has_random_bias else "none")
    listed = ", ".join(f"{name} {origin or 'random'}" for name, origin in given.items())
    seed = "" if all(given.values()) else f" (seed {job.options['seed']})"
    return npyfile.format_path(f"{listed}{seed}")
