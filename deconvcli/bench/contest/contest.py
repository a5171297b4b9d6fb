"""The contest on one layer: every engine prepares it, is compared with ours, and is timed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from deconvcli.bench.contest.ours import DIALECT
from deconvcli.bench.contest.ours import FRAMEWORK as OUR_ENGINE
from deconvcli.bench.contest.outcome import OURS, OURS_PACKING, TimingOutcome
from deconvcli.bench.contest.rounds import take_turns
from deconvcli.common.errors import DeconvError
from deconvcli.compute.runner import Array, random_array
from deconvcli.frameworks.driver.ask import NoAnswer, ask_for_output, error_text, make_question
from deconvcli.frameworks.driver.base import Packing, TimedDriver, TimedFramework
from deconvcli.frameworks.driver.process import DriverProcess
from deconvcli.layers.layer import Reading, require_numbers

TOLERANCE = 1000
"""Rounding steps of the largest value that another order of the additions may lead to."""

ANSWER_SECONDS = 600.0
"""Time limit for one answer: some frameworks compile for long, and a layer may be slow."""


class BenchmarkSettings(NamedTuple):
    """The conditions of a benchmark, the same for all engines.

    seconds: time for each engine on each layer, pauses included. engine: which of ours.
    """

    threads: int
    seconds: float = 1.0
    dtype: str = "float32"
    engine: str = "numba"


class Contestant(NamedTuple):
    """An engine in a process of its own; parameters: added to those of each layer."""

    name: str
    process: DriverProcess[TimedDriver]
    dialect: str
    packing: Packing
    parameters: Mapping[str, Any]


def list_contestants(
    frameworks: Sequence[TimedFramework], settings: BenchmarkSettings
) -> list[Contestant]:
    """Return our engine, the same with packing in every call, then the frameworks."""

    def ours(name: str, packing: Packing) -> Contestant:
        parameters = {"engine": settings.engine, "packing": packing}
        return Contestant(name, process(OUR_ENGINE), DIALECT, packing, parameters)

    def process(driver: TimedDriver) -> DriverProcess[TimedDriver]:
        return DriverProcess(driver, ANSWER_SECONDS, settings.threads)

    return [
        ours(OURS, Packing.BEFOREHAND),
        ours(OURS_PACKING, Packing.EVERY_CALL),
        *(Contestant(f.dialect, process(f), f.dialect, f.packing, f.direct) for f in frameworks),
    ]


class Entry:
    """One contestant on one layer, and its outcome so far."""

    def __init__(self, contestant: Contestant) -> None:
        self.contestant = contestant
        self.outcome = TimingOutcome()

    def prepare(self, reading: Reading, x: Array, weight: Array, threads: int) -> Array | None:
        """Prepare the layer and return its first output as (N, C, *spatial).

        Return None if there is no output; the outcome then holds the reason.
        """
        contestant = self.contestant
        try:
            question = make_question(reading, contestant.dialect, x, weight)
            question = question.with_parameters(contestant.parameters)
            y = ask_for_output(contestant.process, question, threads=threads)
            return question.to_canonical(y)
        except DeconvError as error:
            self.outcome = TimingOutcome(why=error.message)
        except NoAnswer as error:
            self.outcome = TimingOutcome(why=str(error))
        return None

    def compare(self, y: Array, expected: Array) -> None:
        """Store the difference from the expected values, and whether it is too large."""
        difference = float(np.abs(y - expected).max() / np.abs(expected).max())
        why = ""
        if y.dtype != expected.dtype:
            why = f"its values are {y.dtype}"
        # Written with `not`, since every comparison with NaN is false.
        elif not difference <= TOLERANCE * np.finfo(y.dtype).eps:
            why = f"its values differ by {difference:.2g} of the largest"
        self.outcome = TimingOutcome((), difference, why)

    def time_burst(self, seconds: float) -> bool:
        """Add one time to the outcome; return False if the engine has failed."""
        answer = self.contestant.process.time_burst(seconds)
        if "error" in answer:
            self.outcome = TimingOutcome(why=error_text(answer))
            return False
        times = (*self.outcome.times, answer["fastest"])
        self.outcome = self.outcome._replace(times=times)
        return True


def time_layer(
    contestants: Sequence[Contestant],
    reading: Reading,
    settings: BenchmarkSettings,
    report: Callable[[float], None],
) -> dict[str, TimingOutcome]:
    """Return the outcome of each contestant on this layer, all on the same random numbers.

    The values of the first contestant are the expected ones. report: takes the seconds of each
    turn.
    """
    # Not zeros or ones: their sums would hide an input or a tap at the wrong place.
    x = random_array(require_numbers(reading.input_shape), settings.dtype, 0, 0)
    weight = random_array(reading.weight_shape, settings.dtype, 0, 1)
    entries = [Entry(contestant) for contestant in contestants]
    expected: Array | None = None
    ready = []
    for entry in entries:
        y = entry.prepare(reading, x, weight, settings.threads)
        if y is not None:
            expected = y if expected is None else expected
            entry.compare(y, expected)
            ready.append(entry)
    take_turns(ready, settings.seconds, report)
    return {entry.contestant.name: entry.outcome for entry in entries}
