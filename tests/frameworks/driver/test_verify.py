"""Verification from Python: the layers drawn, and the result."""

from __future__ import annotations

import pytest

from deconvcli.frameworks.driver.compare import Kind
from deconvcli.frameworks.driver.verify import draw_cases, verify
from tests.fakes import agreeable, broken, unsteady, wrong


def test_a_seed_gives_the_same_layers_again() -> None:
    first, again, other = (list(draw_cases(agreeable.FRAMEWORK, 50, seed)) for seed in (3, 3, 4))
    assert first == again
    assert first != other
    assert list(draw_cases(agreeable.FRAMEWORK, 20, 3)) == first[:20]


@pytest.mark.usefixtures("fakes_can_be_found")
def test_frameworks_are_verified_without_the_command() -> None:
    frameworks = [agreeable.FRAMEWORK, wrong.FRAMEWORK, unsteady.FRAMEWORK, broken.FRAMEWORK]
    done: list[int] = []
    found = verify(frameworks, 12, 3, lambda dialect: lambda layers: done.append(1))
    right, not_right, changing, unusable = found.frameworks
    assert [one.framework for one in found.frameworks] == frameworks
    assert right.agreements == len(right.comparisons) == 12
    assert right.findings == []
    kinds = {comparison.kind for comparison in not_right.disagreements}
    assert kinds == {Kind.SHAPE, Kind.VALUES, Kind.REFUSAL}
    assert changing.known_deviations == 12
    assert unusable.not_started == "ImportError: libmissing.so.1"
    assert [finding.code for finding in unusable.findings] == ["framework-not-started"]
    assert (found.cases, len(done)) == (36, 36)
    assert found.disagreements == len(not_right.disagreements)
    assert not found.has_started_all
