"""What `deconv verify` does: choose frameworks, ask them side by side, report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any, NamedTuple, TypeVar

from deconvcli.cli.progress import Advance, Bars
from deconvcli.common.errors import UsageError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import format_count
from deconvcli.compute.runner import usable_cpus
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.driver.base import Framework, Need
from deconvcli.frameworks.driver.process import Asked, NotStarted
from deconvcli.frameworks.driver.verification import (
    DISAGREEMENTS,
    Kind,
    Result,
    has_dialect,
    verify,
)
from deconvcli.frameworks.drivers import FRAMEWORKS
from deconvcli.views.answers.report import Lines, Report, Table

Some = TypeVar("Some", bound=Framework)
AT_ONCE = 2
# known: deviations that a finding names; unknown: disagreements that nobody has explained yet.
COLUMNS = ("framework", "cases", "accepted", "refused", "agree", "known", "unknown", "version")


class Verified(NamedTuple):
    """One framework's results; not_started: why it could not be imported."""

    framework: Framework
    versions: dict[str, str]
    results: list[Result]
    not_started: str = ""

    def count(self, *kinds: Kind) -> int:
        """Results of these kinds."""
        return sum(result.kind in kinds for result in self.results)

    @property
    def disagreements(self) -> list[Result]:
        """What nobody has explained yet."""
        return [result for result in self.results if result.kind in DISAGREEMENTS]


def chosen(names: Sequence[str]) -> list[Framework]:
    """The frameworks of these dialects or implementations, all that we can predict without names.

    Raises:
        UsageError: a name that is no dialect, or has no framework that could be asked.
    """
    known = [FRAMEWORKS.take(name) for name in FRAMEWORKS.names]
    known = [framework for framework in known if has_dialect(framework)]
    if not names:
        return known
    wanted = [found for name in names for found in _named(name, known)]
    return list(dict.fromkeys(wanted))


def _named(name: str, known: Sequence[Framework]) -> list[Framework]:
    found = [f for f in known if name in (f.dialect, f.dialect.partition("@")[0])]
    if not found:
        dialect, _ = take(name)  # an unknown dialect has its own error
        known_by = "" if dialect.is_measured else "it is known from documents alone; "
        raise UsageError(
            f"no framework here speaks {name}",
            help=f"{known_by}choose from: {', '.join(framework.dialect for framework in known)}.",
            code="no-framework",
        )
    return found


def split(frameworks: Sequence[Some]) -> tuple[list[Some], list[Some]]:
    """(installed, missing)."""
    missing = [framework for framework in frameworks if framework.missing()]
    return [framework for framework in frameworks if framework not in missing], missing


def install(*frameworks: Framework) -> str:
    """The command that installs them, as they were measured.

    Requirements are spelled out: the name of our own extra could be somebody else's project.
    """
    needed = (requirement for framework in frameworks for requirement in framework.requirements)
    return f"pip install {' '.join(dict.fromkeys(needed))}"


def refuse_missing(
    missing: Sequence[Framework], installed: Sequence[Framework], *, named: bool, require: bool
) -> None:
    """What was named must be here, and something must.

    Raises:
        UsageError: it is not, with the command that installs it.
    """
    needed = missing if named else [f for f in missing if f.in_extra and require]
    if needed:
        names = ", ".join(framework.dialect for framework in needed)
        raise UsageError(f"not installed: {names}", help=install(*needed), code="not-installed")
    if not installed:
        help = install(*(framework for framework in missing if framework.in_extra))
        raise UsageError("no framework is installed", help=help, code="not-installed")


def verify_all(
    frameworks: Sequence[Framework], count: int, seed: int, bars: Bars
) -> list[Verified]:
    """Every framework in a process of its own, two side by side; Ctrl-C ends them all."""
    asked = [Asked(framework) for framework in frameworks]
    pool = ThreadPoolExecutor(max_workers=min(AT_ONCE, usable_cpus()))
    try:
        futures = [
            pool.submit(_verified, one, count, seed, bars(one.framework.dialect)) for one in asked
        ]
        for future in wait(futures, return_when=FIRST_EXCEPTION).done:
            future.result()
        return [future.result() for future in futures]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for one in asked:
            one.stop()
        pool.shutdown()


def _verified(asked: Asked[Framework], count: int, seed: int, advance: Advance) -> Verified:
    results: list[Result] = []

    def keep(result: Result) -> None:
        results.append(result)
        advance(1)

    with asked:
        try:
            verify(asked, count, seed, keep)
        except NotStarted as error:
            return Verified(asked.framework, {}, [], str(error))
    return Verified(asked.framework, asked.versions, results)


