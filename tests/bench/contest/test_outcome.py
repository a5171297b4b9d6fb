"""Ratios of times, the times that count, and the means."""

from __future__ import annotations

import pytest

import deconvcli
from deconvcli.bench.contest.outcome import (
    OURS,
    OURS_PACKING,
    LayerResult,
    TimingOutcome,
    mean_ratio,
)

LAYER = deconvcli.layer("torch", input_shape=(1, 2, 5), weight_shape=(2, 3, 4), stride=2)


def result(ours: float | None, packing: float | None = None, **theirs: float | None) -> LayerResult:
    """Return a result with these fastest times; None stands for no time."""
    times = {OURS: ours, OURS_PACKING: packing, **theirs}
    outcomes = {
        name: TimingOutcome((3 * time, time, 2 * time) if time else ())
        for name, time in times.items()
    }
    return LayerResult("layer", LAYER, outcomes)


def wrong(found: LayerResult, name: str) -> LayerResult:
    outcome = found.outcomes[name]._replace(difference=0.5, why="its values differ")
    return found._replace(outcomes={**found.outcomes, name: outcome})


def test_the_fastest_round_counts() -> None:
    found = result(2.0, 4.0, torch=5.0, jax=3.0)
    assert found.seconds(OURS) == 2.0
    assert (found.ratio("torch"), found.ratio("torch", OURS_PACKING)) == (2.5, 1.25)
    assert (found.best, found.ratio(found.best)) == ("jax", 1.5)
    assert found.flops == 2 * LAYER.macs_useful / 2.0


def test_our_own_times_are_never_the_best() -> None:
    found = result(2.0, 1.0)
    assert (found.best, found.ratio(found.best)) == (None, None)


def test_an_engine_without_a_time_or_with_wrong_values_is_not_ranked() -> None:
    found = wrong(result(2.0, torch=5.0, jax=3.0, paddle=None), "jax")
    assert found.best == "torch"
    assert found.seconds("jax") is found.ratio("jax") is found.ratio("paddle") is None
    assert result(None, torch=5.0).ratio("torch") is result(None).flops is None


@pytest.mark.parametrize(
    ("ratios", "mean"), [([2.0, 8.0], 4.0), ([0.5, 2.0], 1.0), ([3.0], 3.0), ([1.0, 1.0, 8.0], 2.0)]
)
def test_means_are_geometric(ratios: list[float], mean: float) -> None:
    results = [result(0.25, torch=0.25 * ratio) for ratio in ratios]
    assert mean_ratio(results, "torch") == pytest.approx(mean)


def test_means_are_over_the_layers_that_have_the_ratio() -> None:
    results = [
        result(1.0, 2.0, torch=4.0, jax=9.0),
        result(1.0, 2.0, torch=None, jax=9.0),
        wrong(result(1.0, 2.0, torch=16.0, jax=9.0), "torch"),
    ]
    assert mean_ratio(results, "torch") == pytest.approx(4.0)
    assert mean_ratio(results, "jax", OURS_PACKING) == pytest.approx(4.5)
    assert mean_ratio(results, None) == pytest.approx((4.0 * 9.0 * 9.0) ** (1 / 3))
    assert mean_ratio([result(1.0)], None) is None
