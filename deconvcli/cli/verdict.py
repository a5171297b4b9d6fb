"""How the comparison with an independent computation is shown."""

from __future__ import annotations

from math import isfinite
from typing import Any

from deconvcli.compute.kernels.bound import Agreement


def verdict_text(verdict: Agreement) -> str:
    """Return one line for people."""
    error, share = verdict.worst_error, verdict.worst_share
    if verdict.agrees:
        return (
            f"all {verdict.outputs:,} within the proven bound (largest error {error:.3g},"
            f" {100 * share:.3g} % of the bound)"
        )
    # Where nothing is rounded the bound is 0, and where one side is no number there is no error.
    times = f", {share:.3g} times the bound" if isfinite(share) else ""
    largest = f"by up to {error:.3g}{times}" if isfinite(error) else "some NaN or infinite"
    verb = "differs" if verdict.bad == 1 else "differ"
    return (
        f"NOT within the proven bound, first at {verdict.first_bad} ({verdict.bad:,} of"
        f" {verdict.outputs:,} {verb}, {100 * verdict.bad / verdict.outputs:.3g} %, {largest})"
    )


def json_number(number: float) -> float | None:
    """Return the number, or None for infinity, which JSON does not have."""
    return number if isfinite(number) else None


def verdict_data(verdict: Agreement) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "agrees": verdict.agrees,
        "outputs": verdict.outputs,
        "worst_error": json_number(verdict.worst_error),
        "worst_share": json_number(verdict.worst_share),
        "first_bad": verdict.first_bad,
        "bad": verdict.bad,
    }