def report(
    verified: Sequence[Verified], missing: Sequence[Framework], settings: dict[str, int]
) -> tuple[Report, int]:
    """(report, disagreements)."""
    table = Table("", COLUMNS, [_row(one) for one in verified])
    total = sum(len(one.disagreements) for one in verified)
    cases = sum(len(one.results) for one in verified)
    answer = f"{format_count(total, 'disagreement')} in {cases} layers"
    findings = [
        found for one in verified for found in (*_notes(one), *_unsteady(one), *_errors(one))
    ]
    findings += missing_notes(missing)
    data = {
        **settings,
        "frameworks": [_data(one) for one in verified],
        "missing": [
            {"framework": framework.dialect, "install": install(framework)} for framework in missing
        ],
        "disagreements": total,
    }
    return Report("deconv.verify/1", answer, [table, Lines([answer])], data, findings), total


def _row(one: Verified) -> tuple[str, ...]:
    accepted = sum(result.accepted for result in one.results)
    numbers = (
        len(one.results),
        accepted,
        len(one.results) - accepted,
        one.count(Kind.AGREE, Kind.REFUSED),
        one.count(Kind.KNOWN, Kind.UNSTEADY),
        len(one.disagreements),
    )
    return one.framework.dialect, *map(str, numbers), _versions(one)


def _versions(one: Verified) -> str:
    if one.not_started:
        return "not started"
    return ", ".join(f"{module} {version}" for module, version in one.versions.items())


def _notes(one: Verified) -> list[Diagnostic]:
    """Another version than the measured one, and a framework that does not start."""
    name = one.framework.dialect
    if one.not_started:
        return [
            Diagnostic(
                "framework-not-started",
                Severity.ERROR,
                f"{name} is installed and cannot be imported: {one.not_started}",
                f"repair it: {install(one.framework)}",
            )
        ]
    other = [
        f"{need.module} {version} in place of {need.version}"
        for need in one.framework.needs
        if (version := one.versions[need.module]) and not _is_measured(need, version)
    ]
    if not other:
        return []
    return [
        Diagnostic(
            "other-version",
            Severity.NOTE,
            f"{name} runs with {', '.join(other)}, which was measured",
            f"for the measured release: {install(one.framework)}",
        )
    ]


def _is_measured(need: Need, version: str) -> bool:
    """Whether this is the measured release, in whatever build."""
    return version.partition("+")[0].partition("-")[0] == need.version


def _unsteady(one: Verified) -> list[Diagnostic]:
    return [
        Diagnostic(
            "unsteady-framework",
            Severity.WARNING,
            f"{one.framework.dialect} #{result.number}: the framework has other values each time it"
            f" is asked, in {result.theirs}",
            one.framework.repro(result.case),
        )
        for result in one.results
        if result.kind is Kind.UNSTEADY
    ]


def _errors(one: Verified) -> list[Diagnostic]:
    return [
        Diagnostic(
            f"disagreement-{result.kind}",
            Severity.ERROR,
            f"{one.framework.dialect} #{result.number}: deconv says {result.ours}, the framework"
            f" {result.theirs}{_unlike(result)}",
            one.framework.repro(result.case),
        )
        for result in one.disagreements
    ]


def _unlike(result: Result) -> str:
    return ", with other values" if result.kind is Kind.VALUES else ""


def missing_notes(missing: Sequence[Framework]) -> list[Diagnostic]:
    """One note for those that go together, and one for each of the others."""
    together = [framework for framework in missing if framework.in_extra]
    others = [[framework] for framework in missing if not framework.in_extra]
    return [
        Diagnostic(
            "not-installed",
            Severity.NOTE,
            f"not installed: {', '.join(framework.dialect for framework in group)}",
            install(*group),
        )
        for group in (together, *others)
        if group
    ]


def _data(one: Verified) -> dict[str, Any]:
    kinds = Counter(str(result.kind) for result in one.results)
    accepted = sum(result.accepted for result in one.results)
    return {
        "framework": one.framework.dialect,
        "versions": one.versions,
        "measured": list(one.framework.requirements),
        "not_started": one.not_started or None,
        "cases": len(one.results),
        "accepted": accepted,
        "refused": len(one.results) - accepted,
        "agree": kinds[Kind.AGREE] + kinds[Kind.REFUSED],
        "known_deviations": kinds[Kind.KNOWN] + kinds[Kind.UNSTEADY],
        "disagreements": [_disagreement(one.framework, result) for result in one.disagreements],
    }


def _disagreement(framework: Framework, result: Result) -> dict[str, Any]:
    return {
        "number": result.number,
        "kind": str(result.kind),
        **result.case._asdict(),
        "deconv": result.ours,
        "framework": result.theirs,
        "repro": framework.repro(result.case),
    }
