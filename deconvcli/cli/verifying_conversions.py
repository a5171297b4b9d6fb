"""The report of `deconv verify --convert`: a row for each pair, and findings for what fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import format_count
from deconvcli.conversion.verification import (
    LEAST_SAID,
    ConversionVerification,
    Failure,
    Pair,
)
from deconvcli.frameworks.driver.base import Framework, install_command
from deconvcli.frameworks.installed import note_missing
from deconvcli.views.answers.report import Lines, Report, Table

COLUMNS = ("from", "to", "layers", "said", "equal", "seconds")


def report_conversion_verification(
    verification: ConversionVerification, missing: Sequence[Framework]
) -> Report:
    """Return what `deconv verify --convert` prints."""
    pairs = verification.pairs
    layers, said = sum(pair.layers for pair in pairs), sum(pair.said for pair in pairs)
    equal = sum(pair.equal for pair in pairs)
    drawn = f"{format_count(layers, 'layer')} of {format_count(len(pairs), 'pair')}"
    answer = f"{equal} of {said} modules give the values of their source, for {drawn}"
    findings = [
        *[finding for one in verification.frameworks for finding in one.findings],
        *[finding for pair in pairs for finding in _report_failures(pair, verification.seed)],
        *note_missing(missing),
    ]
    data = {
        "n": verification.layers,
        "seed": verification.seed,
        "frameworks": [
            {
                "framework": one.framework.dialect,
                "versions": one.versions,
                "not_started": one.not_started or None,
            }
            for one in verification.frameworks
        ],
        "missing": [
            {"framework": framework.dialect, "install": install_command(framework)}
            for framework in missing
        ],
        "pairs": [_data(pair, verification.seed) for pair in pairs],
        "layers": layers,
        "said": said,
        "equal": equal,
    }
    table = Table("", COLUMNS, [_row(pair) for pair in pairs])
    return Report("deconv.verify.convert/1", answer, [table, Lines([answer])], data, findings)


def _row(pair: Pair) -> tuple[str, ...]:
    numbers = map(str, (pair.layers, pair.said, pair.equal))
    return pair.source, pair.target, *numbers, f"{pair.seconds:.1f}"


def _report_failures(pair: Pair, seed: int) -> list[Diagnostic]:
    """Return an error for each module that fails, and one where too few layers are expressible."""
    found = [
        Diagnostic(
            "other-values",
            Severity.ERROR,
            f"{pair.source} #{failure.number} in {pair.target}: {failure.reason};"
            f" {failure.reading.spelling.text or 'defaults'}",
            _repeat(pair, failure, seed),
        )
        for failure in pair.wrong
    ]
    if not pair.says_enough:
        [first, *_] = pair.unsaid
        found.append(
            Diagnostic(
                "few-layers",
                Severity.ERROR,
                f"{pair.target} expresses {pair.said} of {pair.layers} layers of {pair.source},"
                f" fewer than {100 * LEAST_SAID:g} %; #{first.number}: {first.reason}",
                _repeat(pair, first, seed),
            )
        )
    return found


def _repeat(pair: Pair, failure: Failure, seed: int) -> str:
    """Return the command that compares this layer alone."""
    return (
        f"deconv verify --convert -D {pair.source} --to {pair.target} --seed {seed}"
        f" --layer {failure.number}"
    )


def _data(pair: Pair, seed: int) -> dict[str, Any]:
    return {
        "from": pair.source,
        "to": pair.target,
        "layers": pair.layers,
        "said": pair.said,
        "equal": pair.equal,
        "seconds": round(pair.seconds, 3),
        "unsaid": [_failure_data(pair, failure, seed) for failure in pair.unsaid],
        "wrong": [
            {**_failure_data(pair, failure, seed), "module": failure.module}
            for failure in pair.wrong
        ],
    }


def _failure_data(pair: Pair, failure: Failure, seed: int) -> dict[str, Any]:
    reading = failure.reading
    return {
        "number": failure.number,
        "parameters": dict(reading.spelling.arguments),
        "input_shape": reading.input_shape,
        "weight_shape": reading.weight_shape,
        "reason": failure.reason,
        "repeat": _repeat(pair, failure, seed),
    }
