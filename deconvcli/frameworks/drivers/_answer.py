"""Requests answered by one driver: a layer computed, or prepared and then timed; a module run."""

from __future__ import annotations

from math import inf
from time import perf_counter, process_time, sleep
from typing import Any

import numpy as np

from deconvcli.frameworks.driver.base import Case, Driver, Step, TimedDriver, Trace
from deconvcli.frameworks.driver.pattern import fingerprint, pattern_input, pattern_weight

MAX_MESSAGE_CHARACTERS = 160
"""Characters of an error's message that are reported; some frameworks add a whole traceback."""

MIN_CALLS = 2
"""Calls in a burst: the first finds cold caches, and a slow layer must not be rated by it."""

IDLE_CHECK_SECONDS = 0.005
"""Time between two checks whether a framework's threads still spin."""

IDLE_SHARE = 0.1
"""Share of that time which an idle process may still use."""

IDLE_TIMEOUT = 1.0
"""Time limit for threads to become idle: those of some frameworks spin forever."""


class Answerer:
    """One driver, and the layer that it has prepared last."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._step: Step | None = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the driver's output for a layer, or the time of the layer prepared before."""
        trace = Trace()
        answer: dict[str, Any] = {"id": request.get("id")}
        try:
            if "burst" in request:
                assert self._step is not None
                answer["fastest"] = time_calls(self._step, request["burst"])
                wait_until_idle()
            else:
                y = self._compute(request, trace)
                answer |= _describe_output(self._driver, y, request.get("out"))
        except Exception as error:
            answer["error"] = describe_error(error, trace.stage)
        return answer | trace.details

    def _compute(self, request: dict[str, Any], trace: Trace) -> Any:
        # Free the arrays of the previous layer first: large ones would not fit twice.
        self._step = None
        if "program" in request:
            return _run_program(request, trace)
        case, x, w = _read_arrays(request)
        if "threads" not in request:
            return self._driver.run(case, x, w, trace)
        assert isinstance(self._driver, TimedDriver)
        self._step = self._driver.prepare(case, x, w, trace, request["threads"])
        y = self._step()
        wait_until_idle()
        return y


def _run_program(request: dict[str, Any], trace: Trace) -> Any:
    """Return what a module's `build(weight, bias=None)` makes of the input."""
    scope: dict[str, Any] = {}
    trace.stage = "construct"
    exec(request["program"], scope)
    trace.stage = "build"
    bias = np.load(request["bias"]) if "bias" in request else None
    apply = scope["build"](np.load(request["weight"]), bias)
    trace.stage = "call"
    return apply(np.load(request["x"]))


def time_calls(step: Step, seconds: float) -> float:
    """Call the layer for this time, MIN_CALLS at least, and return the fastest call's seconds."""
    fastest, calls, begin = inf, 0, perf_counter()
    before = begin
    while calls < MIN_CALLS or before - begin < seconds:
        step()
        now = perf_counter()
        fastest, calls, before = min(fastest, now - before), calls + 1, now
    return fastest


def wait_until_idle() -> None:
    """Wait until no thread of this process is busy, IDLE_TIMEOUT at most.

    Threads may spin for a while after a call in case another follows: ONNX Runtime's do so for 40
    to 60 ms. They would occupy a core that the engine timed next needs.
    """
    end = perf_counter() + IDLE_TIMEOUT
    used = process_time()
    while perf_counter() < end:
        before = used
        sleep(IDLE_CHECK_SECONDS)
        used = process_time()
        if used - before < IDLE_SHARE * IDLE_CHECK_SECONDS:
            return


def _read_arrays(request: dict[str, Any]) -> tuple[Case, Any, Any]:
    if "x" in request:
        x, w = np.load(request["x"]), np.load(request["weight"])
    else:
        x = pattern_input(request["input_shape"])
        w = pattern_weight(request["weight_shape"])
    rank = request.get("rank") or w.ndim - 2
    return Case(request["params"], x.shape, w.shape, rank), x, w


def _describe_output(driver: Driver, y: Any, out: str | None) -> dict[str, Any]:
    if not driver.has_values:
        return {"output_shape": list(y)}
    y = np.asarray(y)
    if out is not None:
        np.save(out, y)
        return {"output_shape": list(y.shape)}
    return {"output_shape": list(y.shape), "values_sha256": fingerprint(y)}


def describe_error(error: Exception, stage: str) -> dict[str, str]:
    """Return the error as a part of an answer."""
    message = str(error)[:MAX_MESSAGE_CHARACTERS]
    return {"type": type(error).__name__, "message": message, "stage": stage}
