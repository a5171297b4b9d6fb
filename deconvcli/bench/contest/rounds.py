"""Engines timed in turn: what disturbs the machine for a while then disturbs all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Protocol

ROUNDS = 5
"""At least so many, however slow a layer is."""

BURST = 0.02
"""Seconds of calls at a time; of these the fastest counts."""


class Runner(Protocol):
    """An engine with a layer prepared."""

    def burst(self, seconds: float) -> bool:
        """Time as many calls as fill this time, and keep the fastest; False if it cannot go on.

        When it returns, none of the engine's threads is busy.
        """


def take_turns(
    runners: Sequence[Runner],
    seconds: float,
    report: Callable[[float], None],
    clock: Callable[[], float] = perf_counter,
) -> None:
    """Rounds of one burst each, until every runner had its seconds on average, rests included.

    report: takes the seconds that each turn took.
    """
    begin = before = clock()
    end = begin + seconds * len(runners)
    done = 0
    while runners and (done < ROUNDS or before < end):
        going = []
        for runner in runners:
            if runner.burst(BURST):
                going.append(runner)
            now = clock()
            report(now - before)
            before = now
        runners = going
        done += 1
