"""Engines timed in turn, so that a disturbance of the machine affects all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Protocol

MIN_ROUNDS = 5
"""Rounds that are run even if a layer is slow."""

BURST_SECONDS = 0.02
"""Time that an engine calls the layer in one round; the fastest of these calls counts."""


class Runner(Protocol):
    """An engine with a prepared layer."""

    def time_burst(self, seconds: float) -> bool:
        """Call the layer for this time and keep the fastest call; return False after a failure.

        When it returns, no thread of the engine is busy.
        """


def take_turns(
    runners: Sequence[Runner],
    seconds: float,
    report: Callable[[float], None],
    clock: Callable[[], float] = perf_counter,
) -> None:
    """Run rounds of one burst each, until each runner has had its seconds on average.

    The time in which a runner's threads become idle counts. report: takes the seconds of each
    turn.
    """
    begin = before = clock()
    end = begin + seconds * len(runners)
    rounds = 0
    while runners and (rounds < MIN_ROUNDS or before < end):
        remaining = []
        for runner in runners:
            # Idle when it returns: threads of ONNX Runtime spin for 40 to 60 ms after a call, and
            # would leave the next engine one core less.
            if runner.time_burst(BURST_SECONDS):
                remaining.append(runner)
            now = clock()
            report(now - before)
            before = now
        runners = remaining
        rounds += 1
