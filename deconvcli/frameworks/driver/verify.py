"""Our predictions compared with installed frameworks, on random layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from random import Random
from typing import NamedTuple

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.threads import map_in_threads
from deconvcli.compute.runner import usable_cpus
from deconvcli.frameworks.driver.base import Case, Framework, install_command
from deconvcli.frameworks.driver.compare import DISAGREEMENTS, Comparison, Kind, compare
from deconvcli.frameworks.driver.process import Answer, DriverProcess, NotStarted
from deconvcli.frameworks.releases import Need

REPEATS = 3
"""How often a layer is computed again if its values differ from ours."""

MAX_AT_ONCE = 2
"""Frameworks that compute side by side; each of them needs up to 2 GiB."""

Progress = Callable[[str], Callable[[float], None]]
"""Takes a framework's dialect; returns the function to call with the number of layers done."""


class FrameworkVerification(NamedTuple):
    """All comparisons with one framework; not_started: why it cannot be imported, or empty."""

    framework: Framework
    versions: dict[str, str]
    comparisons: list[Comparison]
    not_started: str = ""

    def count(self, *kinds: Kind) -> int:
        """Return the number of comparisons of these kinds."""
        return sum(comparison.kind in kinds for comparison in self.comparisons)

    @property
    def accepted(self) -> int:
        """Return the number of layers that the framework computed."""
        return sum(comparison.accepted for comparison in self.comparisons)

    @property
    def agreements(self) -> int:
        """Return the number of layers with the same shape and values, or refused by both."""
        return self.count(Kind.AGREE, Kind.REFUSED)

    @property
    def known_deviations(self) -> int:
        """Return the number of differences that are the framework's own and are known."""
        return self.count(Kind.KNOWN, Kind.UNSTEADY)

    @property
    def disagreements(self) -> list[Comparison]:
        """Return the comparisons whose difference is unexplained."""
        return [found for found in self.comparisons if found.kind in DISAGREEMENTS]

    @property
    def findings(self) -> list[Diagnostic]:
        """Return notes on the framework itself, then its unsteady layers and disagreements."""
        return [*_note_framework(self), *_warn_unsteady(self), *_report_disagreements(self)]


class Verification(NamedTuple):
    """The result for every framework; layers, seed: the layers drawn for each."""

    layers: int
    seed: int
    frameworks: list[FrameworkVerification]

    @property
    def cases(self) -> int:
        """Return the number of layers compared."""
        return sum(len(one.comparisons) for one in self.frameworks)

    @property
    def disagreements(self) -> int:
        """Return the number of unexplained differences."""
        return sum(len(one.disagreements) for one in self.frameworks)

    @property
    def has_started_all(self) -> bool:
        """Return whether every framework could be imported."""
        return not any(one.not_started for one in self.frameworks)


def verify(
    frameworks: Sequence[Framework],
    layers: int = 200,
    seed: int = 0,
    progress: Progress = lambda dialect: lambda done: None,
    only: int | None = None,
) -> Verification:
    """Compare our predictions with these frameworks, on `layers` random layers for each.

    Every framework runs in a process of its own. only: the number of the single layer to compare.
    """
    # The bars are made here, since a display belongs to one thread.
    pairs = [(DriverProcess(one), progress(one.dialect)) for one in frameworks]
    with ExitStack() as stack:
        # So that Ctrl-C ends every process, whatever it is computing.
        for process, _ in pairs:
            stack.callback(process.stop)
        verified = map_in_threads(
            lambda pair: _verify_one(*pair, layers, seed, only),
            pairs,
            min(MAX_AT_ONCE, usable_cpus()),
        )
    return Verification(layers, seed, verified)


def draw_cases(framework: Framework, count: int, seed: int) -> Iterator[Case]:
    """Yield random layers: the same for one seed, whatever other frameworks are verified."""
    random = Random(f"{framework.dialect}:{seed}")
    for _ in range(count):
        yield framework.draw(random)


def number_cases(
    framework: Framework, count: int, seed: int, only: int | None = None
) -> Iterator[tuple[int, Case]]:
    """Yield the same with their numbers. only: the number of the single layer that is wanted."""
    drawn = draw_cases(framework, count if only is None else only + 1, seed)
    return ((number, case) for number, case in enumerate(drawn) if only in (None, number))


def _verify_one(
    process: DriverProcess[Framework],
    advance: Callable[[float], None],
    count: int,
    seed: int,
    only: int | None,
) -> FrameworkVerification:
    framework = process.driver
    comparisons = []
    with process:
        try:
            for number, case in number_cases(framework, count, seed, only):
                answer = process.ask(case)
                comparison = compare(framework, case, answer, number)
                if comparison.kind is Kind.VALUES and _is_unsteady(process, case, answer):
                    comparison = comparison._replace(kind=Kind.UNSTEADY)
                comparisons.append(comparison)
                advance(1)
        except NotStarted as error:
            return FrameworkVerification(framework, {}, [], str(error))
    return FrameworkVerification(framework, process.versions, comparisons)


def _is_unsteady(process: DriverProcess[Framework], case: Case, answer: Answer) -> bool:
    # Frameworks that read beyond their input return other values each time.
    hashes = {process.ask(case).get("values_sha256") for _ in range(REPEATS)}
    return hashes != {answer["values_sha256"]}


def _note_framework(one: FrameworkVerification) -> list[Diagnostic]:
    """Return a finding if the framework does not start, or is not the measured release."""
    name = one.framework.dialect
    if one.not_started:
        return [
            Diagnostic(
                "framework-not-started",
                Severity.ERROR,
                f"{name} is installed but cannot be imported: {one.not_started}",
                f"install it again: {install_command(one.framework)}",
            )
        ]
    others = [
        f"{need.module} {version} instead of {need.version}"
        for need in one.framework.needs
        if not _is_measured(need, version := one.versions[need.module])
    ]
    if not others:
        return []
    return [
        Diagnostic(
            "other-version",
            Severity.NOTE,
            f"{name} runs on another release than the measured one: {', '.join(others)}",
            f"for the measured release: {install_command(one.framework)}",
        )
    ]


def _is_measured(need: Need, version: str) -> bool:
    """Return whether this is the measured release, in any build (2.13.0+cpu is 2.13.0)."""
    return version.partition("+")[0].partition("-")[0] == need.version


def _warn_unsteady(one: FrameworkVerification) -> list[Diagnostic]:
    return [
        Diagnostic(
            "unsteady-framework",
            Severity.WARNING,
            f"{one.framework.dialect} #{comparison.number}: the framework's values, in shape"
            f" {comparison.theirs}, differ from call to call",
            one.framework.repro(comparison.case),
        )
        for comparison in one.comparisons
        if comparison.kind is Kind.UNSTEADY
    ]


def _report_disagreements(one: FrameworkVerification) -> list[Diagnostic]:
    return [
        Diagnostic(
            f"disagreement-{comparison.kind}",
            Severity.ERROR,
            f"{one.framework.dialect} #{comparison.number}: deconv predicts {comparison.ours}, the"
            f" framework answers {comparison.theirs}"
            f"{' with other values' if comparison.kind is Kind.VALUES else ''}",
            one.framework.repro(comparison.case),
        )
        for comparison in one.disagreements
    ]
