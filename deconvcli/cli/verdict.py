"""Computed values held against an independent computation, and what is said of it."""

from __future__ import annotations

from math import isfinite
from typing import Any

from deconvcli.compute.kernels.bound import Agreement, check
from deconvcli.compute.runner import (
    Array,
    axes_of,
    canonical_input,
    canonical_output,
    canonical_weight,
)
from deconvcli.layers.layer import Reading


def judged(reading: Reading, x: Array, weight: Array, bias: Array | None, y: Array) -> Agreement:
    """y held against an independent computation, all in the dialect's layout."""
    return check(
        canonical_output(reading, y),
        canonical_input(reading, x),
        canonical_weight(reading, weight),
        bias,
        axes_of(reading),
        reading.layer.groups,
    )


def verdict_text(verdict: Agreement) -> str:
    """One line for people."""
    share = f"largest error {verdict.worst_error:.3g}, {100 * verdict.worst_share:.3g} % of the"
    if verdict.agrees:
        return f"all {verdict.outputs:,} within the proven bound ({share} bound)"
    return f"NOT within the proven bound, first at {verdict.first_bad} ({share} bound)"


def json_number(number: float) -> float | None:
    """JSON has no infinity: null stands for an error that no bound allows."""
    return number if isfinite(number) else None


def verdict_data(verdict: Agreement) -> dict[str, Any]:
    """The same for programs."""
    return {
        "agrees": verdict.agrees,
        "outputs": verdict.outputs,
        "worst_error": json_number(verdict.worst_error),
        "worst_share": json_number(verdict.worst_share),
        "first_bad": verdict.first_bad,
    }
