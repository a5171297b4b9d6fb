"""How the comparison with an independent computation is shown."""

from __future__ import annotations

from math import isfinite
from typing import Any

from deconvcli.compute.kernels.bound import Agreement


def verdict_text(verdict: Agreement) -> str:
    """Return one line for people."""
    share = f"largest error {verdict.worst_error:.3g}, {100 * verdict.worst_share:.3g} % of the"
    if verdict.agrees:
        return f"all {verdict.outputs:,} within the proven bound ({share} bound)"
    return f"NOT within the proven bound, first at {verdict.first_bad} ({share} bound)"


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
    }
