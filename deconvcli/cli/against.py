"""How `deconv run --against` shows the check of a framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deconvcli.cli.verdict import verdict_data, verdict_text
from deconvcli.views.comparison.differences import REVERSED

if TYPE_CHECKING:
    from deconvcli.frameworks.driver.check import FrameworkCheck


def check_text(check: FrameworkCheck) -> str:
    """Return the comparison, or the reason why there is none, in one line."""
    if check.agreement is None:
        return check.why
    return verdict_text(check.agreement) + (REVERSED if check.reversed else "")


def check_data(check: FrameworkCheck) -> dict[str, Any]:
    """Return the same for programs."""
    compared = None if check.agreement is None else verdict_data(check.agreement)
    why = check.why or None
    return {"agrees": check.agrees, "check": compared, "why": why, "reversed": check.reversed}
