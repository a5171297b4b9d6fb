"""Questions answered by one framework: a layer computed, or prepared and then timed."""

from __future__ import annotations

from math import inf
from time import perf_counter, process_time, sleep
from typing import Any

import numpy as np

from deconvcli.frameworks.driver.base import Case, Driver, Step, TimedDriver, Trace
from deconvcli.frameworks.driver.pattern import fingerprint, pattern_input, pattern_weight

MESSAGE = 160
"""Characters of an error that are told."""

CALLS = 2
"""The first of a burst finds cold caches, which only a slow layer would be judged by."""

LOOK = 0.005
"""Seconds between two looks whether a framework's threads still turn."""

BUSY = 0.1
"""Share of that time in which a process at rest does something."""

PATIENCE = 1.0
"""Seconds that threads may turn: some do so always."""


class Answerer:
    """One framework, and the layer that it was last prepared for."""

    def __init__(self, framework: Driver) -> None:
        self._framework = framework
        self._step: Step | None = None

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """What the framework makes of one layer, or how fast it makes it once more."""
        trace = Trace()
        told: dict[str, Any] = {"id": question.get("id")}
        try:
            if "burst" in question:
                assert self._step is not None
                told["fastest"] = fastest(self._step, question["burst"])
                rest()
            else:
                told |= _result(self._framework, self._output(question, trace), question.get("out"))
        except Exception as error:
            told["error"] = describe_error(error, trace.stage)
        return told | trace.details

    def _output(self, question: dict[str, Any], trace: Trace) -> Any:
        self._step = None  # its arrays make room for the next layer's
        case, x, w = _arrays(question)
        if "threads" not in question:
            return self._framework.run(case, x, w, trace)
        assert isinstance(self._framework, TimedDriver)
        self._step = self._framework.prepare(case, x, w, trace, question["threads"])
        y = self._step()
        rest()
        return y


def fastest(step: Step, seconds: float) -> float:
    """Seconds of the fastest of as many calls as fill this time, but CALLS at least."""
    least, calls, begin = inf, 0, perf_counter()
    before = begin
    while calls < CALLS or before - begin < seconds:
        step()
        now = perf_counter()
        least, calls, before = min(least, now - before), calls + 1, now
    return least


def rest() -> None:
    """Until no thread of this process is busy, or PATIENCE is over.

    Threads that wait for a next call may go on turning for a while, those of ONNX Runtime for 40 to
    60 ms, on a core that the engine timed next is then without.
    """
    end = perf_counter() + PATIENCE
    used = process_time()
    while perf_counter() < end:
        before = used
        sleep(LOOK)
        used = process_time()
        if used - before < BUSY * LOOK:
            return


def _arrays(question: dict[str, Any]) -> tuple[Case, Any, Any]:
    if "x" in question:
        x, w = np.load(question["x"]), np.load(question["weight"])
    else:
        x = pattern_input(question["input_shape"])
        w = pattern_weight(question["weight_shape"])
    rank = question.get("rank") or w.ndim - 2
    return Case(question["params"], x.shape, w.shape, rank), x, w


def _result(framework: Driver, y: Any, out: str | None) -> dict[str, Any]:
    if not framework.has_values:
        return {"output_shape": list(y)}
    y = np.asarray(y)
    if out is not None:
        np.save(out, y)
        return {"output_shape": list(y.shape)}
    return {"output_shape": list(y.shape), "values_sha256": fingerprint(y)}


def describe_error(error: Exception, stage: str) -> dict[str, str]:
    """The error as a part of an answer."""
    return {"type": type(error).__name__, "message": str(error)[:MESSAGE], "stage": stage}
