"""One contestant on one layer: its values compared, and its times kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from deconvcli.bench.contest.contest import TOLERANCE, Contestant, Entry
from deconvcli.frameworks.driver.base import Packing


class Answers:
    """Prepared answers, in place of a process."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = iter(answers)

    def time_burst(self, seconds: float) -> dict[str, Any]:
        return next(self.answers)


def entry(*answers: dict[str, Any]) -> Entry:
    process: Any = Answers(*answers)
    return Entry(Contestant("torch", process, "torch", Packing.EVERY_CALL, {}))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("steps", "is_wrong"), [(0, False), (0.9, False), (1.1, True)])
def test_values_may_differ_by_rounding(dtype: str, steps: float, is_wrong: bool) -> None:
    expected = np.array([0.5, -4.0], dtype)
    y = expected.copy()
    y[0] += steps * TOLERANCE * np.finfo(dtype).eps * 4.0
    compared = entry()
    compared.compare(y, expected)
    assert bool(compared.outcome.why) is is_wrong
    assert compared.outcome.difference == abs(float(y[0] - expected[0])) / 4.0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_wrong(bad: float) -> None:
    compared = entry()
    compared.compare(np.array([bad, 1.0]), np.ones(2))
    assert compared.outcome.why.startswith("its values differ by")


def test_another_precision_is_wrong() -> None:
    compared = entry()
    compared.compare(np.ones(2, "float32"), np.ones(2))
    assert compared.outcome.why == "its values are float32"


def test_times_are_kept_and_values_stay_compared() -> None:
    compared = entry({"fastest": 0.5}, {"fastest": 0.25})
    compared.compare(np.ones(2), np.ones(2))
    assert compared.time_burst(1.0)
    assert compared.time_burst(1.0)
    assert compared.outcome == ((0.5, 0.25), 0.0, "")


def test_a_failing_engine_has_no_times() -> None:
    compared = entry({"fastest": 0.5}, {"error": {"type": "ValueError", "message": "no\n more"}})
    assert compared.time_burst(1.0)
    assert not compared.time_burst(1.0)
    assert compared.outcome == ((), None, "ValueError: no more")
