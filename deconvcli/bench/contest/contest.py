"""On one layer after the other every engine is prepared, compared with ours, and timed in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

import numpy as np

from deconvcli.bench.contest.ours import DIALECT
from deconvcli.bench.contest.ours import FRAMEWORK as OUR_ENGINE
from deconvcli.bench.contest.outcome import OURS, OURS_PACKING, Outcome, Result
from deconvcli.bench.contest.rounds import take_turns
from deconvcli.common.errors import DeconvError
from deconvcli.compute.runner import Array, random_array
from deconvcli.frameworks.driver.ask import NoAnswer, ask_for_output, error_text, make_question
from deconvcli.frameworks.driver.base import Packing, TimedDriver, TimedFramework
from deconvcli.frameworks.driver.process import DriverProcess
from deconvcli.layers.layer import Reading, require_numbers

TOLERANCE = 1000
"""Rounding steps of the largest value that another order of summing may lead to."""

PATIENCE = 600.0
"""Seconds for one answer: some compile for long, and a layer may be slow."""


class Settings(NamedTuple):
    """seconds: for each engine and layer, rests included."""

    threads: int
    seconds: float
    dtype: str


class Found(NamedTuple):
    """The results, and each engine's modules with their versions."""

    results: Sequence[Result]
    versions: Mapping[str, Mapping[str, str]]


class Contestant(NamedTuple):
    """An engine in a process of its own; parameters: added to those of each layer."""

    name: str
    process: DriverProcess[TimedDriver]
    dialect: str
    packing: Packing
    parameters: Mapping[str, Any]


def contestants(
    engine: str, frameworks: Sequence[TimedFramework], threads: int
) -> list[Contestant]:
    """Our engine, the same with packing in every call, and the frameworks."""
    theirs = [
        Contestant(one.dialect, _start(one, threads), one.dialect, one.packing, one.direct)
        for one in frameworks
    ]
    return [
        _ours(OURS, engine, Packing.BEFOREHAND, threads),
        _ours(OURS_PACKING, engine, Packing.EVERY_CALL, threads),
        *theirs,
    ]


def _ours(name: str, engine: str, packing: Packing, threads: int) -> Contestant:
    words = {"engine": engine, "packing": packing}
    return Contestant(name, _start(OUR_ENGINE, threads), DIALECT, packing, words)


def _start(engine: TimedDriver, threads: int) -> DriverProcess[TimedDriver]:
    return DriverProcess(engine, PATIENCE, threads)


class Entry:
    """One contestant on one layer."""

    def __init__(self, contestant: Contestant) -> None:
        self.contestant = contestant
        self.outcome = Outcome()

    def prepare(self, reading: Reading, x: Array, weight: Array, threads: int) -> Array | None:
        """Its output as (N, C, *spatial); None where there is none, and why is in the outcome."""
        contestant = self.contestant
        try:
            question = make_question(reading, contestant.dialect, x, weight)
            question = question.with_parameters(contestant.parameters)
            return question.to_canonical(
                ask_for_output(contestant.process, question, threads=threads)
            )
        except DeconvError as error:
            self.outcome = Outcome(why=error.message)
        except NoAnswer as error:
            self.outcome = Outcome(why=str(error))
        return None

    def compare(self, y: Array, expected: Array) -> None:
        """Keep how far its values are from those that are expected."""
        difference = float(np.abs(y - expected).max() / np.abs(expected).max())
        why = ""
        if y.dtype != expected.dtype:
            why = f"its values are {y.dtype}"
        elif not difference <= TOLERANCE * np.finfo(y.dtype).eps:  # NaN is no small difference
            why = f"its values differ by {difference:.2g} of the largest"
        self.outcome = Outcome((), difference, why)

    def burst(self, seconds: float) -> bool:
        """One more time for the outcome; False where the engine cannot go on."""
        answer = self.contestant.process.time_burst(seconds)
        if "error" in answer:
            self.outcome = Outcome(why=error_text(answer))
            return False
        times = (*self.outcome.times, answer["fastest"])
        self.outcome = self.outcome._replace(times=times)
        return True


def contest(
    contestants: Sequence[Contestant],
    layers: Iterable[tuple[str, Reading]],
    settings: Settings,
    report: Callable[[float], None],
) -> Found:
    """The results of all on all layers, each with its name; Ctrl-C ends the processes.

    report: takes how many seconds each turn took.
    """
    with ExitStack() as stack:
        for one in contestants:
            stack.enter_context(one.process)
            stack.callback(one.process.stop)
        results = [
            Result(name, reading, on_layer(contestants, reading, settings, report))
            for name, reading in layers
        ]
        return Found(results, {one.name: one.process.versions for one in contestants})


def on_layer(
    contestants: Sequence[Contestant],
    reading: Reading,
    settings: Settings,
    report: Callable[[float], None],
) -> dict[str, Outcome]:
    """What came of each on this layer, on the same random numbers; the first has right values."""
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
