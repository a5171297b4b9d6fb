"""The figures of a benchmark: times, ratios of times, and their means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import geometric_mean
from typing import NamedTuple

from deconvcli.layers.layer import Reading

OURS = "ours"
OURS_PACKING = "ours+pack"


class TimingOutcome(NamedTuple):
    """The result of one engine on one layer.

    times: seconds of the fastest call of each round; empty if it cannot compute the layer.
    difference: largest difference from our values, relative to the largest of them; None without
    values. why: the reason why there are no times, or why the values are wrong.
    """

    times: tuple[float, ...] = ()
    difference: float | None = None
    why: str = ""

    @property
    def is_ranked(self) -> bool:
        """Return whether the time counts: it exists and the values are right."""
        return bool(self.times) and not self.why


class LayerResult(NamedTuple):
    """The outcomes of all engines on one layer: ours, ours with packing, then the frameworks."""

    name: str
    reading: Reading
    outcomes: Mapping[str, TimingOutcome]

    def seconds(self, engine: str) -> float | None:
        """Return the time of the fastest call, or None if it does not count."""
        outcome = self.outcomes[engine]
        return min(outcome.times) if outcome.is_ranked else None

    @property
    def best(self) -> str | None:
        """Return the name of the fastest framework."""
        times = {name: self.seconds(name) for name in self.outcomes}
        ranked = {
            name: time
            for name, time in times.items()
            if time is not None and name not in (OURS, OURS_PACKING)
        }
        return min(ranked, key=lambda name: ranked[name], default=None)

    def ratio(self, engine: str | None, to: str = OURS) -> float | None:
        """Return the engine's time over ours, above 1 if we are faster; None without both times."""
        theirs, ours = self.seconds(engine) if engine else None, self.seconds(to)
        return theirs / ours if theirs and ours else None

    @property
    def flops(self) -> float | None:
        """Return our operations a second, counting two for each product that the crop keeps."""
        ours = self.seconds(OURS)
        return 2 * self.reading.macs_useful / ours if ours else None


def mean_ratio(results: Iterable[LayerResult], engine: str | None, to: str = OURS) -> float | None:
    """Return the geometric mean over the layers that have the ratio.

    engine: None for the fastest framework of each layer.
    """
    ratios = [result.ratio(engine or result.best, to) for result in results]
    known = [ratio for ratio in ratios if ratio is not None]
    # Geometric: the mean of inverse ratios is the inverse of their mean, whoever comes first.
    return geometric_mean(known) if known else None
