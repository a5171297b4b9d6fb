"""The report of `deconv verify`: a table, one finding for each difference, and the same as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.common.values import format_count
from deconvcli.frameworks.driver.base import Framework, install_command
from deconvcli.frameworks.driver.compare import Comparison
from deconvcli.frameworks.driver.verify import FrameworkVerification, Verification
from deconvcli.frameworks.installed import note_missing
from deconvcli.views.answers.report import Lines, Report, Table

# known: deviations that a finding names; unknown: disagreements that are not explained yet.
COLUMNS = ("framework", "cases", "accepted", "refused", "agree", "known", "unknown", "version")


def report_verification(verification: Verification, missing: Sequence[Framework]) -> Report:
    """Return what `deconv verify` prints."""
    table = Table("", COLUMNS, [_row(one) for one in verification.frameworks])
    total = format_count(verification.disagreements, "disagreement")
    answer = f"{total} in {format_count(verification.cases, 'layer')}"
    findings = [finding for one in verification.frameworks for finding in one.findings]
    data = {
        "n": verification.layers,
        "seed": verification.seed,
        "frameworks": [_data(one) for one in verification.frameworks],
        "missing": [
            {"framework": framework.dialect, "install": install_command(framework)}
            for framework in missing
        ],
        "disagreements": verification.disagreements,
    }
    return Report(
        "deconv.verify/1",
        answer,
        [table, Lines([answer])],
        data,
        [*findings, *note_missing(missing)],
    )


def _row(one: FrameworkVerification) -> tuple[str, ...]:
    numbers = (
        len(one.comparisons),
        one.accepted,
        len(one.comparisons) - one.accepted,
        one.agreements,
        one.known_deviations,
        len(one.disagreements),
    )
    versions = ", ".join(f"{module} {version}" for module, version in one.versions.items())
    return one.framework.dialect, *map(str, numbers), versions or "not started"


def _data(one: FrameworkVerification) -> dict[str, Any]:
    return {
        "framework": one.framework.dialect,
        "versions": one.versions,
        "measured": list(one.framework.requirements),
        "not_started": one.not_started or None,
        "cases": len(one.comparisons),
        "accepted": one.accepted,
        "refused": len(one.comparisons) - one.accepted,
        "agree": one.agreements,
        "known_deviations": one.known_deviations,
        "disagreements": [
            _disagreement_data(one.framework, comparison) for comparison in one.disagreements
        ],
    }


def _disagreement_data(framework: Framework, comparison: Comparison) -> dict[str, Any]:
    return {
        "number": comparison.number,
        "kind": str(comparison.kind),
        **comparison.case._asdict(),
        "deconv": comparison.ours,
        "framework": comparison.theirs,
        "repro": framework.repro(comparison.case),
    }
